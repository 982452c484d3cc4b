# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Run a recording again: by its own settings, or with some of them changed.

Notes, pedals and parts are kept; the learner's states are computed anew. With nothing changed they
are the recorded states, to the bit.
"""

from __future__ import annotations

import heapq
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import accumulate, pairwise

from descant.bags.recording import RecordedSettings, Recording
from descant.errors import UserError
from descant.learner.core import Learner
from descant.learner.settings import LearnerSettings
from descant.parameters import Value
from descant.performance.anchor import find_anchors
from descant.performance.perform import PerformanceEvent, advance_to
from descant.types import SUSTAIN, SUSTAIN_DOWN, Note, Part, Pedal

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
    """The recording's last run that can be run again, without what was set aside.

    A learner that was restarted had received all earlier notes too. Raises `UserError` where the
    recording lacks notes, states or settings.
    """
    if not recording.settings:
        raise UserError("the recording has no /learner_settings: it cannot be run again")
    if not recording.states:
        raise UserError("the recording has no /learner_state: nothing was learned in it")
    failed: UserError | None = None
    for run in dict.fromkeys(entry.run for entry in reversed(recording.states)):
        try:
            return _without_strays(recorded_runs(recording, run)[0], recording, run)
        except UserError as error:
            failed = failed or error
    assert failed is not None
    raise failed


def recorded_runs(recording: Recording, run: int) -> list[RecordedRun]:
    """What the learner's run of this number, which has states, may have received: the most likely
    first. With everything that was set aside, since the learner received it. Errors as `last_run`.
    """
    received = recording.received
    settings = [entry for entry in received.settings if entry.run == run]
    if not settings:
        raise UserError("the recording has no /learner_settings for its states: cannot recompute")
    states = [entry.state for entry in received.states if entry.run == run]
    anchors = find_anchors(received.notes, recording.notes, run, states)
    return [
        RecordedRun(
            anchor.notes[anchor.first :],
            tuple(sorted(received.pedals, key=lambda pedal: pedal.time_ns)),
            _since_catching_up(settings),
            _advances((state.events, state.time_ns) for state in states),
            max(anchor.notes[-1].time_ns, *(state.time_ns for state in states)),
            {(part.number, part.start): part.description for part in recording.parts},
        )
        for anchor in anchors
    ]


def _since_catching_up(settings: Sequence[RecordedSettings]) -> tuple[RecordedSettings, ...]:
    """The settings by number of events, from those on with which a learner that was started late
    began anew: at the first thing that was played, earlier than its settings before.
    """
    ordered = sorted(settings, key=lambda entry: entry.events)
    opening = [entry for entry in ordered if entry.events == 0]
    back = [n for n, (a, b) in enumerate(pairwise(opening), 1) if b.time_ns < a.time_ns]
    return tuple(ordered[back[-1] :] if back else ordered)


def _advances(reached: Iterable[tuple[int, int]]) -> dict[int, int]:
    """Number of a note -> the latest of its times."""
    latest: dict[int, int] = {}
    for number, time_ns in reached:
        latest[number] = max(time_ns, latest.get(number, time_ns))
    return latest


def _without_strays(run: RecordedRun, recording: Recording, number: int) -> RecordedRun:
    """`run` without what was set aside in `recording`, which shifts the numbers of notes."""
    if recording.received is recording:
        return run
    usual = set(recording.notes)
    kept = [note in usual for note in run.notes]
    numbers = [0, *accumulate(kept)]
    notes = tuple(note for note, keep in zip(run.notes, kept, strict=True) if keep)
    states = [entry.state for entry in recording.states if entry.run == number]
    if not notes or not states:
        raise UserError("its last run has nothing but stray notes: cannot recompute")
    last = len(kept)
    return replace(
        run,
        notes=notes,
        pedals=tuple(sorted(recording.pedals, key=lambda pedal: pedal.time_ns)),
        settings=tuple(replace(e, events=numbers[min(e.events, last)]) for e in run.settings),
        advances=_advances((numbers[min(s.events, last)], s.time_ns) for s in states),
        end_ns=max(notes[-1].time_ns, *(state.time_ns for state in states)),
    )


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
