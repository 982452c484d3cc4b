"""Recompute a recording: the same notes and settings give the same states, to the bit."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from descant.bags.recording import RecordedSettings, Recording
from descant.errors import UserError
from descant.learner.core import LONGEST_HOLD_NS, Learner, Output
from descant.learner.settings import LearnerSettings
from descant.types import SUSTAIN, SUSTAIN_DOWN, Note, Pedal, State


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


def recompute(
    notes: Iterable[Note], settings: Sequence[RecordedSettings], advances: dict[int, int]
) -> Iterator[Output]:
    """The learner's episodes and states over `notes`.

    `settings` are those of one run. `advances` maps the number of a note to the time (ns) up to
    which steps of held keys were made before the next note.
    """
    pending = sorted(settings, key=lambda entry: entry.events)
    learner = Learner(LearnerSettings.from_json(pending.pop(0).json))
    while pending and pending[0].events == 0:
        _change(learner, pending.pop(0))  # no episode yet: there is no output
    for number, note in enumerate(notes, start=1):
        yield from learner.take(note)
        made_ns = advances.get(number, 0)
        while pending and pending[0].events <= number:
            yield from advance_to(learner, min(made_ns, pending[0].time_ns))
            yield from _change(learner, pending.pop(0))
        yield from advance_to(learner, made_ns)


def advance_to(learner: Learner, time_ns: int) -> Iterator[Output]:
    """The steps up to `time_ns`, in stages: at a jump of more than `LONGEST_HOLD_NS`, which means a
    change of clock, a learner makes no step.
    """
    while 0 < learner.reached_ns < time_ns - LONGEST_HOLD_NS // 2:
        yield from learner.advance(learner.reached_ns + LONGEST_HOLD_NS // 2)
    yield from learner.advance(time_ns)


def _change(learner: Learner, entry: RecordedSettings) -> list[Output]:
    """Settings and the sustain pedal as they were from the time of `entry` on."""
    value = SUSTAIN_DOWN if entry.sustain else 0
    outputs = learner.change(LearnerSettings.from_json(entry.json), time_ns=entry.time_ns)
    return outputs + learner.take_pedal(Pedal(entry.time_ns, SUSTAIN, value))


def _verify_run(recording: Recording, run: int) -> Comparison:
    recorded = [entry.state for entry in recording.states if entry.run == run]
    settings = [entry for entry in recording.settings if entry.run == run]
    if not settings:
        raise UserError("the recording has no /learner_settings for its states: cannot recompute")
    first = first_note(recording.notes, recorded)
    notes = recording.notes[first:]
    advances = {s.events: s.time_ns for s in recorded}
    states = [o for o in recompute(notes, settings, advances) if isinstance(o, State)]
    return Comparison(run, len(recorded), _compare(recorded, states))


def first_note(notes: Sequence[Note], states: Sequence[State]) -> int:
    """Index of the first recorded note that was counted by the learner of `states`."""
    places = {note.id: (index, note.time_ns) for index, note in enumerate(notes) if note.on}
    for state in states:
        index, time_ns = places.get(state.cause, (-1, -1))
        if time_ns != state.time_ns:  # a step of held keys: other notes may lie between
            continue
        first = index + 1 - state.events
        if first < 0:
            raise UserError(f"the recording lacks the first {-first} notes: cannot recompute")
        return first
    raise UserError("no recorded note caused any of the recorded states: cannot recompute")


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
