# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Notes and pedals that are in the blocks of /played alone are in the tables, once, at their place.

The reference is a complete bag: one of a recorder that started late, was restarted or missed some
messages has the same notes and pedals.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mcap.reader import make_reader

from descant.bags.bag_scan import BagScan
from descant.bags.duplicates import DuplicateFilter
from descant.bags.reader import read
from descant.bags.repair import repair
from descant.bags.scan import Record
from descant.bags.writer import BagWriter
from descant.conductor.settings import ConductorSettings
from descant.errors import UserError
from descant.event_blocks import BLOCK
from descant.research.export import export
from descant.research.field_reader import StampedValues
from descant.research.missed_events import (
    MAX_WAITING,
    BlockReconciler,
)
from descant.topics import KEPT
from descant.types import NANOSECONDS, Event, Pedal
from support.bags import NOTES, START_NS, mcap_of, message, topic, write
from support.latecomers import PAST, joined_at, records, rewritten, without
from support.performed import MS, performed_bag, strokes

parquet = pytest.importorskip("pyarrow.parquet", reason="pyarrow is not installed")
LATE_NS = START_NS + 60 * NANOSECONDS
PLAYED = topic("/played", "Played")
# What a table says whenever its recording began.
SAME = {
    "notes": ("id", "onset_ns", "release_ns", "duration", "key", "velocity", "velocity_14bit",
              "release_velocity", "sustain", "sostenuto", "soft", "part"),
    "pedals": ("time_ns", "pedal", "value"),
    "parts": ("begin_ns", "end_ns", "part", "start", "cause"),
}  # fmt: skip


