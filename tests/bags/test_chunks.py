# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""A few kilobytes that stand for gigabytes are refused at once, and what is damaged is named."""

from __future__ import annotations

import struct
import subprocess
import sys
import time
import zlib
from collections.abc import Callable
from pathlib import Path

import lz4.frame
import pytest
import zstandard
from mcap.writer import MCAP0_MAGIC as MAGIC

from descant.bags.bag_scan import BagScan
from descant.bags.chunks import MOST_BYTES, ChunkError, unpack
from descant.bags.scan import Scan
from support.bags import NOTES, START_NS, note

GIBIBYTE = 1 << 30
MESSAGE = struct.pack("<BQHIQQ", 5, 22 + len(note(1)), 1, 0, START_NS, START_NS) + note(1)
PACK: dict[bytes, Callable[[bytes], bytes]] = {
    b"": bytes,
    b"zstd": zstandard.ZstdCompressor(level=3).compress,
    b"lz4": lz4.frame.compress,
}


def text(content: bytes) -> bytes:
    return struct.pack("<I", len(content)) + content


def record(opcode: int, body: bytes) -> bytes:
    return struct.pack("<BQ", opcode, len(body)) + body


def chunk_body(
    data: bytes, kind: bytes = b"zstd", *, size: int | None = None, packed: bytes | None = None
) -> bytes:
    """A chunk's record; `size` is what it says that its data have."""
    packed = PACK[kind](data) if packed is None else packed
    size = len(data) if size is None else size
    head = struct.pack("<QQQI", START_NS, START_NS, size, zlib.crc32(data))
    return head + text(kind) + struct.pack("<Q", len(packed)) + packed


def schema(number: int, definition: bytes) -> bytes:
    return record(
        3, struct.pack("<H", number) + text(b"descant/msg/NoteEvent") + text(b"ros2msg")
        + text(definition)
    )  # fmt: skip


def channel(number: int = 1, name: bytes = b"/notes") -> bytes:
    return record(4, struct.pack("<HH", number, 1) + text(name) + text(b"cdr") + text(b""))


def file(path: Path, *records: bytes) -> Path:
    path.write_bytes(
        MAGIC + b"".join(records) + record(15, bytes(4)) + record(2, bytes(20)) + MAGIC
    )
    return path


NOTE_TOPIC = schema(1, NOTES.definition) + channel()


@pytest.mark.parametrize("kind", PACK)
def test_a_chunk_is_what_was_packed(kind: bytes) -> None:
    data = MESSAGE * 100
    assert unpack(chunk_body(data, kind)) == data
    assert unpack(chunk_body(b"", kind)) == b""


def test_a_chunk_of_several_zstd_frames_is_read_whole() -> None:
    data = MESSAGE * 100
    frames = [PACK[b"zstd"](data[:999]), PACK[b"zstd"](b""), PACK[b"zstd"](data[999:])]
    assert unpack(chunk_body(data, packed=b"".join(frames))) == data
    assert unpack(chunk_body(data, packed=b"".join([*frames, b"more"]))) == data
    with pytest.raises(ChunkError, match="its uncompressed size is wrong"):
        unpack(chunk_body(data, packed=b"".join([*frames, frames[0]])))


def test_a_chunk_that_names_no_compression_is_not_compressed() -> None:
    assert unpack(chunk_body(MESSAGE, b"none", packed=MESSAGE)) == MESSAGE


@pytest.mark.parametrize("kind", PACK)
def test_of_the_beginning_of_a_chunk_is_read_what_is_there(kind: bytes) -> None:
    data = bytes(range(256)) * 2_000
    body = chunk_body(data, kind)
    for length in (40, 60, len(body) // 2, len(body) - 1):
        assert data.startswith(unpack(body[:length], len(body))[: len(data) - 1])


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "no whole header"),
        (chunk_body(b"abc")[:-1], "its length is wrong"),
        (chunk_body(b"abc", b"", packed=b"abd"), "its checksum is wrong"),
        (chunk_body(b"abc", size=4), "its uncompressed size is wrong"),
        (chunk_body(b"abc", b"zstd", packed=b"no such thing"), "ZstdError"),
        (chunk_body(b"abc", b"lz4", packed=b"no such thing"), "RuntimeError"),
        (chunk_body(b"abc", b"brotli", packed=b"abc"), "compressed by b'brotli', expected zstd"),
        (chunk_body(b"abc", size=3 * GIBIBYTE), "3221225472 bytes, expected at most"),
        (chunk_body(b"abc", size=2**64 - 1), "expected at most"),
    ],
)
def test_a_damaged_chunk_says_why(body: bytes, reason: str) -> None:
    with pytest.raises(ChunkError, match=reason):
        unpack(body)


def bomb(kind: bytes, size: int) -> bytes:
    """Many zeros, packed."""
    if kind == b"lz4":
        return bytes(lz4.frame.compress(bytes(size)))
    return zstandard.ZstdCompressor(level=3).compress(bytes(size))


@pytest.mark.parametrize("kind", [b"zstd", b"lz4"])
@pytest.mark.parametrize("said", [100, MOST_BYTES, MOST_BYTES + 1, 3 * GIBIBYTE])
def test_a_chunk_that_grows_is_refused_whatever_size_it_gives(kind: bytes, said: int) -> None:
    body = chunk_body(b"", kind, size=said, packed=bomb(kind, MOST_BYTES + 1000))
    began = time.process_time()
    with pytest.raises(ChunkError, match=r"wrong|expected at most"):
        unpack(body)
    assert time.process_time() - began < 1.0


