# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Performances that can be recomputed: a recording, or a MIDI file played through a programme."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from descant.bags.reader import read
from descant.conductor.core import Conductor
from descant.conductor.settings import ConductorSettings
from descant.errors import UserError
from descant.learner.settings import LearnerSettings
from descant.parameters import Settings, Value
from descant.performance.perform import PerformanceEvent, perform
from descant.performance.rerun import Overrides, RecordedRun, last_run, rerun, settings_of
from descant.programme.layers import PartLayers, with_description
from descant.programme.part_description import NONE, PartDescription
from descant.programme.programme import Programme
from descant.synth.settings import SynthSettings
from descant.types import Event, Part, State

SECTIONS: dict[str, type[Settings]] = {"learner": LearnerSettings, "synth": SynthSettings}
"""The parameters that can be set: those of the learning, and those of its sound."""


@dataclass(frozen=True, kw_only=True)
class PerformanceSource(ABC):
    """A performance that can be recomputed.

    `events` are sorted by time and end at `end_ns`, `parts` are the parts with their descriptions,
    `synth` are the synthesiser's settings without those of the parts. The overrides of `part` hold
    throughout, over those of `parts`.
    """

    events: tuple[Event, ...]
    end_ns: int
    parts: tuple[Part, ...]
    synth: SynthSettings
    part: PartDescription = NONE

    @abstractmethod
    def states(self, overrides: Overrides) -> list[State]:
        """The learner's states with `overrides` over all its settings."""

    @abstractmethod
    def learner(self) -> LearnerSettings:
        """The settings of the learner at the start."""

    @abstractmethod
    def check_learner(self, overrides: Overrides) -> None:
        """`ParameterError` where the learner's settings do not allow `overrides`."""

    def check(self, changes: Mapping[str, Overrides]) -> None:
        """`ParameterError` where the settings of a part do not allow `changes`, by section."""
        self.check_learner(changes.get("learner", {}))
        self._synth_of_parts(changes.get("synth", {}))

    def value_at_start(self, name: str) -> Value:
        """The value of 'SECTION.NAME' at the start, with nothing changed."""
        section, _, parameter = name.partition(".")
        settings = self._synth_of_parts({})[0] if section == "synth" else self.learner()
        value: Value = getattr(settings, parameter)
        return value

    def _synth_of_parts(self, overrides: Overrides) -> list[SynthSettings]:
        """The synthesiser's settings in each part, at least one."""
        layers = PartLayers(self.synth, "synth", {**self.part.synth, **overrides})
        return [layers.begin(part) for part in self.parts] or [layers.current]


@dataclass(frozen=True, kw_only=True)
class RecordedPerformance(PerformanceSource):
    """A recording; its events are those that the last run of its learner received. `remarks` are
    on what was odd in it.
    """

    run: RecordedRun
    remarks: tuple[str, ...] = ()

    def in_part(self, part: PartDescription) -> RecordedPerformance:
        """The same performance with the overrides of `part` throughout."""
        return replace(self, part=part)

    def states(self, overrides: Overrides) -> list[State]:
        """See `PerformanceSource`."""
        return _states(rerun(self.run, {**self.part.learner, **overrides}))

    def learner(self) -> LearnerSettings:
        """See `PerformanceSource`."""
        return settings_of(self.run.settings[0]).replace(**self.part.learner)

    def check_learner(self, overrides: Overrides) -> None:
        """See `PerformanceSource`."""
        for settings in {settings_of(entry) for entry in self.run.settings}:
            settings.replace(**{**self.part.learner, **overrides})


@dataclass(frozen=True, kw_only=True)
class MidiPerformance(PerformanceSource):
    """A MIDI file, played through the parts of `programme` by the `rules` of the conductor."""

    base: LearnerSettings
    rules: ConductorSettings
    programme: Programme

    def states(self, overrides: Overrides) -> list[State]:
        """See `PerformanceSource`."""
        return _states(perform(self.events, self.base, self._conductor(), fixed=overrides))

    def learner(self) -> LearnerSettings:
        """See `PerformanceSource`."""
        return PartLayers(self.base, "learner").begin(self.parts[0])

    def check_learner(self, overrides: Overrides) -> None:
        """See `PerformanceSource`."""
        PartLayers(self.base, "learner", overrides).check(self.programme)

    def _conductor(self) -> Conductor:
        return Conductor(self.rules, self.programme, 0)


def open_bag(
    path: Path, synth: SynthSettings, programme: Programme, namespace: str | None = None
) -> tuple[RecordedPerformance, list[State]]:
    """A recording, and its recorded states (of every run of its learner).

    Of several performances in the bag that in `namespace` is read (see `read`). Parts that were
    recorded without a description have that of their number in `programme`. Raises `UserError`
    where there is no bag, or where it lacks what recomputing needs.
    """
    recording = read(path, namespace)
    try:
        run = last_run(recording)
        parts = tuple(with_description(part, programme) for part in recording.parts)
    except UserError as error:
        raise UserError(f"{path}: {error}{recording.why_incomplete}") from None
    events: list[Event] = [*run.notes, *run.pedals]
    events.sort(key=lambda event: event.time_ns)
    end_ns = max(run.end_ns, events[-1].time_ns)
    performance = RecordedPerformance(
        events=tuple(events), end_ns=end_ns, parts=parts, synth=synth, run=run,
        remarks=recording.oddities,
    )  # fmt: skip
    return performance, [entry.state for entry in recording.states]


def midi_performance(
    events: tuple[Event, ...],
    learner: LearnerSettings,
    synth: SynthSettings,
    rules: ConductorSettings,
    programme: Programme,
    *,
    end_ns: int | None = None,
) -> MidiPerformance:
    """`events`, played through the parts of `programme`; the end is that of the last one, or
    `end_ns`.
    """
    conductor = Conductor(rules, programme, 0)
    changes = [conductor.part, *(conductor.take(event) for event in events)]
    return MidiPerformance(
        events=events,
        end_ns=events[-1].time_ns if end_ns is None else end_ns,
        parts=tuple(part for part in changes if part is not None),
        synth=synth,
        base=learner,
        rules=rules,
        programme=programme,
    )


def _states(events: Iterable[PerformanceEvent]) -> list[State]:
    return [event for event in events if isinstance(event, State)]
