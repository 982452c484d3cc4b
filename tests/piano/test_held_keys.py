# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""What is released when a player is gone, and what stays down."""

from descant.piano.held_keys import HeldKeys
from descant.types import SOFT, SUSTAIN, Event, Note, Pedal

FIRST, SECOND = 100 << 32, 200 << 32  # the ids of two processes of the piano
LATER = 9_000


def on(number: int, key: int = 60, time_ns: int = 1_000) -> Note:
    return Note(time_ns, number, True, key, 80, 80 << 7)


def off(number: int, key: int = 60, time_ns: int = LATER) -> Note:
    return Note(time_ns, number, False, key, 64, 64 << 7)


def held(*events: Event) -> HeldKeys:
    keys = HeldKeys()
    for event in events:
        keys.add(event)
    return keys


def test_when_nobody_is_left_everything_is_released() -> None:
    keys = held(
        on(1), on(2, 62), off(1, 60), on(FIRST, 64),
        Pedal(1_000, SUSTAIN, 127), Pedal(1_000, SOFT, 127), Pedal(2_000, SOFT, 0),
    )  # fmt: skip
    found = keys.of_the_gone(LATER, is_any_left=False)
    assert found == [off(2, 62), off(FIRST, 64), Pedal(LATER, SUSTAIN, 0)]
    for event in found:
        keys.add(event)
    assert keys.of_the_gone(LATER, is_any_left=False) == []


def test_while_a_piano_is_left_its_keys_and_pedals_stay_down() -> None:
    keys = held(on(1), on(FIRST, 62), on(SECOND, 64), Pedal(1_000, SUSTAIN, 127))
    assert keys.of_the_gone(LATER, is_any_left=True) == [off(1), off(FIRST, 62)]


def test_while_another_player_is_left_nothing_tells_whose_the_keys_are() -> None:
    assert held(on(1), on(2, 62)).of_the_gone(LATER, is_any_left=True) == [off(1), off(2, 62)]


def test_the_first_note_of_a_piano_that_was_started_again_releases_the_keys_of_the_one_before():
    keys = held(on(1, 59), on(FIRST), on(FIRST + 1, 62), off(FIRST))
    assert keys.before(on(FIRST + 2, 63)) == []
    assert keys.before(on(SECOND, 64, LATER)) == [off(FIRST + 1, 62, LATER - 1)]
    assert held(on(1)).before(on(FIRST)) == []
    assert held(on(SECOND)).before(on(1)) == []
