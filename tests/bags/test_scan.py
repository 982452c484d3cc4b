# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Files that were cut off or damaged are read as far as they go, and never crash the reader."""

import random
import struct
from pathlib import Path

import pytest

from descant.bags.scan import Scan
from descant.errors import UserError
from support.bags import mcap_of, notes_bag

SEED = 20210


def numbers(path: Path) -> list[int]:
    """The ids of the notes in the file, by their last byte but one's place in the CDR."""
    return [int.from_bytes(r.data[20:28], "little") for r in Scan(path).records()]


@pytest.fixture(params=["zstd", "lz4", "none"])
def whole(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    return mcap_of(notes_bag(tmp_path / "whole", 600, flush_every=40, compression=request.param))


def test_a_whole_file_is_read_in_order_without_damage(whole: Path) -> None:
    scan = Scan(whole)
    assert len(list(scan.records())) == 600
    assert scan.damage == ""
    assert numbers(whole) == list(range(600))


def test_cut_off_anywhere_a_file_gives_its_beginning(whole: Path, tmp_path: Path) -> None:
    """At 150 seeded offsets, most of them in the last kilobytes of the messages."""
    content = whole.read_bytes()
    draw = random.Random(SEED)
    offsets = [draw.randrange(len(content)) for _ in range(50)]
    offsets += [draw.randrange(len(content) - 12_000, len(content)) for _ in range(100)]
    cut = tmp_path / "cut.mcap"
    counts = {}
    for offset in offsets:
        cut.write_bytes(content[:offset])
        scan = Scan(cut)
        found = [int.from_bytes(r.data[20:28], "little") for r in scan.records()]
        assert found == list(range(len(found)))
        assert scan.damage == "it was cut off"
        counts[offset] = len(found)
    ordered = [counts[offset] for offset in sorted(counts)]
    assert ordered == sorted(ordered)
    assert ordered[-1] > 550


def test_half_a_chunk_gives_its_whole_messages(tmp_path: Path) -> None:
    path = mcap_of(notes_bag(tmp_path / "b", 1_000, flush_every=1_000, compression="none"))
    content = path.read_bytes()
    path.write_bytes(content[: content.index((700).to_bytes(8, "little"))])
    assert numbers(path) == list(range(700))


def test_bytes_turned_over_never_crash_the_scan(whole: Path, tmp_path: Path) -> None:
    """Seeded noise over a whole file: what is given out is one of the messages written."""
    content = whole.read_bytes()
    draw = random.Random(SEED)
    path = tmp_path / "noisy.mcap"
    damaged = 0
    for _ in range(100):
        noisy = bytearray(content)
        for _ in range(3):
            noisy[draw.randrange(len(noisy))] = draw.randrange(256)
        path.write_bytes(noisy)
        try:
            scan = Scan(path)
            assert len(list(scan.records())) <= 600
        except UserError:
            continue
        damaged += bool(scan.damage)
    assert damaged > 10


def test_a_damaged_chunk_costs_only_itself(tmp_path: Path) -> None:
    path = mcap_of(notes_bag(tmp_path / "b", 400, flush_every=100))
    content = bytearray(path.read_bytes())
    chunks = [i for i in range(len(content)) if content.startswith(b"\x28\xb5\x2f\xfd", i)]
    content[chunks[1] + 40] ^= 0xFF  # inside the second chunk's zstd frame
    path.write_bytes(content)
    scan = Scan(path)
    found = [int.from_bytes(r.data[20:28], "little") for r in scan.records()]
    assert found == [*range(100), *range(200, 400)]
    assert "is damaged" in scan.damage


def test_zeros_at_the_end_are_damage(tmp_path: Path) -> None:
    """A power failure can leave a file with its length but without its last blocks."""
    path = mcap_of(notes_bag(tmp_path / "b", 300, finish=False))
    path.write_bytes(path.read_bytes() + bytes(4096))
    scan = Scan(path)
    assert len(list(scan.records())) == 300
    assert "damaged at byte" in scan.damage


def test_an_empty_file_is_one_that_was_cut_off(tmp_path: Path) -> None:
    path = tmp_path / "empty.mcap"
    path.touch()
    scan = Scan(path)
    assert list(scan.records()) == []
    assert scan.damage == "it was cut off"


def test_another_kind_of_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "text.mcap"
    path.write_text("dear diary")
    with pytest.raises(UserError, match=r"text\.mcap is not an MCAP file"):
        Scan(path)


def test_a_file_that_grows_while_it_is_read_is_read_as_it_was(tmp_path: Path) -> None:
    """It used to fail: a chunk written meanwhile lay beyond the size taken at the start."""
    path = mcap_of(notes_bag(tmp_path / "b", 300, finish=False))
    chunk = path.read_bytes()[-2_000:]
    records = Scan(path).records()
    next(records)
    with path.open("ab") as file:
        file.write(chunk * 100)
    assert len(list(records)) == 299


def test_no_byte_of_a_records_head_loses_messages_silently(tmp_path: Path) -> None:
    """Every byte of the opcodes and lengths of all records, each changed in three ways."""
    path = mcap_of(notes_bag(tmp_path / "b", 100, flush_every=50))
    content = path.read_bytes()
    position, silent = 8, []
    while position < len(content) - 8:
        opcode, length = struct.unpack_from("<BQ", content, position)
        for at in range(position, position + 9):
            for bits in (0x01, 0x10, 0x85):
                path.write_bytes(content[:at] + bytes([content[at] ^ bits]) + content[at + 1 :])
                scan = Scan(path)
                if len(list(scan.records())) < 100 and (not scan.damage or scan.only_cut):
                    silent.append((opcode, at - position, bits))
        position += 9 + length
    assert silent == []