def tables(bag: Path, folder: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Notes, pedals and parts of a bag: what does not hang on when the recording began."""
    export(bag, folder, ("parquet",))
    return {name: columns_of(folder, name, columns) for name, columns in SAME.items()}


def columns_of(folder: Path, table: str, columns: Sequence[str]) -> list[tuple[Any, ...]]:
    """The rows of some columns."""
    found = parquet.read_table(folder / f"{table}.parquet", columns=list(columns)).to_pydict()
    return list(zip(*found.values(), strict=True))


def played() -> Iterator[Event]:
    """Eighty seconds with pedals, and twice the gesture that goes on to the next part."""
    presses = [(20, 0), (20, 120), (50, 0), (50, 120)]
    ways = [
        Pedal(START_NS + second * NANOSECONDS + (ms + up * 60 + 7) * MS, 67, 127 * (1 - up))
        for second, ms in presses
        for up in (0, 1)
    ]
    yield from sorted([*strokes(800), *ways], key=lambda event: event.time_ns)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("whole") / "show"
    return performed_bag(folder, played(), conductor=ConductorSettings())


@pytest.fixture(scope="module")
def right(whole: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Any]]:
    found = tables(whole, tmp_path_factory.mktemp("right") / "t")
    assert len(found["notes"]) == 800
    assert len({row[-1] for row in found["notes"]}) == 3  # parts
    assert len(found["pedals"]) > 160
    return found


@pytest.fixture
def readings(monkeypatch: pytest.MonkeyPatch) -> list[None]:
    """Grows by one each time a bag is read from its beginning."""
    begun: list[None] = []
    once = BagScan.__iter__

    def counted(self: BagScan) -> Iterator[Record]:
        begun.append(None)
        return once(self)

    monkeypatch.setattr(BagScan, "__iter__", counted)
    return begun


@pytest.mark.parametrize("order", [PAST, PAST[::-1]], ids=["blocks after", "blocks before"])
def test_a_recorder_that_came_late_has_every_note_and_pedal(whole, right, tmp_path, order):
    bag = rewritten(tmp_path / "late", joined_at(whole, LATE_NS, order))
    assert sum(r.topic.name == "/notes" for r in records(bag)) < 600
    assert tables(bag, tmp_path / "t") == right


def test_latencies_are_those_of_what_was_received(whole, tmp_path):
    """What is in blocks alone was not, and nobody knows when it would have been."""
    bag = rewritten(tmp_path / "late", joined_at(whole, LATE_NS))
    exported = export(bag, tmp_path / "t", ("parquet",))
    assert exported.remarks == ()
    expected = [(r.topic.name, r.log_time_ns) for r in records(bag)]
    assert columns_of(tmp_path / "t", "latencies", ["topic", "logged_ns"]) == expected
    [row] = parquet.read_table(tmp_path / "t" / "performances.parquet").to_pylist()
    assert row["messages"] == exported.messages == len(expected)


def test_they_are_those_that_the_ordinary_reader_puts_together(whole, right, tmp_path):
    bag = rewritten(tmp_path / "late", joined_at(whole, LATE_NS))
    found = read(bag)
    assert {n.id: n.time_ns for n in found.notes if n.on} == {r[0]: r[1] for r in right["notes"]}
    assert [p.time_ns for p in found.pedals] == [row[0] for row in right["pedals"]]


@pytest.mark.parametrize("topics", [{"/notes"}, {"/pedals"}, {"/notes", "/pedals"}])
def test_a_hole_in_the_middle_is_filled(whole, right, tmp_path, topics):
    begin, end = START_NS + 30 * NANOSECONDS, START_NS + 55 * NANOSECONDS
    bag = rewritten(
        tmp_path / "hole",
        without(whole, lambda r: r.topic.name in topics and begin < r.log_time_ns < end),
    )
    assert tables(bag, tmp_path / "t") == right


@pytest.mark.parametrize("silent_s", [2, 25])
def test_a_recorder_that_was_started_again_within_a_bag(whole, right, tmp_path, silent_s):
    """Its second file begins with what the first has said already, parts too. The hole is shorter
    than what the topics keep, or longer.
    """
    again_ns = START_NS + (40 + silent_s) * NANOSECONDS
    bag = rewritten(
        tmp_path / "twice", without(whole, lambda r: r.log_time_ns > START_NS + 40 * NANOSECONDS)
    )
    second = rewritten(tmp_path / "second", joined_at(whole, again_ns))
    mcap_of(second).rename(bag / "twice_1.mcap")
    (bag / "metadata.yaml").unlink()  # it names the first file alone
    assert tables(bag, tmp_path / "t") == right


def test_a_bag_that_was_cut_off_has_them_and_mended_it_has_the_same(whole, right, tmp_path):
    messages = joined_at(whole, LATE_NS)
    bag = rewritten(tmp_path / "cut", messages, finish=False)
    assert tables(bag, tmp_path / "before") == right
    assert repair(bag).files
    assert tables(bag, tmp_path / "after") == right
    for table in ("notes", "pedals", "latencies"):
        before, after = (tmp_path / t / f"{table}.parquet" for t in ("before", "after"))
        assert before.read_bytes() == after.read_bytes()


def test_notes_of_a_damaged_chunk_are_taken_from_their_blocks(whole, right, tmp_path):
    """One byte of a chunk with notes and without a block is another one."""
    bag = rewritten(tmp_path / "broken", records(whole), flush_every=50)
    file = mcap_of(bag)
    with file.open("rb") as stream:
        summary = make_reader(stream).get_summary()
    assert summary is not None
    names = {number: channel.topic for number, channel in summary.channels.items()}
    held = [(c, {names[n] for n in c.message_index_offsets}) for c in summary.chunk_indexes]
    broken = [c for c, topics in held if "/notes" in topics and "/played" not in topics][10]
    data = bytearray(file.read_bytes())
    data[broken.chunk_start_offset + broken.chunk_length // 2] ^= 0xFF
    file.write_bytes(data)
    count, left = (Counter(r.topic.name for r in records(one)) for one in (whole, bag))
    assert count["/notes"] - left["/notes"] > 5
    assert count["/played"] == left["/played"]
    found = tables(bag, tmp_path / "t")
    assert (found["notes"], found["pedals"]) == (right["notes"], right["pedals"])


def test_blocks_alone_are_enough(whole, right, tmp_path):
    bag = rewritten(tmp_path / "b", (r for r in records(whole) if r.topic.name == "/played"))
    found = tables(bag, tmp_path / "t")
    assert len(found["notes"]) > 800 - BLOCK
    for table, known in (("notes", -1), ("pedals", None)):  # a part is not recorded
        said = [row[:known] for row in found[table]]
        assert said[:700] == [row[:known] for row in right[table][: len(said)]][:700]


def test_what_is_whole_is_read_once_and_only_what_is_not_again(whole, tmp_path, readings):
    export(whole, tmp_path / "whole", ("parquet",))
    assert len(readings) == 1
    bag = rewritten(tmp_path / "late", joined_at(whole, LATE_NS))
    export(bag, tmp_path / "late-tables", ("parquet",))
    assert len(readings) == 1 + 2


def test_a_bag_without_blocks_is_what_it_was(whole, right, tmp_path, readings):
    bag = rewritten(tmp_path / "old", without(whole, lambda r: r.topic.name == "/played"))
    assert tables(bag, tmp_path / "t") == right
    assert len(readings) == 1
    late = rewritten(
        tmp_path / "late",
        (r for r in joined_at(whole, LATE_NS) if r.topic.name != "/played"),
    )
    assert 200 < len(tables(late, tmp_path / "t2")["notes"]) < 300


def test_blocks_of_another_version_are_one_line(tmp_path):
    old = replace(
        PLAYED, definition=PLAYED.definition.replace(b"uint16 velocity_14bit", b"uint8 x")
    )
    data = message("Played", stamp=START_NS, run=1)
    bag = write(tmp_path / "b", [old], lambda w: w.write("/played", START_NS, START_NS, data))
    with pytest.raises(
        UserError, match=r"/played was recorded with another version.*no field 'velocity_14bit'"
    ):
        export(bag, tmp_path / "t", ("parquet",))


def test_a_message_that_was_sent_twice_is_two(tmp_path):
    """The same movement of a pedal, sent at two times: nobody heard one of them twice."""
    data = message("PedalEvent", stamp=START_NS, pedal=64, value=90)

    def fill(writer: BagWriter) -> None:
        for sent in (0, 1, 1):
            writer.write("/pedals", START_NS, START_NS + sent, data)

    bag = write(tmp_path / "b", [NOTES, topic("/pedals", "PedalEvent")], fill)
    assert len(tables(bag, tmp_path / "t")["pedals"]) == 2


def events_of(count: int, start: int = 0) -> list[StampedValues]:
    return [(START_NS + number, (64, number % 128)) for number in range(start, start + count)]


def test_received_events_and_blocks_may_come_in_any_order():
    reconciler = BlockReconciler()
    first, second = events_of(200), events_of(200, start=200)
    reconciler.add_block(1, 0, first)
    for event in [*first, *second]:
        reconciler.add_received(event)
    reconciler.add_block(1, 200, second)
    assert reconciler.missed() == []


def test_a_small_block_may_have_events_of_a_large_one_before_or_after_it():
    """Another node made it of what it had received and found in no block yet."""
    events = [(number, b"e%d" % number) for number in range(6)]
    for small_first in (True, False):
        reconciler = BlockReconciler()
        for event in events[:2]:
            reconciler.add_received(event)
        blocks = [(7, 0, events, False), (9, 0, events[1:4], True)]
        for run, first, some, rest in reversed(blocks) if small_first else blocks:
            reconciler.add_block(run, first, some, rest=rest)
        assert reconciler.missed() == events[2:]


def test_equal_events_are_counted():
    reconciler = BlockReconciler()
    [event] = events_of(1)
    reconciler.add_received(event)
    reconciler.add_block(1, 0, [event, event, event])
    reconciler.add_block(1, 0, [event, event, event])  # the same block again
    assert reconciler.missed() == [event, event]


def test_events_without_blocks_are_forgotten_and_then_count_as_received():
    reconciler = BlockReconciler()
    events = events_of(MAX_WAITING + 1)
    for event in events:
        reconciler.add_received(event)
    later = events_of(3, start=MAX_WAITING + 1)
    reconciler.add_block(1, 0, [*events, *later])
    assert reconciler.missed() == later


def test_duplicates_are_found_as_far_back_as_a_late_joiner_receives_messages():
    duplicates = DuplicateFilter(KEPT)
    assert all(duplicates.is_new((number, b"x")) for number in range(KEPT + 1))
    assert not any(duplicates.is_new((number, b"x")) for number in range(1, KEPT + 1))
    assert duplicates.is_new((KEPT, b"y"))


@given(sent=st.lists(st.tuples(st.integers(0, 6), st.sampled_from([b"a", b"b"])), max_size=40))
def test_duplicates_are_those_that_a_plain_set_finds(sent: list[tuple[int, bytes]]):
    duplicates, heard = DuplicateFilter(KEPT), set()
    for one in sent:
        assert duplicates.is_new(one) == (one not in heard)
        heard.add(one)
