# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""A recording run again: the recorded states, and other states with changed parameters."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import pytest

from descant.bags.recording import RecordedSettings, RecordedState, Recording
from descant.errors import UserError
from descant.learner.core import Learner, Output
from descant.learner.settings import LearnerSettings
from descant.performance.perform import PerformanceEvent, perform
from descant.performance.recompute import bits
from descant.performance.rerun import last_run, rerun
from descant.programme.reading import load_programme
from descant.types import SUSTAIN, Event, Note, Part, Pedal, State
from support.notes import MS, off, on, strokes
from support.parts import part_settings
from support.performances import performance
from support.recordings import events

pytestmark = pytest.mark.slow

MELODY = strokes([36, *range(60, 80), 40, *range(80, 60, -1)])
Change = tuple[int, dict[str, object]]
"""Parameters that were set, and when (ns)."""
CHORD = [on(0, 40, 1), on(5, 44, 2), on(9, 47, 3)]


def states(happenings: Sequence[PerformanceEvent]) -> list[State]:
    return [h for h in happenings if isinstance(h, State)]


def recorded(recording: Recording) -> list[State]:
    return [entry.state for entry in recording.states]


def of_events(played: Sequence[Event], settings: LearnerSettings, tail_ms: float = 0) -> Recording:
    """Events through the learner's core, as a recorder would have written it."""
    said = perform(played, settings, tail_ns=int(tail_ms * MS))
    return Recording(
        notes=tuple(e for e in played if isinstance(e, Note)),
        pedals=tuple(e for e in played if isinstance(e, Pedal)),
        states=tuple(RecordedState(1, s) for s in said if isinstance(s, State)),
        episodes=(),
        settings=(RecordedSettings(1, 0, 0, settings.to_json()),),
    )


@pytest.mark.parametrize(
    "settings",
    [
        LearnerSettings(seed=4),
        part_settings(2, sustain_holds=False),
        LearnerSettings(held_rate=60.0, upper_from=48, loss="half_mse", learning_rate=0.01),
        part_settings(3, optimiser="adam", knot_batch=64),
    ],
    ids=["part 1", "part 2", "as in 2021", "adam"],
)
def test_with_nothing_changed_a_real_performance_gives_the_recorded_states(
    settings: LearnerSettings,
) -> None:
    notes, pedals = events(performance("schubert-impromptu-90-3"))
    played = sorted([*notes, *pedals], key=lambda e: e.time_ns)[:1_500]
    recording = of_events(played, settings)
    assert len(recording.states) > 200
    assert bits(tuple(states(list(rerun(last_run(recording)))))) == bits(tuple(recorded(recording)))


def live(played: Sequence[Event | Change], first: LearnerSettings) -> Recording:
    """Like the learner's node: changed parameters and the pedal are logged with their time."""
    learner = Learner(first)
    log = [RecordedSettings(1, 0, 0, first.to_json())]
    said: list[Output] = []

    def write_down() -> None:
        settings, time = learner.settings.to_json(), learner.reached_ns
        log.append(RecordedSettings(1, time, learner.events, settings, learner.sustain))

    for what in played:
        if isinstance(what, Note):
            said += learner.take(what)
        elif isinstance(what, Pedal):
            before = learner.sustain
            said += learner.take_pedal(what)
            if learner.sustain != before and learner.settings.sustain_holds:
                write_down()
        else:
            said += learner.change(learner.settings.replace(**what[1]), time_ns=what[0])
            write_down()
    kept = tuple(RecordedState(1, s) for s in said if isinstance(s, State))
    notes = tuple(e for e in played if isinstance(e, Note))
    pedals = tuple(e for e in played if isinstance(e, Pedal))
    return Recording(notes, pedals, kept, (), tuple(log))


HELD_BY_PEDAL = [
    *CHORD,
    Pedal(100 * MS, SUSTAIN, 127),
    off(200, 40, 1), off(200, 44, 2), off(210, 47, 3),
    Pedal(900 * MS, SUSTAIN, 0),
    on(1_000, 72, 4), off(1_100, 72, 4),
]  # fmt: skip


def test_parameters_changed_while_playing_stay_changed() -> None:
    part_2 = part_settings(2, start=1).values()
    changes = [(500 * MS, {"learning_rate": 0.05}), (2_000 * MS, part_2)]
    rest = [on(2_100 + n.time_ns / MS, n.key, n.id + 100) for n in CHORD]
    rest.append(off(3_000, 40, 101))
    first = [n for n in MELODY if n.time_ns < 500 * MS]
    then = [n for n in MELODY if 500 * MS <= n.time_ns < 2_000 * MS]
    recording = live([*first, changes[0], *then, changes[1], *rest], LearnerSettings())
    again = list(rerun(last_run(recording)))
    assert bits(tuple(states(again))) == bits(tuple(recorded(recording)))
    assert [h for h in again if isinstance(h, Part)] == [Part(2_000 * MS, 2, 1, "recording")]


