# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Notes as bars, and pedal curves."""

import pytest

from descant.bags.recording import RecordedState, Recording
from descant.errors import UserError
from descant.picture.note_bars import note_bars, pedal_curve, time_span
from descant.types import NANOSECONDS, SOFT, SUSTAIN, LearningStatus, Note, Pedal, State

T0 = 1_700_000_000 * NANOSECONDS


def at(seconds: float) -> int:
    return T0 + round(seconds * NANOSECONDS)


def note(number: int, key: int, start: float, end: float | None, velocity: int = 64) -> list[Note]:
    on = Note(at(start), number, True, key, velocity, velocity * 128)
    off = [] if end is None else [Note(at(end), number, False, key, 64, 64 * 128)]
    return [on, *off]


def state(time: float, cause: int, loss: float, step: int = 1) -> RecordedState:
    values = State(
        at(time), 1, cause, 1, 0, step, LearningStatus.LEARNING, 1, "cubic",
        (0.0,) * 4, (0.0,) * 4, loss, 0.0, (0.0,) * 4, (cause,),
    )  # fmt: skip
    return RecordedState(run=1, state=values)


def recording(
    *notes: list[Note], pedals: tuple[Pedal, ...] = (), states: tuple[RecordedState, ...] = ()
) -> Recording:
    return Recording(tuple(n for pair in notes for n in pair), pedals, states, (), ())


def sustain(time: float, value: int) -> Pedal:
    return Pedal(at(time), SUSTAIN, value)


def test_a_recording_without_notes_cannot_be_drawn():
    with pytest.raises(UserError, match="the recording has no notes"):
        time_span(recording(pedals=(sustain(0, 127),)))


def test_the_picture_begins_with_the_first_event_but_at_most_a_second_before_the_first_note():
    close = time_span(recording(note(1, 60, 10.0, 12.0), pedals=(sustain(9.6, 127),)))
    early = time_span(recording(note(1, 60, 10.0, 12.0), pedals=(sustain(0.0, 127),)))
    assert (close.start_ns, close.duration_s) == (at(9.6), 2.4)
    assert (early.start_ns, early.duration_s) == (at(9.0), 3.0)


def test_the_picture_ends_with_the_last_event_but_at_most_three_seconds_after_the_last_note():
    soon = time_span(recording(note(1, 60, 0.0, 2.0), pedals=(sustain(3.5, 0),)))
    late = time_span(recording(note(1, 60, 0.0, 2.0), pedals=(sustain(600.0, 0),)))
    assert (soon.end_ns, late.end_ns) == (at(3.5), at(5.0))


def test_a_single_note_on_still_has_a_second_to_be_drawn_in():
    assert time_span(recording(note(1, 60, 0.0, None))).duration_s == 1.0


def test_bars_come_in_the_order_they_were_struck_and_end_with_their_own_note_off():
    played = recording(note(7, 72, 1.0, 2.5, velocity=99), note(3, 40, 0.0, 4.0))
    low, high = note_bars(played, time_span(played))
    assert (low.key, low.start_s, low.end_s) == (40, 0.0, 4.0)
    assert (high.key, high.start_s, high.end_s, high.velocity) == (72, 1.0, 2.5, 99)


def test_a_note_that_is_never_released_lasts_to_the_end():
    played = recording(note(1, 60, 0.0, None), note(2, 62, 1.0, 5.0))
    assert [bar.end_s for bar in note_bars(played, time_span(played))] == [5.0, 5.0]


def test_without_pedal_there_is_no_tail():
    played = recording(note(1, 60, 0.0, 1.0), note(2, 62, 1.0, 5.0))
    assert [(bar.end_s, bar.tail_s) for bar in note_bars(played, time_span(played))] == [
        (1, 1),
        (5, 5),
    ]


def test_a_tail_lasts_until_the_pedal_lets_the_dampers_down():
    pedals = (sustain(0.5, 90), sustain(2.0, 70), sustain(3.0, 63), sustain(3.5, 0))
    played = recording(note(1, 60, 0.0, 1.0), note(2, 62, 3.2, 5.0), pedals=pedals)
    assert [bar.tail_s for bar in note_bars(played, time_span(played))] == [3.0, 5.0]


def test_a_tail_ends_where_its_key_is_struck_again_and_after_six_seconds_at_the_latest():
    played = recording(
        note(1, 60, 0.0, 1.0), note(2, 60, 2.0, 3.0), note(3, 80, 19.0, 20.0),
        pedals=(sustain(0.0, 127),),
    )  # fmt: skip
    assert [bar.tail_s for bar in note_bars(played, time_span(played))] == [2.0, 9.0, 20.0]


def test_a_pedal_that_moves_as_the_key_is_released_still_counts():
    caught = recording(note(1, 60, 0.0, 1.0), note(2, 62, 4.0, 5.0), pedals=(sustain(1.0, 127),))
    missed = recording(
        note(1, 60, 0.0, 1.0), note(2, 62, 4.0, 5.0), pedals=(sustain(0.0, 127), sustain(1.0, 0))
    )
    assert note_bars(caught, time_span(caught))[0].tail_s == 5.0
    assert note_bars(missed, time_span(missed))[0].tail_s == 1.0


def test_a_note_has_the_loss_of_the_state_it_caused_else_of_the_latest_one_before():
    played = recording(
        note(1, 60, 0.0, 1.0), note(2, 40, 1.0, 2.0), note(3, 72, 2.0, 3.0), note(4, 50, 2.5, 3.0),
        states=(state(1.0, 2, 1.5, step=0), state(2.0, 3, 0.25)),
    )  # fmt: skip
    assert [bar.loss for bar in note_bars(played, time_span(played))] == [None, 1.5, 0.25, 0.25]


def test_a_pedal_curve_holds_what_was_before_the_picture_and_reaches_its_end():
    pedals = (sustain(0.0, 100), sustain(10.5, 40), sustain(600.0, 0))
    played = recording(note(1, 60, 10.0, 12.0), pedals=pedals)
    drawn = time_span(played)
    assert pedal_curve(played.pedals, SUSTAIN, drawn) == ((0.0, 100), (1.5, 40), (6.0, 40))
    assert pedal_curve(played.pedals, SOFT, drawn) == ()
