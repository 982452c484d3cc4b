"""Recompute a recording: the same notes and settings give the same states, to the bit."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, replace

from descant.bags.recording import RecordedSettings, Recording
from descant.learner.arithmetic_versions import ARITHMETICS
from descant.performance.rerun import recorded_run, rerun, settings_of
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
    """Result of comparing one run: its number of states, and the first that differs, if any."""

    run: int
    states: int
    difference: Difference | None


def verify(recording: Recording) -> list[Comparison]:
    """Recompute every run of the learner in `recording` and compare it bit for bit.

    Raises `UserError` where the recording lacks what recomputing needs.
    """
    runs = dict.fromkeys(entry.run for entry in recording.states)
    return [_verify_run(recording, run) for run in runs]


def _verify_run(recording: Recording, run: int) -> Comparison:
    recorded = [entry.state for entry in recording.states if entry.run == run]
    # The recorded settings say between which notes the pedal held keys.
    received = replace(recorded_run(recording, run), pedals=())
    states = [event for event in rerun(received) if isinstance(event, State)]
    difference = _compare(recorded, states)
    if difference is not None and difference.index < len(recorded):
        state = recorded[difference.index]
        of_run = [entry for entry in recording.settings if entry.run == run]
        by_c_library = difference.field in _COMPUTED and _uses_c_library(state, of_run)
        difference = replace(difference, by_c_library=by_c_library)
    return Comparison(run, len(recorded), difference)


def _uses_c_library(state: State, entries: list[RecordedSettings]) -> bool:
    """Whether `state` was computed with the C library's functions, by the settings of its time."""
    before = [entry for entry in entries if entry.events < state.events] or entries[:1]
    settings = settings_of(max(before, key=lambda entry: entry.events))
    if ARITHMETICS[settings.arithmetic].portable:
        return False
    return state.family in _OF_THE_C_LIBRARY or settings.optimiser in _OF_THE_C_LIBRARY


def _compare(recorded: list[State], recomputed: list[State]) -> Difference | None:
    """A learner that was started late published only the last of the states it had recomputed."""
    skipped = next((i for i, state in enumerate(recomputed) if _same_step(state, recorded[0])), 0)
    recomputed = recomputed[skipped:]
    for index, (ours, theirs) in enumerate(zip(recorded, recomputed, strict=False)):
        for field, a, b in zip(State._fields, ours, theirs, strict=True):
            if bits(a) != bits(b):
                apart = _apart(recorded[index:], recomputed[index:])
                return Difference(index, field, a, b, apart=apart)
    if len(recorded) > len(recomputed):
        return Difference(len(recomputed), "state", recorded[len(recomputed)], None)
    return None


def _apart(recorded: list[State], recomputed: list[State]) -> float:
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
