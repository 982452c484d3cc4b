# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The built-in triggers: what a chord is, how long it is held; a new part loses no note."""

from itertools import pairwise

import pytest

from descant.learner.core import Learner, Output
from descant.learner.settings import LearnerSettings
from descant.piano.midifile import load
from descant.types import NANOSECONDS, SUSTAIN, Episode, Note, Pedal, State
from support.notes import off, on
from support.parts import part_settings
from support.performances import performance

PART_2 = part_settings(2, knot_points=16, threshold=0.0)
WINDOW_NS = 80_000_000


def play(notes: list[Note], settings: LearnerSettings = PART_2) -> list[Output]:
    learner = Learner(settings)
    return [output for note in notes for output in learner.take(note)]


def knots(outputs: list[Output]) -> list[float]:
    """When each new knot began, in milliseconds."""
    return [o.time_ns / 1e6 for o in outputs if isinstance(o, Episode) and o.attempt == 0]


def steps(outputs: list[Output]) -> list[float]:
    """When each step was made, in milliseconds."""
    return [o.time_ns / 1e6 for o in outputs if isinstance(o, State) and o.step > 0]


CHORD = [on(0, 48, 1), on(20, 52, 2), on(40, 55, 3)]


def test_three_keys_of_the_left_hand_within_the_window_make_a_knot() -> None:
    assert knots(play(CHORD)) == [40]


def test_two_keys_are_no_chord() -> None:
    assert knots(play(CHORD[:2])) == []


def test_keys_struck_too_slowly_are_no_chord() -> None:
    assert knots(play([on(0, 48, 1), on(60, 52, 2), on(81, 55, 3)])) == []


def test_keys_of_the_right_hand_do_not_count() -> None:
    assert knots(play([on(0, 48, 1), on(5, 52, 2), on(10, 60, 3), on(15, 72, 4)])) == []


def test_keys_already_up_again_do_not_count() -> None:
    assert knots(play([on(0, 48, 1), off(10, 48, 1), on(20, 52, 2), on(40, 55, 3)])) == []


def test_more_keys_within_the_window_belong_to_the_same_chord() -> None:
    rolled = [on(i * 12, 40 + i, i + 1) for i in range(7)]
    assert knots(play(rolled)) == [24]


def test_the_same_chord_struck_again_is_a_new_one() -> None:
    again = [off(400, 48, 1), off(400, 52, 2), off(400, 55, 3)]
    again += [on(500, 48, 4), on(500, 52, 5), on(500, 55, 6)]
    assert knots(play(CHORD + again)) == [40, 500]


def test_steps_are_made_exactly_as_long_as_the_chord_is_held() -> None:
    made = steps(play([*CHORD, off(140, 55, 3), off(900, 48, 1)]))
    assert len(made) == 6  # 60 a second for 100 ms
    assert made[0] == pytest.approx(40 + 1000 / 60, abs=0.001)
    assert max(made) <= 140


def test_a_finger_that_changes_its_key_continues_the_same_knot() -> None:
    legato = [*CHORD, on(300, 57, 4), off(310, 55, 3), off(500, 57, 4)]
    outputs = play(legato)
    assert knots(outputs) == [40]
    assert len(steps(outputs)) == 27  # 460 ms without a pause


def test_a_key_lifted_and_struck_again_continues_the_same_knot() -> None:
    lifted = [*CHORD, off(140, 55, 3), on(340, 55, 4), off(440, 55, 4)]
    outputs = play(lifted)
    assert knots(outputs) == [40]
    assert [s for s in steps(outputs) if 140 < s <= 340] == []
    assert len(steps(outputs)) == 12


def test_a_step_names_no_note_so_that_every_sounding_one_follows() -> None:
    outputs = play([*CHORD, on(50, 80, 9), off(200, 48, 1)])
    assert {o.notes for o in outputs if isinstance(o, State)} == {()}


def test_in_the_2021_program_one_key_two_seconds_after_the_last_knot_is_a_chord() -> None:
    original = PART_2.replace(
        chord_keys=1, chord_gap=2.0, chord_always=True, tuned_notes=3, knot_lowest=0
    )
    notes = [on(0, 50, 1), on(500, 52, 2), off(600, 50, 1), on(1999, 53, 3), on(2100, 54, 4)]
    outputs = play([*notes, off(2200, 52, 2)], original)
    assert knots(outputs) == [0, 2100]
    assert len(steps(outputs)) == 126 + 6  # also while nothing is held
    assert max(len(o.notes) for o in outputs if isinstance(o, State)) == 3


def test_a_rate_of_a_thousand_steps_is_kept() -> None:
    outputs = play([*CHORD, off(1040, 48, 1)], PART_2.replace(held_rate=1000.0))
    assert len(steps(outputs)) == 1000


