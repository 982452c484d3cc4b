"""A recording run again: by its own settings, or with some of them changed.

What the pianist and the part did is kept; what the learner made of it is computed anew. With
nothing changed the states are those that were recorded, to the bit.
"""

from __future__ import annotations

import heapq
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate

from descant.bags.recording import RecordedSettings, Recording
from descant.errors import UserError
from descant.learner.core import Learner
from descant.learner.settings import LearnerSettings
from descant.parameters import Value
from descant.performance.perform import PerformanceEvent
from descant.performance.recompute import advance_to, first_note
from descant.types import SUSTAIN, SUSTAIN_DOWN, Note, Part, Pedal

Overrides = Mapping[str, Value]
_Between = Pedal | RecordedSettings


@dataclass(frozen=True)
class RecordedRun:
    """One run of the learner over a recording: all that it heard, and none of what it said.

    `pedals` and `settings` are by time; `advances` says up to which time (ns) steps of held keys
    had been made after note number n and before the next, where any were; `end_ns` is the
    recording's last note or state.
    """

    notes: tuple[Note, ...]
    pedals: tuple[Pedal, ...]
    settings: tuple[RecordedSettings, ...]
    advances: Mapping[int, int]
    end_ns: int


def last_run(recording: Recording) -> RecordedRun:
    """The recording's last run: one that began in the middle had heard all that was played before.

    Raises `UserError` where the recording lacks notes, states or settings.
    """
    if not recording.settings:
        raise UserError("the recording has no /learner_settings: it cannot be run again")
    if not recording.states:
        raise UserError("the recording has no /learner_state: nothing was learned in it")
    run = recording.states[-1].run
    states = [entry.state for entry in recording.states if entry.run == run]
    settings = [entry for entry in recording.settings if entry.run == run]
    if not settings:
        raise UserError("the recording has no /learner_settings for its last states")
    notes = recording.notes[first_note(recording.notes, states) :]
    return RecordedRun(
        notes,
        tuple(sorted(recording.pedals, key=lambda pedal: pedal.time_ns)),
        tuple(sorted(settings, key=lambda entry: entry.events)),
        {state.events: state.time_ns for state in states},
        max(notes[-1].time_ns, *(state.time_ns for state in states)),
    )


def settings_of(entry: RecordedSettings) -> LearnerSettings:
    """The settings that were logged; each text is read once, for all reruns."""
    return _read(entry.json)


@lru_cache(maxsize=256)
def _read(json: str) -> LearnerSettings:
    return LearnerSettings.from_json(json)


def rerun(take: RecordedRun, overrides: Overrides | None = None) -> Iterator[PerformanceEvent]:
    """Everything that happens as `take` is played again, in the order of its times.

    `overrides` (parameter -> value) are laid over each of the recorded settings, so what the
    performer changed stays changed but for these. A `Part` says where the recorded part changed.
    Raises `ParameterError` for overrides that cannot be.
    """
    between = _between(take)
    playing = _Playing(take.settings[0], dict(overrides or {}))
    yield from playing.hear(between[0])
    for number, note in enumerate(take.notes, start=1):
        yield from playing.advance(note.time_ns)
        yield note
        yield from playing.learner.take(note)
        yield from playing.hear(between[number])
        if number in take.advances:
            yield from advance_to(playing.learner, take.advances[number])
    yield from advance_to(playing.learner, take.end_ns)


class _Playing:
    """A learner, and what it hears between two notes."""

    def __init__(self, first: RecordedSettings, overrides: Overrides) -> None:
        self._overrides = overrides
        self._known: dict[str, tuple[LearnerSettings, LearnerSettings]] = {}
        self._recorded, settings = self._settings(first)
        self.learner = Learner(settings)

    def advance(self, time_ns: int) -> Iterable[PerformanceEvent]:
        """The steps of held keys up to `time_ns`, where the part makes any."""
        steps = self.learner.settings.steps_by_itself()
        return advance_to(self.learner, time_ns) if steps else ()

    def hear(self, happened: Iterable[_Between]) -> Iterator[PerformanceEvent]:
        """Pedals and changes of settings, in order."""
        for what in happened:
            yield from self._pedal(what) if isinstance(what, Pedal) else self._change(what)

    def _pedal(self, pedal: Pedal) -> Iterator[PerformanceEvent]:
        """Where the pedal held keys the recorded settings say between which notes it moved."""
        yield from self.advance(pedal.time_ns)
        yield pedal
        if not self._recorded.sustain_holds:
            yield from self.learner.take_pedal(pedal)

    def _change(self, entry: RecordedSettings) -> Iterator[PerformanceEvent]:
        before = self.learner.settings
        self._recorded, settings = self._settings(entry)
        yield from self.learner.change(settings, time_ns=entry.time_ns)
        if (settings.part, settings.start) != (before.part, before.start):
            yield Part(entry.time_ns, settings.part, settings.start, "recording")
        value = SUSTAIN_DOWN if entry.sustain else 0
        yield from self.learner.take_pedal(Pedal(entry.time_ns, SUSTAIN, value))

    def _settings(self, entry: RecordedSettings) -> tuple[LearnerSettings, LearnerSettings]:
        """As recorded, and as they hold now."""
        if entry.json not in self._known:
            recorded = settings_of(entry)
            self._known[entry.json] = recorded, recorded.replace(**self._overrides)
        return self._known[entry.json]


def _between(take: RecordedRun) -> list[list[_Between]]:
    """For note number n what came after it and before the next; at 0 what came before them all."""
    pedals: list[list[_Between]] = [[] for _ in range(len(take.notes) + 1)]
    settings: list[list[_Between]] = [[] for _ in pedals]
    times = list(accumulate((note.time_ns for note in take.notes), max))
    for pedal in take.pedals:
        pedals[bisect_right(times, pedal.time_ns)].append(pedal)
    for entry in take.settings[1:]:
        if entry.events < len(settings):
            settings[entry.events].append(entry)
    return [
        list(heapq.merge(set_, moved, key=_time))
        for set_, moved in zip(settings, pedals, strict=True)
    ]


def _time(what: _Between) -> int:
    return what.time_ns