def many_messages(path: Path) -> Path:
    """Many equal messages of a note, packed."""
    return file(path, NOTE_TOPIC, record(6, chunk_body(MESSAGE * 300_000)))


def large_messages(path: Path) -> Path:
    """Descant's messages of a megabyte, packed: they are kept in memory."""
    large = struct.pack("<BQHIQQ", 5, 22 + (1 << 20), 1, 0, START_NS, START_NS) + bytes(1 << 20)
    return file(path, NOTE_TOPIC, *[record(6, chunk_body(large * 40))] * 5)


def many_definitions(path: Path) -> Path:
    """Schemas of a megabyte each."""
    chunks = [
        record(
            6, chunk_body(b"".join(schema(n, b" " * (1 << 20)) for n in range(first, first + 20)))
        )
        for first in range(1, 100, 20)
    ]
    return file(path, *chunks)


def many_small_definitions(path: Path) -> Path:
    """Millions of schemas without any content."""
    empty = record(3, struct.pack("<HIII", 1, 0, 0, 0))
    return file(path, *[record(6, chunk_body(empty * (2 << 20)))] * 8)


def many_unknown_records(path: Path) -> Path:
    """Millions of records of a private kind."""
    return file(path, *[record(6, chunk_body(record(0x80, b"") * (8 << 20)))] * 8)


def many_chunks(path: Path) -> Path:
    """Zeros: no records at all."""
    return file(path, *[record(6, chunk_body(bytes(100 << 20)))] * 24)


@pytest.mark.parametrize(
    ("make", "most"),
    [
        (many_messages, 100_000),
        (large_messages, 200),
        (many_definitions, 0),
        (many_small_definitions, 0),
        (many_unknown_records, 0),
        (many_chunks, 0),
    ],
)
def test_a_small_file_gives_no_more_than_a_recorder_could_have_written(
    make: Callable[[Path], Path], most: int, tmp_path: Path
) -> None:
    """In a process of its own, which may use 512 MiB more than at its start."""
    path = make(tmp_path / "x.mcap")
    assert path.stat().st_size < 500_000
    script = f"""
import resource, time
from pathlib import Path
from descant.bags.bag_scan import BagScan
limit = int(Path("/proc/self/statm").read_text().split()[0]) * 4096 + (512 << 20)
resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
began = time.process_time()
scan = BagScan(Path({str(path)!r}))
kept = [record for record in scan]
print(len(kept), time.process_time() - began, *scan.damage)
"""
    run = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=120
    )
    count, seconds, damage = run.stdout.split(maxsplit=2)
    assert int(count) <= most
    assert float(seconds) < 5.0
    assert "is damaged" in damage


def test_a_record_of_any_length_is_read_no_further_than_the_file(tmp_path: Path) -> None:
    path = tmp_path / "x.mcap"
    for opcode in range(1, 16):
        path.write_bytes(MAGIC + NOTE_TOPIC + MESSAGE + struct.pack("<BQ", opcode, 2**64 - 1))
        assert len([*Scan(path).records()]) == 1


def test_what_does_not_belong_into_a_chunk_is_damage(tmp_path: Path) -> None:
    path = file(
        tmp_path / "x.mcap", NOTE_TOPIC, record(6, chunk_body(MESSAGE + bytes(900))), MESSAGE
    )
    scan = BagScan(path)
    assert len([*scan]) == 2
    assert scan.damage == [
        f"x.mcap: its chunk at byte {8 + len(NOTE_TOPIC)} is damaged (a record of kind 0 in it)"
    ]


@pytest.mark.parametrize("opcode", [0x10, 0x11, 0x7F, 0x80, 0xFF])
def test_records_of_unknown_kinds_are_skipped(tmp_path: Path, opcode: int) -> None:
    """As MCAP's specification asks: before, between and within chunks."""
    more = record(opcode, b"ten bytes.")
    chunk = record(6, chunk_body(more + NOTE_TOPIC + more + MESSAGE * 9 + more))
    scan = Scan(file(tmp_path / "x.mcap", more, chunk, more, MESSAGE, more))
    assert len([*scan.records()]) == 10
    assert (scan.damage, scan.has_more) == ("", True)


@pytest.mark.parametrize("opcode", [9, 12])
def test_what_belongs_elsewhere_in_a_chunk_is_skipped(tmp_path: Path, opcode: int) -> None:
    chunk = record(6, chunk_body(NOTE_TOPIC + record(opcode, b"body") + MESSAGE * 9))
    scan = Scan(file(tmp_path / "x.mcap", chunk))
    assert (len([*scan.records()]), scan.damage) == (9, "")


def test_fewer_messages_than_the_statistics_say_are_damage(tmp_path: Path) -> None:
    path = tmp_path / "x.mcap"
    for chunk_opcode, expected in ((6, ""), (0x86, "1 of its 10 messages can be read")):
        chunk = record(chunk_opcode, chunk_body(MESSAGE * 9))
        end = record(15, bytes(4)) + record(11, struct.pack("<Q", 10) + bytes(38))
        path.write_bytes(MAGIC + NOTE_TOPIC + MESSAGE + chunk + end + record(2, bytes(20)) + MAGIC)
        scan = Scan(path)
        assert len([*scan.records()]) == (1 if expected else 10)
        assert scan.damage == expected


def test_what_follows_a_footer_is_damage(tmp_path: Path) -> None:
    path = file(tmp_path / "x.mcap", NOTE_TOPIC, MESSAGE)
    begin = path.stat().st_size - 29 - len(MAGIC)
    path.write_bytes(path.read_bytes() * 2)
    scan = Scan(path)
    assert len([*scan.records()]) == 1
    assert scan.damage == f"it is damaged at byte {begin}"
    assert not scan.only_cut
