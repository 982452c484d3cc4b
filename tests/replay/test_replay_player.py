# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The player of a time line, told the time: nothing here waits."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from descant.bags.recording import Recording
from descant.errors import UserError
from descant.piano.player import DueEvent, Player, ReleaseAll, Timeline
from descant.replay.timeline import timeline
from descant.types import Note, Pedal
from support.notes import MS, off, on

CLOCK = 123_456_789_012_345_678
"""A steady clock as it may stand: more than a float can hold."""


def line(*extra: Note | Pedal) -> Timeline:
    """Two notes that overlap, 100 ms in all."""
    notes = [on(0, 60, 1), on(40, 64, 2), off(70, 60, 1), off(100, 64, 2)]
    notes += [e for e in extra if isinstance(e, Note)]
    pedals = tuple(e for e in extra if isinstance(e, Pedal))
    return timeline(Recording(tuple(notes), pedals, (), (), ()), "x")


def keys(happenings: list[DueEvent]) -> list[object]:
    """(ms since CLOCK, key or -key or 'up') of everything."""
    found: list[object] = []
    for time_ns, event in happenings:
        at = (time_ns - CLOCK) / MS
        if isinstance(event, Note):
            found.append((at, event.key if event.on else -event.key))
        else:
            found.append((at, "up" if isinstance(event, ReleaseAll) else event))
    return found


def test_everything_comes_at_its_time_with_the_time_it_was_due_at() -> None:
    player = Player(line())
    assert player.start(CLOCK) == []
    assert keys(player.due(CLOCK)) == [(0, 60)]
    assert player.next_ns == CLOCK + 40 * MS
    late = keys(player.due(CLOCK + 90 * MS))
    assert late == [(40, 64), (70, -60)]
    assert keys(player.due(CLOCK + 200 * MS)) == [(100, -64), (100, "up")]
    assert player.ended
    assert player.next_ns is None


@given(st.lists(st.integers(0, 10**13), min_size=1, max_size=20))
def test_at_speed_1_distances_are_kept_to_the_nanosecond(times: list[int]) -> None:
    notes = tuple(Note(t, i, True, 60, 1, 128) for i, t in enumerate(sorted(times)))
    player = Player(timeline(Recording(notes, (), (), (), ()), "x"))
    player.start(CLOCK)
    played = [d.time_ns for d in player.due(CLOCK + 10**14) if isinstance(d.event, Note)]
    assert played == [CLOCK + n.time_ns - notes[0].time_ns for n in notes]


def test_twice_as_fast_everything_comes_in_half_the_time() -> None:
    player = Player(line(), speed=2.0)
    player.start(CLOCK)
    assert keys(player.due(CLOCK + 35 * MS)) == [(0, 60), (20, 64), (35, -60)]
    assert player.position_ns(CLOCK + 35 * MS) == 70 * MS


def test_a_pause_lets_go_and_goes_on_where_it_stood() -> None:
    player = Player(line(Pedal(10 * MS, 64, 90)))
    player.start(CLOCK)
    player.due(CLOCK)
    assert keys(player.pause(CLOCK + 50 * MS))[-2:] == [(40, 64), (50, "up")]
    assert player.paused
    assert player.position_ns(CLOCK + 900 * MS) == 50 * MS
    assert player.due(CLOCK + 900 * MS) == []
    assert keys(player.start(CLOCK + 1000 * MS)) == [(1000, Pedal(10 * MS, 64, 90))]
    assert keys(player.due(CLOCK + 2000 * MS))[0] == (1020, -60)


def test_a_pause_while_paused_is_nothing() -> None:
    player = Player(line())
    player.start(CLOCK)
    player.pause(CLOCK)
    assert player.pause(CLOCK + MS) == []
    player.start(CLOCK + 2 * MS)
    assert player.start(CLOCK + 3 * MS) == []


def test_a_jump_lets_go_and_plays_on_from_there() -> None:
    player = Player(line())
    player.start(CLOCK)
    assert keys(player.jump(CLOCK + 10 * MS, 60 * MS))[-1] == (10, "up")
    assert keys(player.due(CLOCK + 50 * MS)) == [(20, -60), (50, -64), (50, "up")]


@pytest.mark.parametrize(("to_ms", "position_ms"), [(-5_000, 0), (5_000, 100)])
def test_a_jump_beyond_an_end_goes_to_it(to_ms: int, position_ms: int) -> None:
    player = Player(line())
    player.start(CLOCK)
    player.jump(CLOCK + MS, to_ms * MS)
    assert player.position_ns(CLOCK + MS) == position_ms * MS


def test_a_jump_while_paused_stays_paused() -> None:
    player = Player(line())
    player.start(CLOCK)
    player.pause(CLOCK + MS)
    assert player.jump(CLOCK + 2 * MS, 30 * MS) == []
    assert player.paused
    player.start(CLOCK + 3 * MS)
    assert keys(player.due(CLOCK + 13 * MS)) == [(13, 64)]


def test_a_loop_lets_go_and_begins_again_at_the_start_asked_for() -> None:
    player = Player(line(), start_ns=30 * MS, loop=True)
    player.start(CLOCK)
    first = keys(player.due(CLOCK + 70 * MS))
    assert first == [(10, 64), (40, -60), (70, -64), (70, "up")]
    assert not player.ended
    assert keys(player.due(CLOCK + 110 * MS)) == [(110, 64)]  # a pass takes 100 ms at least


def test_a_loop_that_is_ended_meanwhile_ends_with_its_pass() -> None:
    player = Player(line(), loop=True)
    player.start(CLOCK)
    player.loop = False
    player.due(CLOCK + 200 * MS)
    assert player.ended


def test_stopping_lets_go() -> None:
    player = Player(line())
    player.start(CLOCK)
    assert keys(player.stop(CLOCK + MS)) == [(1, "up")]
    assert player.due(CLOCK + 200 * MS) == []


def test_a_start_behind_the_end_is_one_line() -> None:
    with pytest.raises(UserError, match=r"x: cannot start at 3 s: its end is at 0\.1 s"):
        Player(line(), start_ns=3_000 * MS)
