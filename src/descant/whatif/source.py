"""What is played again: a recording as it was, or a MIDI file by the cores."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from descant.bags.reader import read
from descant.conductor.settings import ConductorSettings
from descant.errors import UserError
from descant.learner.settings import LearnerSettings
from descant.parameters import Settings, Value
from descant.performance.perform import PerformanceEvent, perform
from descant.performance.rerun import Overrides, RecordedRun, last_run, rerun, settings_of
from descant.synth.settings import SynthSettings
from descant.types import Event, State

ROOMS: dict[str, type[Settings]] = {"learner": LearnerSettings, "synth": SynthSettings}
"""Whose parameters can be changed: how it is learned, and how that is turned into sound."""


class Source(Protocol):
    """A performance that can be played again."""

    @property
    def events(self) -> tuple[Event, ...]:
        """Notes and pedals by time."""

    @property
    def end_ns(self) -> int:
        """When it is over."""

    @property
    def synth(self) -> SynthSettings:
        """What it sounds like where nothing is changed."""

    def states(self, overrides: Overrides) -> list[State]:
        """What the learner says when `overrides` are laid over its settings."""

    def check(self, overrides: Overrides) -> None:
        """`ParameterError` where `overrides` and the settings cannot be together."""

    def learner(self) -> LearnerSettings:
        """The settings of the learner at the beginning."""


@dataclass(frozen=True)
class Recorded:
    """A recording; its events are those that the last run of its learner heard."""

    take: RecordedRun
    events: tuple[Event, ...]
    end_ns: int
    synth: SynthSettings

    def states(self, overrides: Overrides) -> list[State]:
        """See `Source.states`."""
        return _states(rerun(self.take, overrides))

    def check(self, overrides: Overrides) -> None:
        """See `Source.check`."""
        for settings in {settings_of(entry) for entry in self.take.settings}:
            settings.replace(**overrides)

    def learner(self) -> LearnerSettings:
        """See `Source.learner`."""
        return settings_of(self.take.settings[0])


@dataclass(frozen=True)
class Performed:
    """A MIDI file; with `conductor` the part changes as in the whole performance."""

    events: tuple[Event, ...]
    end_ns: int
    settings: LearnerSettings
    conductor: ConductorSettings | None
    synth: SynthSettings

    def states(self, overrides: Overrides) -> list[State]:
        """See `Source.states`."""
        return _states(perform(self.events, self.settings.replace(**overrides), self.conductor))

    def check(self, overrides: Overrides) -> None:
        """See `Source.check`."""
        self.settings.replace(**overrides)

    def learner(self) -> LearnerSettings:
        """See `Source.learner`."""
        return self.settings


def of_bag(path: Path, synth: SynthSettings) -> tuple[Recorded, list[State]]:
    """A recording, and the states that were recorded in it (of every run of its learner).

    Raises `UserError` where there is no bag, or what running it again needs is not in it.
    """
    recording = read(path)
    try:
        take = last_run(recording)
    except UserError as error:
        raise UserError(f"{path}: {error}") from None
    events: list[Event] = [*take.notes, *take.pedals]
    events.sort(key=lambda event: event.time_ns)
    end_ns = max(take.end_ns, events[-1].time_ns)
    return Recorded(take, tuple(events), end_ns, synth), [s.state for s in recording.states]


def of_midi(
    path: Path,
    learner: LearnerSettings,
    conductor: ConductorSettings | None,
    synth: SynthSettings,
) -> Performed:
    """A MIDI file; `UserError` where it is broken or holds no note."""
    from descant.piano.midifile import load  # noqa: PLC0415 -- mido only when it is needed

    events = load(path).events()
    return Performed(events, events[-1].time_ns, learner, conductor, synth)


def value(source: Source, name: str) -> Value:
    """What 'ROOM.NAME' is where nothing is changed."""
    room, _, parameter = name.partition(".")
    settings = source.synth if room == "synth" else source.learner()
    found: Value = getattr(settings, parameter)
    return found


def _states(happenings: Iterable[PerformanceEvent]) -> list[State]:
    return [h for h in happenings if isinstance(h, State)]
