# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The bundled performance: four parts, changed by the gesture alone, each of rest and struggle."""

import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

from descant.learner.settings import LearnerSettings
from descant.performance.perform import PerformanceEvent, perform
from descant.piano.midifile import load
from descant.synth.engine import SynthReport
from descant.synth.settings import SynthSettings
from descant.types import (
    NANOSECONDS,
    SOFT,
    SUSTAIN,
    Episode,
    Event,
    LearningStatus,
    Note,
    Part,
    Pedal,
    State,
)
from support.parts import conductor
from support.sound import render_notes

ROOT = Path(__file__).resolve().parents[2]
BUNDLED = ROOT / "share" / "midi" / "performance.mid"
# Of each episode, by part: whether it comes to rest before the next begins.
FATES = {
    1: [False, True, False, True],
    2: [True, False, True, False, True],
    3: [False, False, False, False, True, True],
    4: [True, False, False, False, False, False, True],
}


@dataclass
class Learned:
    """One episode as it went."""

    part: int
    family: str
    states: list[State] = field(default_factory=list)

    @property
    def rested(self) -> bool:
        return self.states[-1].status is LearningStatus.CONVERGED


@pytest.fixture(scope="module")
def events() -> tuple[Event, ...]:
    return load(BUNDLED).events()


@pytest.fixture(scope="module")
def happenings(events: tuple[Event, ...]) -> list[PerformanceEvent]:
    """As `descant launch performance` with its defaults has it."""
    return list(perform(events, LearnerSettings(), conductor()))


@pytest.fixture(scope="module")
def episodes(happenings: list[PerformanceEvent]) -> list[Learned]:
    made: list[Learned] = []
    part = 0
    for happening in happenings:
        if isinstance(happening, Part):
            part = happening.number
        elif isinstance(happening, Episode):
            made.append(Learned(part, happening.family))
        elif isinstance(happening, State):
            made[-1].states.append(happening)
    return made


def struck(events: tuple[Event, ...]) -> list[Note]:
    return [event for event in events if isinstance(event, Note) and event.on]


def soft_presses(events: tuple[Event, ...]) -> list[int]:
    """When the soft pedal has been pressed to 100 and is back at 30 or less, ns."""
    presses, down = [], False
    for event in events:
        if isinstance(event, Pedal) and event.pedal == SOFT:
            if down and event.value <= 30:
                presses.append(event.time_ns)
            down = event.value >= 100 or (down and event.value > 30)
    return presses


@pytest.mark.slow
def test_the_bundled_file_is_what_the_script_writes(tmp_path):
    target = tmp_path / "performance.mid"
    script = ROOT / "scripts" / "compose_performance.py"
    subprocess.run([sys.executable, script, target], check=True, capture_output=True)
    assert target.read_bytes() == BUNDLED.read_bytes()


def test_it_lasts_about_two_minutes():
    assert 110 < load(BUNDLED).duration_ns / NANOSECONDS < 135


def test_every_key_is_on_the_piano_and_let_go_before_it_is_struck_again(events):
    down: set[int] = set()
    for event in events:
        if isinstance(event, Note) and event.on:
            assert 21 <= event.key <= 108
            assert event.key not in down
            down.add(event.key)
        elif isinstance(event, Note):
            down.remove(event.key)
    assert down == set()


def test_two_hands_reach_all_keys_that_are_down(events):
    def reached(hand: list[int]) -> bool:
        return len(hand) <= 5 and (not hand or hand[-1] - hand[0] <= 16)  # a tenth

    down: set[int] = set()
    for event in (e for e in events if isinstance(e, Note)):
        (down.add if event.on else down.remove)(event.key)
        keys = sorted(down)
        assert any(reached(keys[:cut]) and reached(keys[cut:]) for cut in range(len(keys) + 1))


def test_pedals_move_as_pedals_do_and_end_up(events):
    sustain = [e.value for e in events if isinstance(e, Pedal) and e.pedal == SUSTAIN]
    soft = [e.value for e in events if isinstance(e, Pedal) and e.pedal == SOFT]
    assert len(set(sustain)) > 100
    assert sustain[-1] == soft[-1] == 0


def test_dynamics_reach_from_soft_to_loud(events):
    velocities = [note.velocity_14bit / 128 for note in struck(events)]
    assert min(velocities) < 30
    assert max(velocities) > 115


def test_the_parts_change_at_the_gestures_and_nowhere_else(events, happenings):
    parts = [happening for happening in happenings if isinstance(happening, Part)]
    assert [part.number for part in parts] == [1, 2, 3, 4]
    assert [part.cause for part in parts] == ["launch"] + ["soft pedal"] * 3
    presses = soft_presses(events)
    # Two presses a gesture; the very last is a pedal held through the quiet end.
    assert len(presses) == 7
    assert [part.time_ns for part in parts[1:]] == presses[1:6:2]


def test_no_key_is_struck_or_down_while_the_part_changes(events, happenings):
    changes = [h.time_ns for h in happenings if isinstance(h, Part)][1:]
    for change in changes:
        near = [n for n in events if isinstance(n, Note) and abs(n.time_ns - change) < 0.45e9]
        assert near == []


def test_each_part_learns_its_family_in_several_episodes(episodes):
    for part, fates in FATES.items():
        mine = [episode for episode in episodes if episode.part == part]
        assert len(mine) == len(fates)
        assert {e.family for e in mine} == {"knot" if part in (2, 3) else "cubic"}


@pytest.mark.parametrize("part", FATES)
def test_each_part_has_episodes_that_come_into_tune_and_some_that_do_not(part, episodes):
    assert [e.rested for e in episodes if e.part == part] == FATES[part]


def test_what_is_left_unlearned_is_heard_to_be_so(episodes):
    losses = [e.states[-1].loss for e in episodes if not e.rested]
    assert min(losses) > 0.008  # 14 cents


def test_each_part_begins_far_out_of_tune_somewhere_and_the_end_is_in_tune(episodes):
    for part in FATES:
        starts = [e.states[0].loss for e in episodes if e.part == part]
        assert max(starts) > 1.4  # overtones more than an octave too high
    assert episodes[-1].rested


@pytest.mark.slow
def test_it_sounds_without_clipping_and_falls_silent(events, happenings):
    states = [happening for happening in happenings if isinstance(happening, State)]
    reports: list[SynthReport] = []
    sound = render_notes(events, states, SynthSettings(), reports=reports)
    assert -6.0 < 20 * np.log10(np.abs(sound).max()) < -1.0  # dBFS
    assert np.abs(sound[:, -48_000:]).max() == 0.0
    assert reports[-1].voices == 0
    assert max(report.stolen for report in reports) == 0
