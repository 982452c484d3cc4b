# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Notes of one key that end and begin at one tick."""

from __future__ import annotations

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from descant.piano.decoder import MidiDecoder
from descant.piano.same_tick import old_offs_first
from descant.types import Note
from support.properties import examples

ON, OFF = b"\x90\x3c\x50", b"\x80\x3c\x40"


def durations(messages: list[tuple[int, bytes]]) -> list[tuple[int, int]]:
    """Onset and duration of each note, in ticks."""
    decoder, began, found = MidiDecoder(run_ns=0), {}, []
    for tick, data in [*old_offs_first(messages), (99, b"\xb0\x7b\x00")]:
        for event in decoder.feed(data, tick):
            assert isinstance(event, Note)
            if event.on:
                began[event.id] = tick
            else:
                found.append((began.pop(event.id), tick))
    return sorted((on, off - on) for on, off in found)


@pytest.mark.parametrize("off", [OFF, b"\x90\x3c\x00"])
def test_a_new_note_lasts_whatever_the_order(off: bytes) -> None:
    for order in permutations([(5, ON), (5, off), (5, b"\xb0\x40\x7f"), (5, b"\x90\x3e\x50")]):
        played = [m for m in [(0, ON), *order, (9, off)] if m[1] not in (b"\xb0\x40\x7f",)]
        assert [n for n in durations(played) if n != (5, 94)] == [(0, 5), (5, 4)]


def test_a_trill_of_two_tracks() -> None:
    one = [(tick, data) for tick in (0, 4, 8) for data in ((ON, OFF) if tick else (ON,))]
    assert durations([*one, (12, OFF)]) == [(0, 4), (4, 4), (8, 4)]


def test_a_note_without_time_stays_one() -> None:
    assert durations([(0, ON), (0, OFF), (5, ON), (9, OFF)]) == [(0, 0), (5, 4)]


def test_two_old_notes_of_a_key_end_before_the_new_one() -> None:
    """Two tracks share a key: each of them ends its own note."""
    messages = [(0, ON), (2, ON), (5, ON), (5, OFF), (5, OFF), (9, OFF)]
    assert durations(messages) == [(0, 2), (2, 3), (5, 4)]


def test_each_prefix_stays_with_its_note() -> None:
    struck, old = (5, b"\xb0\x58\x11"), (5, b"\xb0\x58\x22")
    found = old_offs_first([(0, ON), struck, (5, ON), old, (5, OFF)])
    assert found == [(0, ON), old, (5, OFF), struck, (5, ON)]


def test_another_channel_is_another_note() -> None:
    messages = [(0, b"\x91\x3c\x50"), (5, ON), (5, OFF), (9, ON)]
    assert old_offs_first(messages) == messages


MESSAGES = st.lists(
    st.tuples(
        st.integers(0, 3),
        st.sampled_from([ON, OFF, b"\x90\x3c\x00", b"\x91\x3c\x50", b"\x81\x3c\x40",
                         b"\xb0\x58\x05", b"\xb0\x40\x7f", b"\xb0\x7b\x00", b"\x90\x3e\x01"]),
    )
)  # fmt: skip


@given(MESSAGES)
@examples(200)
def test_no_message_is_lost_or_moved_to_another_tick(messages: list[tuple[int, bytes]]) -> None:
    messages.sort(key=lambda message: message[0])
    ordered = old_offs_first(messages)
    assert sorted(ordered) == sorted(messages)
    assert [tick for tick, _ in ordered] == [tick for tick, _ in messages]


def test_many_messages_at_one_tick_take_no_longer() -> None:
    messages = [(0, ON), *[(5, ON), (5, OFF)] * 20_000]
    assert len(old_offs_first(messages)) == len(messages)
