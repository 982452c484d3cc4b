"""Recompute a recording: the same notes and settings give the same states, to the bit."""

from __future__ import annotations

import struct
from dataclasses import dataclass, replace

from descant.bags.recording import Recording
from descant.performance.rerun import recorded_run, rerun
from descant.types import State


@dataclass(frozen=True, slots=True)
class Difference:
    """The first field of the first state that is not the same; `recorded` None: not recorded."""

    index: int
    field: str
    recorded: object
    recomputed: object


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
    return Comparison(run, len(recorded), _compare(recorded, states))


def _compare(recorded: list[State], recomputed: list[State]) -> Difference | None:
    """A learner that was started late published only the last of the states it had recomputed."""
    skipped = next((i for i, state in enumerate(recomputed) if _same_step(state, recorded[0])), 0)
    recomputed = recomputed[skipped:]
    for index, (ours, theirs) in enumerate(zip(recorded, recomputed, strict=False)):
        for field, a, b in zip(State._fields, ours, theirs, strict=True):
            if bits(a) != bits(b):
                return Difference(index, field, a, b)
    if len(recorded) > len(recomputed):
        return Difference(len(recomputed), "state", recorded[len(recomputed)], None)
    return None


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
