# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Recompute a recording: the same notes and settings give the same states, to the bit."""

from __future__ import annotations

import struct
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from descant.bags.recording import RecordedSettings, Recording
from descant.errors import UserError
from descant.learner.arithmetic_versions import ARITHMETICS
from descant.parameters import ParameterError
from descant.performance.rerun import RecordedRun, recorded_runs, rerun, settings_of
from descant.types import State

_COMPUTED = ("status", "target", "theta", "loss", "residual", "gradient")
_OF_THE_C_LIBRARY = ("knot", "harmonograph", "adam", "lbfgs")
"""Families and optimisers that arithmetic 1 computes with the C library's functions."""


@dataclass(frozen=True, slots=True)
class Difference:
    """The first field of the first state that is not the same; `recorded` None: not recorded."""

    index: int
    field: str
    recorded: object
    recomputed: object
    by_c_library: bool = False
    """Whether the value depends on processor and C library: another machine may have another."""
    apart: float = 0.0
    """Largest difference of a number of a state, over all states up to one of another step."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Result of comparing one run: its number of states, and the first that differs, if any.

    `problem` says why the run cannot be recomputed, '' where it can.
    """

    run: int
    states: int
    difference: Difference | None
    problem: str = ""

    @property
    def identical(self) -> bool:
        """Whether every state was recomputed to the bit."""
        return self.difference is None and not self.problem


def verify(recording: Recording) -> list[Comparison]:
    """Recompute every run of the learner in `recording` and compare it bit for bit.

    Each run by itself: one that cannot be recomputed does not keep the others from it.
    """
    runs = defaultdict[int, list[State]](list)
    for entry in recording.received.states:
        runs[entry.run].append(entry.state)
    return [_verify_run(recording, run, states) for run, states in runs.items()]


def _verify_run(recording: Recording, run: int, states: list[State]) -> Comparison:
    problem, difference = "", None
    try:
        difference = _difference(recording, run, states)
    except ParameterError as error:
        problem = f"recorded with another version of descant: {error}"
    except UserError as error:
        problem = str(error)
    return Comparison(run, len(states), difference, problem)


def _difference(recording: Recording, run: int, recorded: list[State]) -> Difference | None:
    difference = _least_difference(recorded, recorded_runs(recording, run))
    if difference is None or difference.index >= len(recorded):
        return difference
    of_run = [entry for entry in recording.received.settings if entry.run == run]
    by_c_library = difference.field in _COMPUTED and _uses_c_library(
        recorded[difference.index], of_run
    )
    return replace(difference, by_c_library=by_c_library)


def _least_difference(recorded: list[State], runs: Sequence[RecordedRun]) -> Difference | None:
    """The difference from that possible run whose states are the same for longest."""
    found: list[Difference] = []
    for possible in runs:
        # The recorded settings say between which notes the pedal held keys.
        happening = rerun(replace(possible, pedals=()))
        states = (event for event in happening if isinstance(event, State))
        difference = _compare(recorded, states)
        if difference is None:
            return None
        found.append(difference)
    return max(found, key=lambda difference: difference.index)


def _uses_c_library(state: State, entries: list[RecordedSettings]) -> bool:
    """Whether `state` was computed with the C library's functions, by the settings of its time."""
    before = [entry for entry in entries if entry.events < state.events] or entries[:1]
    settings = settings_of(max(before, key=lambda entry: entry.events))
    if ARITHMETICS[settings.arithmetic].portable:
        return False
    return state.family in _OF_THE_C_LIBRARY or settings.optimiser in _OF_THE_C_LIBRARY


def _compare(recorded: list[State], recomputed: Iterator[State]) -> Difference | None:
    """Compare as many states as were recorded; no more of `recomputed` are computed."""
    recomputed = _from_first(recorded[0], recomputed)
    for index, ours in enumerate(recorded):
        theirs = next(recomputed, None)
        if theirs is None:
            return Difference(index, "state", ours, None)
        for field, a, b in zip(State._fields, ours, theirs, strict=True):
            if bits(a) != bits(b):
                apart = _apart(recorded[index:], chain([theirs], recomputed))
                return Difference(index, field, a, b, apart=apart)
    return None


def _from_first(first: State, recomputed: Iterator[State]) -> Iterator[State]:
    """The states from the recorded first one on: a learner that was started late published only the
    last of those it had recomputed. Where it is not among them, from the first on.
    """
    skipped: list[State] = []
    for state in recomputed:
        if _same_step(state, first):
            return chain([state], recomputed)
        if state.events > first.events:
            return chain(skipped, [state], recomputed)
        skipped.append(state)
    return iter(skipped)


def _apart(recorded: Iterable[State], recomputed: Iterable[State]) -> float:
    """See `Difference.apart`."""
    largest = 0.0
    for ours, theirs in zip(recorded, recomputed, strict=False):
        if not _same_step(ours, theirs):
            break
        pairs = zip(_numbers(ours), _numbers(theirs), strict=False)
        largest = max(largest, *(abs(a - b) for a, b in pairs))
    return largest


def _numbers(state: State) -> Iterator[float]:
    yield from (state.loss, state.residual, *state.target, *state.theta, *state.gradient)


def _same_step(a: State, b: State) -> bool:
    keys = ("events", "cause", "episode", "attempt", "step", "status")
    return all(getattr(a, key) == getattr(b, key) for key in keys)


def bits(value: object) -> object:
    """`value` with its floats as their bytes: NaN equals the same NaN, and 0.0 is not -0.0."""
    if isinstance(value, float):
        return struct.pack("<d", value)
    if isinstance(value, tuple):
        return tuple(bits(v) for v in value)
    return value