def count_chords(notes: list[Note]) -> int:
    """An independent, simple count: walk the left hand's strokes in order; three of them within
    the window, all still down, are a chord, and everything until its window ends belongs to it.
    """
    ups = {n.id: place for place, n in enumerate(notes) if not n.on}
    strokes = [
        (n.time_ns, place, ups[n.id]) for place, n in enumerate(notes) if n.on and n.key < 60
    ]
    count, free_from = 0, -1
    for index, (now, place, _) in enumerate(strokes):
        near = [
            start
            for start, _, up in strokes[: index + 1]
            if free_from < start and now - start <= WINDOW_NS and up > place
        ]
        if len(near) >= 3:
            count += 1
            free_from = min(near) + WINDOW_NS
    return count


@pytest.mark.parametrize(
    ("name", "at_least"), [("schubert-impromptu-90-3", 5), ("liszt-etude-1", 5)]
)
def test_chords_of_a_real_performance_are_those_of_a_simple_count(name: str, at_least: int) -> None:
    notes = [e for e in load(performance(name)).events() if isinstance(e, Note)]
    found = len(knots(play(notes)))
    assert found == count_chords(notes)
    assert found >= at_least


def test_changing_the_part_loses_no_note_and_takes_effect_at_the_next_event() -> None:
    learner = Learner(LearnerSettings())
    learner.take(on(0, 40, 1))
    learner.take(on(100, 72, 2))
    learner.change(part_settings(2, knot_points=16), time_ns=0)
    outputs = [o for note in [on(200, 43, 3), on(201, 47, 4), on(202, 50, 5)]
               for o in learner.take(note)]  # fmt: skip
    assert [type(o) for o in outputs] == [Episode, State]
    assert outputs[0].family == "knot"
    for note in [off(300, 40, 1), off(300, 72, 2), off(301, 43, 3), off(302, 47, 4)]:
        learner.take(note)
    assert learner.held == 1
    learner.change(part_settings(1, knot_points=16), time_ns=0)
    [episode, state] = learner.take(on(400, 36, 6))
    assert isinstance(episode, Episode)
    assert isinstance(state, State)
    assert (episode.family, episode.number, state.notes) == ("cubic", 3, (6,))


def test_times_of_steps_never_go_back() -> None:
    notes = [e for e in load(performance("liszt-etude-1")).events() if isinstance(e, Note)]
    times = [o.time_ns for o in play(notes) if isinstance(o, State)]
    assert all(a <= b for a, b in pairwise(times))
    assert times[-1] < 60 * NANOSECONDS


def sustain(at_ms: float, value: int) -> Pedal:
    return Pedal(int(at_ms * 1e6), SUSTAIN, value)


def play_with_pedal(
    events: list[Note | Pedal], settings: LearnerSettings
) -> tuple[Learner, list[Output]]:
    learner = Learner(settings)
    outputs: list[Output] = []
    for event in events:
        outputs += learner.take(event) if isinstance(event, Note) else learner.take_pedal(event)
    return learner, outputs


PEDALLED = [
    *CHORD, sustain(100, 90), off(200, 48, 1), off(200, 52, 2), off(200, 55, 3),
    sustain(540, 20), on(1000, 80, 9),
]  # fmt: skip


def test_the_sustain_pedal_holds_a_chord_with_sustain_holds() -> None:
    _, outputs = play_with_pedal(PEDALLED, PART_2.replace(sustain_holds=True))
    assert len(steps(outputs)) == 30  # 500 ms
    assert max(steps(outputs)) <= 540


def test_the_sustain_pedal_holds_nothing_without_sustain_holds() -> None:
    _, outputs = play_with_pedal(PEDALLED, PART_2)
    assert max(steps(outputs)) <= 200


def test_a_pedal_pressed_after_the_release_holds_no_released_key() -> None:
    events = [*CHORD, off(140, 48, 1), sustain(150, 127), on(1000, 80, 9)]
    _, outputs = play_with_pedal(events, PART_2.replace(sustain_holds=True))
    assert max(steps(outputs)) <= 140


def test_a_key_struck_again_under_the_pedal_counts_once() -> None:
    settings = PART_2.replace(sustain_holds=True)
    events = [
        on(0, 48, 1), on(5, 52, 2), on(10, 55, 3), sustain(20, 127), off(30, 48, 1), off(30, 52, 2),
        on(40, 48, 4), sustain(100, 0), on(400, 80, 9),
    ]  # fmt: skip
    _, outputs = play_with_pedal(events, settings)
    assert max(steps(outputs)) <= 100  # then only 48 and 55 are held


def test_the_pedal_holds_upper_keys_as_well() -> None:
    settings = LearnerSettings(held_rate=60.0, sustain_holds=True, threshold=0.0)
    events = [on(0, 36, 1), on(0, 72, 2), sustain(50, 127), off(100, 72, 2), sustain(500, 0)]
    _, outputs = play_with_pedal([*events, on(900, 36, 3)], settings)
    grid = [s for s in steps(outputs) if s > 0.0]
    assert len(grid) == 30


def test_turning_sustain_holds_off_releases_the_keys_that_the_pedal_holds() -> None:
    settings = PART_2.replace(sustain_holds=True)
    learner, _ = play_with_pedal(PEDALLED[:7], settings)
    learner.change(PART_2, time_ns=300_000_000)
    assert learner.advance(500_000_000) == []
