# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""What does not belong to a performance is set aside, with one remark, and spoils nothing."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from descant.bags.reader import read
from descant.bags.topics import RecordedTopic
from descant.bags.writer import BagWriter
from descant.errors import UserError
from descant.types import NANOSECONDS
from support.bags import NOTES, START_NS, message, note, time_ns, topic, write

PEDALS, STATES = topic("/pedals", "PedalEvent"), topic("/learner_state", "LearnerState")
COUNT = 20


def notes_and(
    folder: Path, *more: tuple[RecordedTopic, bytes], at: int = 7, log_ns: int | None = None
) -> Path:
    """`COUNT` notes, and other messages behind number `at`."""

    def fill(writer: BagWriter) -> None:
        for number in range(COUNT):
            now = time_ns(number)
            writer.write("/notes", now, now, note(number))
            for each, data in more if number == at else ():
                sent = now if log_ns is None else log_ns
                writer.write(writer.add_topic(each), sent, sent, data)

    return write(folder / "show", list(dict.fromkeys([NOTES, *(t for t, _ in more)])), fill)


def note_at(stamp_ns: int, number: int = 777, key: int = 60) -> bytes:
    seconds, _ = divmod(stamp_ns, NANOSECONDS)
    assert -(2**31) <= seconds < 2**31
    return message("NoteEvent", stamp=stamp_ns, id=number, kind=1, key=key, velocity=64,
                   velocity_14bit=8192)  # fmt: skip


@pytest.mark.parametrize("stamp_ns", [0, (2**31 - 1) * NANOSECONDS, -5 * NANOSECONDS])
@pytest.mark.parametrize("at", [0, 7, COUNT - 1])
def test_a_stray_note_is_kept_for_the_learner_alone(tmp_path: Path, stamp_ns: int, at: int) -> None:
    found = read(notes_and(tmp_path, (NOTES, note_at(stamp_ns)), at=at))
    assert [n.id for n in found.notes] == list(range(COUNT))
    received = [n.id for n in found.received.notes]
    assert received == [*range(at + 1), 777, *range(at + 1, COUNT)]
    [remark] = found.remarks
    assert remark.startswith("stamps of another clock, set aside: 1 of /notes, the first of ")


def test_the_remark_is_one_for_all_strays(tmp_path: Path) -> None:
    strays = [(NOTES, note_at(n)) for n in range(3)]
    pedal = message("PedalEvent", stamp=0, pedal=64, value=99)
    found = read(notes_and(tmp_path, *strays, (PEDALS, pedal)))
    [remark] = found.remarks
    assert "3 of /notes, 1 of /pedals, the first of 1970-01-01 00:00:00 UTC" in remark
    assert found.pedals == ()


def test_a_log_time_of_nothing_changes_nothing(tmp_path: Path) -> None:
    found = read(notes_and(tmp_path, (NOTES, note_at(time_ns(7) + 1)), log_ns=0))
    assert (len(found.notes), found.remarks) == (COUNT + 1, ())


def test_a_note_that_was_recorded_twice_counts_once(tmp_path: Path) -> None:
    found = read(notes_and(tmp_path, (NOTES, note(3)), at=15, log_ns=0))
    assert [n.id for n in found.received.notes] == list(range(COUNT))
    assert found.remarks == ("1 message of /notes set aside: recorded twice",)


def test_an_impossible_note_is_set_aside(tmp_path: Path) -> None:
    found = read(notes_and(tmp_path, (NOTES, note_at(time_ns(7) + 1, key=255))))
    assert len(found.notes) == COUNT
    assert len(found.received.notes) == COUNT + 1
    assert found.remarks == (
        "1 impossible message of /notes set aside: key is 255, expected at most 127",
    )


def test_a_message_that_cannot_be_read_is_counted(tmp_path: Path) -> None:
    bad = [(NOTES, note(1)[:-3]), (NOTES, b""), (STATES, b"\0\1\0\0\1")]
    found = read(notes_and(tmp_path, *bad))
    assert [n.id for n in found.notes] == list(range(COUNT))
    assert found.unreadable_states == 1
    first, second = found.remarks
    assert first.startswith(f"2 of {COUNT + 2} messages of /notes set aside: a message of /notes")
    assert second.startswith("1 of 1 message of /learner_state set aside: ")


def test_a_topic_of_another_version_does_not_spoil_the_rest(tmp_path: Path) -> None:
    other = dataclasses.replace(PEDALS, definition=b"uint64 id\n")
    bare = RecordedTopic("/elsewhere", "descant/msg/NoteEvent", b"", "")
    found = read(notes_and(tmp_path, (other, bytes(12)), (bare, note(COUNT))))
    assert len(found.notes) == COUNT
    assert "another version of descant/msg/PedalEvent" in found.remarks[0]
    assert len(found.remarks) <= 2


def test_only_messages_that_cannot_be_read_are_refused(tmp_path: Path) -> None:
    bag = write(
        tmp_path / "b", [NOTES], lambda w: w.write("/notes", START_NS, START_NS, note(1)[:9])
    )
    with pytest.raises(UserError, match=r"b: a message of /notes is not a descant/msg/NoteEvent"):
        read(bag)
