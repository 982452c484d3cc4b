# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Any events: every part can begin and end, and only a gesture, a key or a cue begins one."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from descant.conductor.core import Conductor
from descant.conductor.gesture import Gesture
from descant.conductor.settings import ConductorSettings
from descant.learner.core import Learner
from descant.learner.settings import LearnerSettings
from descant.programme.layers import PartLayers
from descant.programme.reading import load_programme
from descant.types import NANOSECONDS, SOFT, Episode, Event, Note, Part, Pedal
from support.notes import MS, on
from support.properties import examples
from support.strategies import heard, pedal_values, played, settings_of

pytestmark = pytest.mark.slow

MOST_START = LearnerSettings.descriptors()["start"].le
PROGRAMME = load_programme("paper")
LAST_PART = len(PROGRAMME.parts)
CONDUCTORS = settings_of(ConductorSettings, "conductor", part=st.integers(1, LAST_PART))


class Presses:
    """The presses of the soft pedal, counted another way: from the list of its values alone."""

    def __init__(self, settings: ConductorSettings) -> None:
        self._settings = settings
        self._began: int | None = None
        self.whole: list[int] = []  # when each press that is complete began, ns

    def take(self, pedal: Pedal) -> None:
        """One movement."""
        if self._began is None and pedal.value >= self._settings.pressed:
            self._began = pedal.time_ns
        elif self._began is not None and pedal.value <= self._settings.released:
            self.whole.append(self._began)
            self._began = None


def check_gesture(pedals: list[Pedal], settings: ConductorSettings) -> None:
    """It fires exactly when enough new presses, all begun within the window, are complete."""
    gesture, presses = Gesture(), Presses(settings)
    for pedal in pedals:
        fired = gesture.take(pedal, settings)
        count = len(presses.whole)
        if pedal.pedal == SOFT:
            presses.take(pedal)
        last = presses.whole[-settings.presses :] if settings.presses else []
        enough = len(last) == settings.presses > 0 and len(presses.whole) > count
        near = enough and max(last) - min(last) <= settings.window * NANOSECONDS
        assert fired == near
        if fired:
            presses.whole.clear()


SOFT_PEDALS = st.lists(
    st.builds(
        lambda gap, value: (gap * MS, value),
        st.sampled_from([0, 1, 100, 199, 200, 201, 399, 400, 401, 5_000]),
        pedal_values,
    ),
    max_size=40,
)


@given(SOFT_PEDALS, CONDUCTORS)
@examples(150)
def test_the_gesture_needs_all_its_presses_and_all_of_them_within_the_window(
    moves: list[tuple[int, int]], settings: ConductorSettings
) -> None:
    now, pedals = 0, []
    for gap, value in moves:
        now += gap
        pedals.append(Pedal(now, SOFT, value))
    check_gesture(pedals, settings)


@given(st.lists(st.integers(0, 20), min_size=2, max_size=12), CONDUCTORS)
@example([20, 0], ConductorSettings())
@examples(80)
def test_presses_whose_stamps_go_back_are_as_far_apart_as_they_say(
    seconds: list[int], settings: ConductorSettings
) -> None:
    moves = [(s * NANOSECONDS, value) for s in seconds for value in (127, 0)]
    check_gesture([Pedal(time_ns, SOFT, value) for time_ns, value in moves], settings)


@given(heard(), CONDUCTORS)
@examples(80)
def test_no_event_that_can_arrive_leads_out_of_the_programme(
    events: list[Event], settings: ConductorSettings
) -> None:
    conductor = Conductor(settings, PROGRAMME, 0)
    for event in events:
        before = conductor.part
        part = conductor.take(event)
        assert (part is None) == (conductor.part is before)
        assert 1 <= conductor.part.number <= LAST_PART
        if part is not None:
            assert part.number == before.number % LAST_PART + 1
            assert settings.round or part.number > before.number


class Performance(RuleBasedStateMachine):
    """A conductor and the learner that follows it: each part begins afresh, and can be left."""

    @initialize(settings=CONDUCTORS, seed=st.integers(0, 2**53))
    def begin(self, settings: ConductorSettings, seed: int) -> None:
        self.conductor = Conductor(settings, PROGRAMME, 0)
        self.layers = PartLayers(LearnerSettings(seed=seed), "learner")
        self.learner = Learner(self.layers.begin(self.conductor.part))
        self.now_ns = 0
        self.notes = 0

    def follow(self, part: Part | None) -> None:
        """The learner begins a new part."""
        if part is None:
            return
        self.learner.change(self.layers.begin(part), time_ns=self.now_ns)
        assert self.learner.current() is None

    @rule(events=played(most=6))
    def play(self, events: list[Event]) -> None:
        """A little music."""
        begun = self.now_ns
        for event in events:
            self.now_ns = begun + event.time_ns
            if isinstance(event, Note):
                note_id = self.notes + event.id
                note = Note(self.now_ns, note_id, event.on, event.key, event.velocity, 0)
                self.learner.take(note)
                self.follow(self.conductor.take(note))
            else:
                pedal = Pedal(self.now_ns, event.pedal, event.value)
                self.learner.take_pedal(pedal)
                self.follow(self.conductor.take(pedal))
        self.notes += len(events)

    @rule(number=st.integers(1, LAST_PART))
    def cue(self, number: int) -> None:
        """Any part, the same as well, at any time."""
        before = self.conductor.part
        part = self.conductor.begin(self.now_ns, number, "cue")
        assert part.number == number
        assert part.start != before.start
        self.follow(part)

    @rule()
    def begin_the_next(self) -> None:
        """The cue for the next part."""
        before = self.conductor.part.number
        part = self.conductor.next(self.now_ns, "cue")
        assert (part is None) == (before == LAST_PART and not self.conductor.settings.round)
        self.follow(part)

    @rule(start=st.sampled_from([0, 1, 7, MOST_START]), number=st.integers(1, LAST_PART))
    def restart_the_conductor(self, start: int, number: int) -> None:
        """A conductor that was started again continues with the part of the learner."""
        self.conductor.resume(self.now_ns, number, start)
        self.learner.change(self.layers.begin(self.conductor.part), time_ns=self.now_ns)

    @invariant()
    def the_part_is_begun_by_its_first_chord(self) -> None:
        """A fresh start of the part begins an episode with a chord of the left hand."""
        if not hasattr(self, "conductor"):
            return
        fresh = Learner(PartLayers(LearnerSettings(), "learner").begin(self.conductor.part))
        outputs = [o for k in (40, 44, 47, 48, 52) for o in fresh.take(on(0, k, k))]
        assert any(isinstance(o, Episode) for o in outputs)


Performance.TestCase.settings = examples(15, steps=12)
TestPerformance = Performance.TestCase
