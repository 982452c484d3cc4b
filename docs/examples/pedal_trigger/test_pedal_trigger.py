# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Each press of the sustain pedal is followed by a new episode, and every other key is a step."""

from pathlib import Path

from descant.conductor.core import Conductor
from descant.conductor.settings import ConductorSettings
from descant.learner.settings import LearnerSettings
from descant.performance.perform import perform
from descant.programme.reading import load_programme
from descant.types import NANOSECONDS, SUSTAIN, Note, Pedal, State

PROGRAMME = Path(__file__).parent / "pedal.yaml"
PLAYED = ("key", "key", "down", "key", "key", "up", "key", "down", "up", "down", "key", "key")


def event(number, what):
    """What is played: one key or movement of the pedal each second."""
    time_ns = number * NANOSECONDS
    if what == "key":
        return Note(time_ns, number, True, 60, 64, 64 << 7)
    return Pedal(time_ns, SUSTAIN, 127 if what == "down" else 0)


def test_the_first_key_after_a_press_starts_an_episode():
    conductor = Conductor(ConductorSettings(), load_programme(str(PROGRAMME)), time_ns=0)
    events = [event(number, what) for number, what in enumerate(PLAYED)]
    outputs = perform(events, LearnerSettings(), conductor)
    states = [(s.episode, s.step, s.notes) for s in outputs if isinstance(s, State)]
    assert states == [
        (1, 0, (0,)), (1, 1, (1,)),
        (2, 0, (3,)), (2, 1, (4,)), (2, 2, (6,)),
        (3, 0, (10,)), (3, 1, (11,)),
    ]  # fmt: skip