def test_a_part_of_a_rerun_has_the_recorded_description() -> None:
    description = load_programme("paper").part(2).to_json()
    change = (500 * MS, part_settings(2, start=1).values())
    first = [n for n in MELODY if n.time_ns < 500 * MS]
    chord = [on(600 + n.time_ns / MS, n.key, n.id + 100) for n in CHORD]
    recording = live([*first, change, *chord], LearnerSettings())
    recording = dataclasses.replace(recording, parts=(Part(0, 2, 1, "cue", description),))
    parts = [h for h in rerun(last_run(recording)) if isinstance(h, Part)]
    assert parts == [Part(500 * MS, 2, 1, "recording", description)]


def test_keys_that_the_pedal_held_are_held_again() -> None:
    recording = live(HELD_BY_PEDAL, part_settings(2, sustain_holds=True))
    assert len(recording.states) > 40
    again = states(list(rerun(last_run(recording))))
    assert bits(tuple(again)) == bits(tuple(recorded(recording)))


def test_what_if_the_pedal_had_held_the_keys() -> None:
    plain = of_events(HELD_BY_PEDAL, part_settings(2))
    held = of_events(HELD_BY_PEDAL, part_settings(2, sustain_holds=True))
    again = states(list(rerun(last_run(plain), {"sustain_holds": True})))
    assert bits(tuple(again)) == bits(tuple(recorded(held)))
    assert len(again) > len(plain.states)


def test_an_override_holds_whatever_the_performer_changed() -> None:
    changes = [(500 * MS, {"learning_rate": 0.05, "threshold": 0.0})]
    first = [n for n in MELODY if n.time_ns < 500 * MS]
    rest = [n for n in MELODY if n.time_ns >= 500 * MS]
    recording = live([*first, *changes, *rest], LearnerSettings())
    other = live(
        [*first, (500 * MS, {"threshold": 0.0}), *rest], LearnerSettings(learning_rate=0.2)
    )
    again = states(list(rerun(last_run(recording), {"learning_rate": 0.2})))
    assert bits(tuple(again)) == bits(tuple(recorded(other)))


def test_overrides_are_those_of_a_performance_with_these_settings() -> None:
    """A rerun of a recording, and the same notes performed with the changed settings."""
    settings = LearnerSettings(seed=4)
    recording = of_events(MELODY, settings)
    for change in (
        {"seed": 9}, {"optimiser": "momentum"}, {"loss": "mae"}, {"family": "knot"},
        {"arithmetic": 1},
    ):  # fmt: skip
        expected = states(list(perform(MELODY, settings.replace(**change))))
        assert bits(tuple(states(list(rerun(last_run(recording), change))))) == bits(
            tuple(expected)
        )


def test_steps_of_keys_held_to_the_end_go_on_to_the_recordings_end() -> None:
    recording = of_events(CHORD, part_settings(2), tail_ms=2_000)
    again = states(list(rerun(last_run(recording), {"learning_rate": 0.001})))
    assert len(again) == 121
    assert again[-1].time_ns - CHORD[-1].time_ns == 2_000 * MS


def test_everything_comes_in_the_order_of_its_time() -> None:
    recording = of_events(HELD_BY_PEDAL, part_settings(2), tail_ms=100)
    times = [h.time_ns for h in rerun(last_run(recording), {"sustain_holds": True})]
    assert times == sorted(times)


def test_a_learner_that_caught_up_is_run_from_the_beginning() -> None:
    recording = of_events(MELODY, LearnerSettings())
    late = [RecordedState(2, entry.state) for entry in recording.states[20:]]
    second = dataclasses.replace(recording.settings[0], run=2)
    both = dataclasses.replace(
        recording,
        states=(*recording.states[:20], *late),
        settings=(*recording.settings, second),
    )
    assert states(list(rerun(last_run(both)))) == recorded(recording)


def test_a_recording_without_settings_or_states_is_refused() -> None:
    recording = of_events(MELODY, LearnerSettings())
    with pytest.raises(UserError, match="no /learner_settings: it cannot be run again"):
        last_run(dataclasses.replace(recording, settings=()))
    with pytest.raises(UserError, match="no /learner_state: nothing was learned"):
        last_run(dataclasses.replace(recording, states=()))
