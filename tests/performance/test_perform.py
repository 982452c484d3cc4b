# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""A performance without the graph: the outputs of the cores over a list of events."""

import pytest

from descant.conductor.core import Conductor
from descant.conductor.settings import ConductorSettings
from descant.learner.settings import LearnerSettings
from descant.parameters import ParameterError
from descant.performance.perform import perform
from descant.programme.layers import described
from descant.programme.part_description import PartDescription
from descant.programme.programme import Programme
from descant.programme.reading import load_programme
from descant.types import SOFT, Episode, Event, Note, Part, Pedal, State
from support.notes import MS, off, on
from support.parts import conductor, part_settings


def gesture(at_ms: int) -> list[Event]:
    moves = ((0, 120), (80, 0), (160, 120), (240, 0))
    return [Pedal((at_ms + after) * MS, SOFT, value) for after, value in moves]


SHOW: list[Event] = [
    on(0, 36, 1), on(500, 72, 2), off(600, 36, 1), off(700, 72, 2),
    *gesture(1000),
    on(2000, 40, 3), on(2005, 44, 4), on(2010, 47, 5), off(2510, 40, 3),
]  # fmt: skip
SETTINGS = LearnerSettings(knot_points=32)


def test_everything_comes_in_order_of_time() -> None:
    happened = list(perform(SHOW, SETTINGS, conductor()))
    times = [what.time_ns for what in happened]
    assert times == sorted(times)
    assert [w for w in happened if isinstance(w, (Note, Pedal))] == SHOW


def test_a_state_comes_after_the_note_that_caused_it() -> None:
    happened = list(perform(SHOW, SETTINGS))
    note = happened.index(SHOW[1])
    assert isinstance(happened[note + 1], State)
    assert happened[note + 1].notes == (2,)


def test_parts_change_with_the_conductor() -> None:
    happened = list(perform(SHOW, SETTINGS, conductor()))
    parts = [w for w in happened if isinstance(w, Part)]
    assert [(p.number, p.start, p.time_ns // MS) for p in parts] == [(1, 0, 0), (2, 1, 1240)]
    episodes = [w for w in happened if isinstance(w, Episode)]
    assert [e.family for e in episodes] == ["cubic", "knot"]
    assert sum(isinstance(w, State) and w.family == "knot" for w in happened) == 31


def test_without_a_conductor_the_part_is_the_learners() -> None:
    happened = list(perform(SHOW, part_settings(2, knot_points=32)))
    assert not any(isinstance(w, Part) for w in happened)
    assert {w.family for w in happened if isinstance(w, Episode)} == {"knot"}


def test_keys_still_held_at_the_end_make_steps_for_the_tail() -> None:
    held = [event for event in SHOW if event.time_ns < 2500 * MS]
    happened = list(perform(held, part_settings(2, knot_points=32), tail_ns=100 * MS))
    assert sum(isinstance(w, State) and w.step > 0 for w in happened) == 6


def test_a_chord_that_is_held_for_two_hours_is_learned_for_two_hours() -> None:
    held = [event for event in SHOW if event.time_ns < 2500 * MS]
    slow = part_settings(2, knot_points=32, held_rate=0.1, learning_rate=1e-6)
    happened = list(perform(held, slow, tail_ns=7_200_000 * MS))
    assert sum(isinstance(w, State) and w.step > 0 for w in happened) == 720


def five_parts(**settings: object) -> Conductor:
    """The four parts of the paper, and a fifth whose trigger makes steps with every key."""
    overrides = {"bass_below": 0, "upper_from": 0, "learning_rate": 0.1, "loss": "mae"}
    fifth = PartDescription("finale", "Finale", learner=overrides)
    programme = Programme("five", "Five", (*load_programme("paper").parts, fifth))
    return Conductor(ConductorSettings().replace(**settings), programme, 0)


def test_a_part_has_the_overrides_of_the_programme() -> None:
    notes = [on(0, 36, 1), on(100, 72, 2), on(200, 30, 3)]
    outputs = list(perform(notes, SETTINGS, five_parts(part=5)))
    [part] = [w for w in outputs if isinstance(w, Part)]
    assert described(part).title == "Finale"
    states = [w for w in outputs if isinstance(w, State)]
    expected = list(perform(notes, SETTINGS.replace(**described(part).learner, part=5)))
    assert states == [w for w in expected if isinstance(w, State)]
    assert [s.step for s in states] == [0, 1, 2, 3]  # the first note starts an episode as well


def test_what_is_fixed_holds_in_every_part() -> None:
    """One learning rate in parts 1 and 2, though part 2 has its own."""
    outputs = list(perform(SHOW, SETTINGS, five_parts(), fixed={"learning_rate": 0.3}))
    for family in ("cubic", "knot"):
        before, after = [w for w in outputs if isinstance(w, State) and w.family == family][:2]
        moved = [t - 0.3 * g for t, g in zip(before.theta, before.gradient, strict=True)]
        assert list(after.theta) == moved


def test_a_programme_that_the_settings_do_not_allow_is_refused_at_the_start() -> None:
    settings = SETTINGS.replace(bass_below=48)
    fixed = {"upper_from": 50}
    expected = r"part 2 \(narrow\) of the programme 'two', learner: parameter 'bass_below' must be"
    narrow = PartDescription("narrow", "Narrow", learner={"bass_below": 55})
    programme = Programme("two", "Two", (load_programme("paper").parts[0], narrow))
    with pytest.raises(ParameterError, match=expected):
        next(perform(SHOW, settings, Conductor(ConductorSettings(), programme, 0), fixed=fixed))
