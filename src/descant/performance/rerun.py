"""Run a recording again: by its own settings, or with some of them changed.

Notes, pedals and parts are kept; the learner's states are computed anew. With nothing changed they
are the recorded states, to the bit.
"""

from __future__ import annotations

import heapq
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import accumulate

from descant.bags.recording import RecordedSettings, Recording
from descant.errors import UserError
from descant.learner.core import Learner
from descant.learner.settings import LearnerSettings
from descant.parameters import Value
from descant.performance.perform import PerformanceEvent, advance_to
from descant.types import SUSTAIN, SUSTAIN_DOWN, Note, Part, Pedal, State

Overrides = Mapping[str, Value]
_Between = Pedal | RecordedSettings


@dataclass(frozen=True)
class RecordedRun:
    """What one run of the learner received: everything that its states depend on.

    `pedals` and `settings` are by time. `advances` maps the number of a note to the time (ns) up to
    which steps of held keys were made before the next note. `end_ns` is the time of the last note
    or state. `descriptions` maps number and start of each recorded part to its description.
    """

    notes: tuple[Note, ...]
    pedals: tuple[Pedal, ...]
    settings: tuple[RecordedSettings, ...]
    advances: Mapping[int, int]
    end_ns: int
    descriptions: Mapping[tuple[int, int], str] = field(default_factory=dict)


def last_run(recording: Recording) -> RecordedRun:
    """The recording's last run; a learner that was restarted had received all earlier notes too.

    Raises `UserError` where the recording lacks notes, states or settings.
    """
    if not recording.settings:
        raise UserError("the recording has no /learner_settings: it cannot be run again")
    if not recording.states:
        raise UserError("the recording has no /learner_state: nothing was learned in it")
    return recorded_run(recording, recording.states[-1].run)


def recorded_run(recording: Recording, run: int) -> RecordedRun:
    """The learner's run of this number, which has states; errors as `last_run`."""
    states = [entry.state for entry in recording.states if entry.run == run]
    settings = [entry for entry in recording.settings if entry.run == run]
    if not settings:
        raise UserError("the recording has no /learner_settings for its states: cannot recompute")
    notes = recording.notes[first_note(recording.notes, states) :]
    return RecordedRun(
        notes,
        tuple(sorted(recording.pedals, key=lambda pedal: pedal.time_ns)),
        tuple(sorted(settings, key=lambda entry: entry.events)),
        {state.events: state.time_ns for state in states},
        max(notes[-1].time_ns, *(state.time_ns for state in states)),
        {(part.number, part.start): part.description for part in recording.parts},
    )


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


@lru_cache(maxsize=256)
def parse_settings(json: str) -> LearnerSettings:
    """The settings of a recorded JSON text; each text is parsed once for all reruns."""
    return LearnerSettings.from_json(json)


def settings_of(entry: RecordedSettings) -> LearnerSettings:
    """The learner's settings that were recorded in `entry`."""
    return parse_settings(entry.json)


def rerun(run: RecordedRun, overrides: Overrides | None = None) -> Iterator[PerformanceEvent]:
    """Everything that happens as `run` is played again, in the order of its times.

    `overrides` (parameter -> value) are laid over each of the recorded settings, so that other
    changes of parameters are kept. A `Part` comes where the recorded part changed. Raises
    `ParameterError` for overrides that the settings do not allow.
    """
    between = _between(run)
    rerunning = _Rerun(run, dict(overrides or {}))
    yield from rerunning.apply(between[0], 0)
    for number, note in enumerate(run.notes, start=1):
        yield from rerunning.advance(note.time_ns)
        yield note
        yield from rerunning.learner.take(note)
        made_ns = run.advances.get(number, 0)
        yield from rerunning.apply(between[number], made_ns)
        yield from advance_to(rerunning.learner, made_ns)
    yield from advance_to(rerunning.learner, run.end_ns)


class _Rerun:
    """A learner, and what changes it between two notes."""

    def __init__(self, run: RecordedRun, overrides: Overrides) -> None:
        self._overrides = overrides
        self._descriptions = run.descriptions
        self._parsed: dict[str, tuple[LearnerSettings, LearnerSettings]] = {}
        self._recorded, settings = self._settings(run.settings[0])
        self.learner = Learner(settings)

    def advance(self, time_ns: int) -> Iterable[PerformanceEvent]:
        """The steps of held keys up to `time_ns`, where overrides make others than the recorded."""
        other = self._overrides and self.learner.settings.held_rate
        return advance_to(self.learner, time_ns) if other else ()

    def apply(self, entries: Iterable[_Between], made_ns: int) -> Iterator[PerformanceEvent]:
        """Pedals and changed settings, in order; steps were made up to `made_ns` in all."""
        for entry in entries:
            yield from advance_to(self.learner, min(made_ns, entry.time_ns))
            yield from self._pedal(entry) if isinstance(entry, Pedal) else self._change(entry)

    def _pedal(self, pedal: Pedal) -> Iterator[PerformanceEvent]:
        """Where the pedal held keys, the recorded settings say between which notes it moved."""
        yield from self.advance(pedal.time_ns)
        yield pedal
        if not self._recorded.sustain_holds:
            yield from self.learner.take_pedal(pedal)

    def _change(self, entry: RecordedSettings) -> Iterator[PerformanceEvent]:
        before = self.learner.settings
        self._recorded, settings = self._settings(entry)
        yield from self.learner.change(settings, time_ns=entry.time_ns)
        if (settings.part, settings.start) != (before.part, before.start):
            where = (settings.part, settings.start)
            yield Part(entry.time_ns, *where, "recording", self._descriptions.get(where, ""))
        value = SUSTAIN_DOWN if entry.sustain else 0
        yield from self.learner.take_pedal(Pedal(entry.time_ns, SUSTAIN, value))

    def _settings(self, entry: RecordedSettings) -> tuple[LearnerSettings, LearnerSettings]:
        """As recorded, and with the overrides."""
        if entry.json not in self._parsed:
            recorded = settings_of(entry)
            self._parsed[entry.json] = recorded, recorded.replace(**self._overrides)
        return self._parsed[entry.json]


def _between(run: RecordedRun) -> list[list[_Between]]:
    """For note number n what came after it and before the next; at 0 what came before them all."""
    pedals: list[list[_Between]] = [[] for _ in range(len(run.notes) + 1)]
    settings: list[list[_Between]] = [[] for _ in pedals]
    times = list(accumulate((note.time_ns for note in run.notes), max))
    for pedal in run.pedals:
        pedals[bisect_right(times, pedal.time_ns)].append(pedal)
    for entry in run.settings[1:]:
        if entry.events < len(settings):
            settings[entry.events].append(entry)
    return [
        list(heapq.merge(changed, moved, key=_time_ns))
        for changed, moved in zip(settings, pedals, strict=True)
    ]


def _time_ns(entry: _Between) -> int:
    return entry.time_ns
