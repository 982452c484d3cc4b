# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The attempts of a recording, and whether seed and settings alone give their steps again.

The page computes the steps of an attempt itself, by the core in JavaScript. Here the same is done
in Python first and compared with what was recorded: an attempt that comes out otherwise (of a
family that is installed beside the package, or whose beginning is lost) is put into the page with
all its numbers.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from itertools import chain, groupby

import numpy as np

from descant.bags.recording import RecordedSettings, RecordedState, Recording
from descant.errors import UserError
from descant.learner.family import Evaluation, Vector, load_family
from descant.learner.optimisers import make_optimiser
from descant.learner.registry import FAMILIES
from descant.learner.settings import LearnerSettings
from descant.performance.rerun import settings_of
from descant.picture.loss_curves import recorded_attempts
from descant.types import State

TOLERANCE = 1e-9
"""Largest difference, relative above 1, of a number that was recorded on another machine."""
MOST_STEPS = 1_000_000
"""Attempts and steps up to which an episode is computed again; no real one has more."""
Changes = tuple[tuple[int, LearnerSettings], ...]
"""The settings from each of these steps on; the first is step 0."""
Step = tuple[Vector, Evaluation]


@dataclass(frozen=True)
class RecordedAttempt:
    """One attempt. `computed`: its seed and `changes` give all its states again."""

    states: tuple[State, ...]
    changes: Changes
    computed: bool


def read_attempts(recording: Recording) -> list[RecordedAttempt]:
    """All attempts in order of time."""
    in_force = _SettingsInForce(recording.settings)
    found: list[RecordedAttempt] = []
    for _, same in groupby(recorded_attempts(recording), _episode):
        group = [(_uniform(attempt), in_force.changes(attempt)) for attempt in same]
        found += _compared(group)
    return found


def _uniform(attempt: Sequence[RecordedState]) -> tuple[State, ...]:
    """The states of an attempt that have the shape of most: a stranger may publish another."""
    shapes = Counter(map(_shape, attempt))
    most = max(shapes, key=shapes.__getitem__)
    return tuple(entry.state for entry in attempt if _shape(entry) == most)


def _shape(entry: RecordedState) -> tuple[str, int, int]:
    state = entry.state
    return state.family, len(state.target), len(state.theta)


def _episode(attempt: Sequence[RecordedState]) -> tuple[int, int]:
    state = attempt[0].state
    return state.episode, state.seed


def _compared(group: Sequence[tuple[tuple[State, ...], Changes]]) -> Iterator[RecordedAttempt]:
    """The attempts of one episode, each compared with its recomputation."""
    changes = {states[0].attempt: changes for states, changes in group if changes}
    last = {states[0].attempt: max(s.step for s in states) for states, _ in group}
    target: Vector = ()
    computed: dict[int, list[Step]] = {}
    if changes and max(last) + sum(last.values()) <= MOST_STEPS:
        with suppress(UserError):  # a family that is not installed here
            target, computed = _computed_episode(group[0][0][0], changes, last)
    for states, own in group:
        steps = computed.get(states[0].attempt, [])
        known = bool(own) and _page_knows(states[0].family, own)
        yield RecordedAttempt(states, own, known and _are_equal(states, target, steps))


def _page_knows(family: str, changes: Changes) -> bool:
    """Whether the page's core can compute them: no family from outside, no L-BFGS of SciPy."""
    scipy = any(s.optimiser == "lbfgs" and s.arithmetic == 1 for _, s in changes)
    return family in FAMILIES.built_in and not scipy


def _computed_episode(
    first: State, changes: Mapping[int, Changes], last: Mapping[int, int]
) -> tuple[Vector, dict[int, list[Step]]]:
    """The target, and every attempt's steps up to its step `last`, from seed and settings."""
    random = np.random.Generator(np.random.PCG64(first.seed))
    family = load_family(first.family)
    given = changes[min(changes)]
    problem = family.draw_problem(random, given[0][1])
    steps: dict[int, list[Step]] = {}
    for attempt in range(max(last) + 1):
        given = changes.get(attempt, given)
        settings = given[0][1]
        theta = family.draw_start(random, settings)
        optimiser = make_optimiser(settings.optimiser, settings.arithmetic)
        evaluation = problem.evaluate(theta, settings.loss)
        made = steps[attempt] = [(theta, evaluation)]
        while len(made) <= last.get(attempt, 0):
            before, settings = settings, _at_step(given, len(made))
            if settings.optimiser != before.optimiser:
                optimiser = make_optimiser(settings.optimiser, settings.arithmetic)
            evaluate = partial(problem.evaluate, loss=settings.loss)
            theta = optimiser.step(theta, evaluation.gradient, settings.learning_rate, evaluate)
            evaluation = evaluate(theta)
            made.append((theta, evaluation))
    return problem.target, steps


def _at_step(changes: Changes, step: int) -> LearnerSettings:
    return next(settings for since, settings in reversed(changes) if since <= step)


def _are_equal(states: Sequence[State], target: Vector, steps: Sequence[Step]) -> bool:
    for state in states:
        if state.step >= len(steps):
            return False
        theta, evaluation = steps[state.step]
        recorded = (*state.target, *state.theta, state.loss, state.residual, *state.gradient)
        computed = (*target, *theta, evaluation.loss, evaluation.residual, *evaluation.gradient)
        if len(recorded) != len(computed) or not all(map(_is_close, recorded, computed)):
            return False
    return True


def _is_close(a: float, b: float) -> bool:
    return (
        a == b
        or (math.isnan(a) and math.isnan(b))
        or abs(a - b) <= TOLERANCE * max(1.0, abs(a), abs(b))
    )


class _SettingsInForce:
    """Which of the recorded settings held at a state."""

    def __init__(self, settings: Sequence[RecordedSettings]) -> None:
        self._runs: dict[int, list[RecordedSettings]] = {}
        for entry in sorted(settings, key=lambda entry: (entry.events, entry.time_ns)):
            self._runs.setdefault(entry.run, []).append(entry)
        self._keys = {r: [(e.events, e.time_ns) for e in es] for r, es in self._runs.items()}

    def changes(self, attempt: Sequence[RecordedState]) -> Changes:
        """The settings of an attempt; empty where there are none that can be read."""
        changes: list[tuple[int, LearnerSettings]] = []
        made = -1  # the last step
        for entry in attempt:
            try:
                settings = self._at(entry)
            except UserError:  # of a trigger or family that is not installed here
                return ()
            if settings is None:
                return ()
            if not changes or settings != changes[-1][1]:
                changes.append((max(entry.state.step, made + 1) if changes else 0, settings))
            made = entry.state.step
        return tuple(changes)

    def _at(self, entry: RecordedState) -> LearnerSettings | None:
        """Settings hold from behind the note that they were recorded with."""
        entries = self._runs.get(entry.run)
        if not entries:
            return None
        place = bisect_left(self._keys[entry.run], (entry.state.events, entry.state.time_ns))
        return settings_of(entries[max(place - 1, 0)])


def all_settings(attempts: Sequence[RecordedAttempt]) -> list[LearnerSettings]:
    """The settings of all attempts, each once."""
    every = chain.from_iterable(attempt.changes for attempt in attempts)
    return list(dict.fromkeys(settings for _, settings in every))
