# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The messages of a bag in the order of time, however its files store them, in bounded memory."""

from __future__ import annotations

import random
import tracemalloc
from collections.abc import Callable, Iterable, Sequence
from itertools import count, groupby
from pathlib import Path
from typing import Any

import pytest
from mcap.writer import CompressionType
from mcap.writer import Writer as McapWriter

from descant.bags.bag_scan import BagScan
from descant.bags.info import info
from descant.bags.scan import Record, Scan
from descant.conductor.settings import ConductorSettings
from descant.research.export import export, identify
from descant.types import NANOSECONDS
from support.bags import NOTES, START_NS, mcap_of, note, notes_bag, time_ns, write
from support.performed import performed_bag, strokes

CENTURY_NS = 100 * 365 * 24 * 3600 * NANOSECONDS


def stored(folder: Path, records: Iterable[Record], *, chunk_size: int = 4096) -> Path:
    """A bag of one file, without metadata, with the records in the order given."""
    folder.mkdir(parents=True)
    with (folder / f"{folder.name}_0.mcap").open("wb") as file:
        writer: Any = McapWriter(file, chunk_size=chunk_size, compression=CompressionType.LZ4)
        writer.start(profile="ros2", library="test")
        channels: dict[str, int] = {}
        for record in records:
            topic = record.topic
            if topic.name not in channels:
                schema = writer.register_schema(topic.message_type, "ros2msg", topic.definition)
                channels[topic.name] = writer.register_channel(topic.name, "cdr", schema)
            writer.add_message(
                channels[topic.name], record.log_time_ns, record.data, record.publish_time_ns
            )
        writer.finish()
    return folder


def content(records: Sequence[Record]) -> list[tuple[int, str, bytes]]:
    return [(record.log_time_ns, record.topic.name, record.data) for record in records]


def by_topic(records: list[Record]) -> list[Record]:
    return sorted(records, key=lambda record: record.topic.name)


def reversed_time(records: list[Record]) -> list[Record]:
    return [*reversed(records)]


def shuffled(records: list[Record]) -> list[Record]:
    return random.Random(7).sample(records, len(records))


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twenty seconds of everything, no two messages at one time."""
    folder = tmp_path_factory.mktemp("whole")
    made = performed_bag(folder / "made", strokes(200), conductor=ConductorSettings())
    number = count()
    records = [
        record._replace(log_time_ns=record.log_time_ns + next(number)) for record in BagScan(made)
    ]
    return stored(folder / "show", records)


@pytest.mark.parametrize("order", [by_topic, reversed_time, shuffled])
def test_stored_in_any_order_a_bag_gives_the_same_tables(
    whole: Path, tmp_path: Path, order: Callable[[list[Record]], list[Record]]
) -> None:
    bag = stored(tmp_path / "show", order([*BagScan(whole)]))
    assert content([*BagScan(bag)]) == content([*BagScan(whole)])
    assert identify(bag).key == identify(whole).key
    assert info(bag).start_ns == info(whole).start_ns
    export(whole, tmp_path / "right", ("csv",))
    export(bag, tmp_path / "t", ("csv",))
    for table in (tmp_path / "right").iterdir():
        assert (tmp_path / "t" / table.name).read_bytes() == table.read_bytes(), table.name


def test_parts_are_read_in_the_order_of_time(
    whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With parts of a chunk each: their channels are defined in the first one of the file."""
    monkeypatch.setattr("descant.bags.bag_scan.PART_BYTES", 1)
    for order in (by_topic, reversed_time, shuffled):
        bag = stored(tmp_path / order.__name__, order([*BagScan(whole)]))
        assert content([*BagScan(bag)]) == content([*BagScan(whole)])


def test_files_that_overlap_are_merged(whole: Path, tmp_path: Path) -> None:
    records = [*BagScan(whole)]
    bag = stored(tmp_path / "show", records[::2])
    stored(tmp_path / "odd", records[1::2])
    (tmp_path / "odd" / "odd_0.mcap").rename(bag / "show_1.mcap")
    assert content([*BagScan(bag)]) == content(records)


def test_messages_of_one_time_keep_their_order(tmp_path: Path) -> None:
    bag = write(
        tmp_path / "b",
        [NOTES],
        lambda w: [w.write("/notes", START_NS, START_NS, note(number)) for number in range(50)],
    )
    assert [record.data for record in BagScan(bag)] == [note(number) for number in range(50)]


@pytest.mark.parametrize(
    "stray_ns", [0, 1, START_NS - CENTURY_NS // 4, START_NS + CENTURY_NS, 2**64 - 1]
)
def test_a_stray_time_is_neither_start_nor_end_and_keeps_its_place(
    tmp_path: Path, stray_ns: int
) -> None:
    whole = [*BagScan(notes_bag(tmp_path / "whole", 100))]
    records = [*whole]
    records[40] = records[40]._replace(log_time_ns=stray_ns)
    bag = stored(tmp_path / "show", records)
    scan = BagScan(bag)
    assert [record.data for record in scan] == [record.data for record in whole]
    assert (scan.start_ns, scan.end_ns) == (START_NS, time_ns(99))
    found = info(bag)
    assert (found.start_ns, found.end_ns) == (START_NS, time_ns(99))
    assert identify(bag).start_ns == START_NS


def test_a_bag_of_another_century_alone_is_read_as_ever(tmp_path: Path) -> None:
    """Simulated time begins at 0."""
    records = [
        record._replace(log_time_ns=record.log_time_ns - START_NS)
        for record in BagScan(notes_bag(tmp_path / "whole", 10))
    ]
    scan = BagScan(stored(tmp_path / "show", records))
    assert (scan.start_ns, scan.end_ns) == (0, time_ns(9) - START_NS)


def test_a_bag_stored_by_topic_is_read_in_bounded_memory(tmp_path: Path) -> None:
    """Three topics of 12 MB each, one after the other: a part of each is in memory."""
    template = next(iter(BagScan(notes_bag(tmp_path / "one", 1))))
    topics = [type(NOTES)(f"/t{number}", "p/msg/T", b"uint8[] a\n") for number in range(3)]
    records = (
        Record(topic, START_NS + number * 1_000_000, template.publish_time_ns, 0, bytes(12_000))
        for topic in topics
        for number in range(1_000)
    )
    bag = stored(tmp_path / "show", records, chunk_size=100_000)
    tracemalloc.start()
    times = [record.log_time_ns for record in BagScan(bag)]
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert times == sorted(times)
    assert [len([*group]) for _, group in groupby(times)] == [3] * 1_000
    assert peak < 12 << 20


def test_with_too_many_messages_that_wait_all_are_read_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("descant.bags.bag_scan.MOST_WAITING_BYTES", 10_000)
    whole = [*BagScan(notes_bag(tmp_path / "whole", 1_000))]
    scan = BagScan(stored(tmp_path / "show", reversed_time(whole)))
    assert sorted(content([*scan])) == sorted(content(whole))
    assert scan.count == 1_000


def test_a_scan_of_a_file_keeps_the_order_of_the_file(whole: Path, tmp_path: Path) -> None:
    """Mending rewrites a file as it was."""
    records = shuffled([*BagScan(whole)])
    bag = stored(tmp_path / "show", records)
    assert content([*Scan(mcap_of(bag)).records()]) == content(records)
