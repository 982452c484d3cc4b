# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""A learner over any events, with parameters that change: for property tests."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from descant.bags.recording import RecordedSettings, RecordedState, Recording
from descant.learner.core import Learner, Output
from descant.learner.settings import LearnerSettings
from descant.parameters import ParameterError
from descant.performance.recompute import bits
from descant.programme.reading import load_programme
from descant.types import Episode, Event, LearningStatus, Note, Pedal, State
from support.strategies import edges, played

CHANGED = (
    "learning_rate", "loss", "optimiser", "threshold", "loss_bound", "held_rate",
    "chord_keys", "chord_window", "sustain_holds", "chord_always", "tuned_notes", "chord_gap",
    "upper_from", "first_note_starts",
)  # fmt: skip
RUN = 5


@dataclass(frozen=True)
class Change:
    """Parameters that are set at a time."""

    time_ns: int
    values: tuple[tuple[str, Any], ...]


Input = Event | Change


@st.composite
def changes(draw: DrawFn, time_ns: int) -> Change:
    """A part, a restart, or a parameter set by hand; rates stay where a test ends in time."""
    if draw(st.booleans()):
        number, start = draw(st.integers(1, 4)), draw(st.integers(0, 3))
        part = load_programme(draw(st.sampled_from(["paper", "original"]))).part(number)
        values = {"part": number, "start": start, **part.overrides("learner")}
        return Change(time_ns, tuple(values.items()))
    name = draw(st.sampled_from(CHANGED))
    rates = st.sampled_from([0.5, 60.0, 97.3])
    value = draw(rates if name == "held_rate" else edges(LearnerSettings, name))
    return Change(time_ns, ((name, value),))


@st.composite
def performances(draw: DrawFn, *, most: int = 30, up_at_the_end: bool = False) -> list[Input]:
    """What is played, with changes between."""
    inputs: list[Input] = []
    for event in draw(played(most=most, up_at_the_end=up_at_the_end)):
        if draw(st.integers(0, 9)) == 9:
            inputs.append(draw(changes(event.time_ns)))
        inputs.append(event)
    return inputs


def process(learner: Learner, what: Input) -> list[Output]:
    """One thing; a change that is refused changes nothing."""
    if isinstance(what, Note):
        return learner.take(what)
    if isinstance(what, Pedal):
        return learner.take_pedal(what)
    try:
        settings = learner.settings.replace(**dict(what.values))
    except ParameterError:
        return []
    return learner.change(settings, time_ns=what.time_ns)


def play(settings: LearnerSettings, inputs: Iterable[Input]) -> list[Output]:
    """All that a learner says."""
    learner = Learner(settings)
    return [output for given in inputs for output in process(learner, given)]


def same(one: Sequence[Output], other: Sequence[Output]) -> bool:
    """To the bit."""
    return [_bits(o) for o in one] == [_bits(o) for o in other]


def _bits(output: Output) -> object:
    if isinstance(output, State):
        return tuple(bits(value) for value in output)
    return tuple(bits(getattr(output, name)) for name in Episode.__slots__)


def recorded(settings: LearnerSettings, inputs: Iterable[Input]) -> Recording:
    """What a recorder would have of a live performance, the learner's node included."""
    learner = Learner(settings)
    log = [_log(learner, 0)]
    notes: list[Note] = []
    pedals: list[Pedal] = []
    outputs: list[Output] = []
    for what in inputs:
        before = learner.settings, learner.sustain
        outputs += process(learner, what)
        if isinstance(what, Note):
            notes.append(what)
        elif isinstance(what, Pedal):
            pedals.append(what)
        moved = learner.sustain != before[1] and learner.settings.sustain_holds
        if moved or learner.settings != before[0]:
            log.append(_log(learner, learner.reached_ns))
    states = tuple(RecordedState(RUN, o) for o in outputs if isinstance(o, State))
    episodes = tuple(o for o in outputs if isinstance(o, Episode))
    return Recording(tuple(notes), tuple(pedals), states, episodes, tuple(log))


def _log(learner: Learner, time_ns: int) -> RecordedSettings:
    json = learner.settings.to_json()
    return RecordedSettings(RUN, time_ns, learner.events, json, learner.sustain)


def check(outputs: Sequence[Output]) -> None:
    """What always holds of what a learner says, whatever it heard."""
    opened: Episode | None = None
    before: State | None = None
    for number, output in enumerate(outputs):
        if isinstance(output, Episode):
            _check_opening(opened, before, output)
            following = outputs[number + 1]
            assert isinstance(following, State)
            assert (following.step, following.theta) == (0, output.theta)
            opened, before = output, None
        else:
            assert opened is not None
            _check_state(opened, before, output)
            before = output


def _check_opening(former: Episode | None, last: State | None, episode: Episode) -> None:
    """The first attempt of the next episode, or the next attempt after a divergence."""
    place = (episode.number, episode.attempt)
    if former is None:
        assert place == (1, 0)
        return
    assert last is not None, "an episode without a state"
    assert place in ((former.number + 1, 0), (former.number, former.attempt + 1))
    if episode.attempt:
        assert last.status is LearningStatus.DIVERGED
        assert (episode.seed, episode.target) == (former.seed, former.target)


def _check_state(opened: Episode, before: State | None, state: State) -> None:
    place = (state.episode, state.attempt, state.seed, state.family, state.target)
    assert place == (opened.number, opened.attempt, opened.seed, opened.family, opened.target)
    assert len(state.theta) == len(state.gradient) == len(opened.parameter_names)
    if state.status is not LearningStatus.DIVERGED:
        assert 0.0 <= state.loss < float("inf")
        assert all(abs(t) < float("inf") for t in state.theta)
    if before is None:
        assert state.step == 0
        return
    assert state.step == before.step + (before.status is LearningStatus.LEARNING)
    if state.step == before.step:
        assert (state.theta, state.status) == (before.theta, before.status)
