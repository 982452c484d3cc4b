"""A recording as one line of time: notes, pedals, parts and the learner's parameters."""

from __future__ import annotations

import bisect
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from descant.bags.recording import RecordedSettings, Recording
from descant.errors import UserError
from descant.learner.settings import LearnerSettings
from descant.parameters import ParameterError
from descant.types import Event, Note, Part, Pedal

RUN_BITS = 32
"""Above these an id is the start of the piano's process, in seconds (piano/decoder.py)."""


class Parameters(NamedTuple):
    """The learner's parameters but for part and start, as one JSON object with its keys sorted."""

    json: str


class Release(NamedTuple):
    """Everything that is held goes up: a pause, a jump, the end, a piano that died."""


What = Note | Pedal | Part | Parameters | Release


class Moment(NamedTuple):
    """What happened `time_ns` after the first note or pedal of the recording."""

    time_ns: int
    what: What


@dataclass(frozen=True)
class Timeline:
    """Every moment in order; the first note or pedal is at 0, the last at `duration_ns`.

    What held before the first is in the moments at 0, in front of it.
    """

    moments: tuple[Moment, ...]
    duration_ns: int

    def index(self, position_ns: int) -> int:
        """Index of the first moment at `position_ns` or later."""
        return bisect.bisect_left(self.moments, position_ns, key=_time)

    def opening(self, position_ns: int) -> tuple[What, ...]:
        """How parameters, part and pedals stand just before `position_ns`, in this order.

        Keys that are down there are not struck: a note begins where it was played.
        """
        last: dict[object, What] = {}
        for moment in self.moments[: self.index(position_ns)]:
            what = moment.what
            if isinstance(what, Pedal):
                last[what.pedal] = what
            elif isinstance(what, Parameters | Part):
                last[type(what)] = what
        first = (last.pop(kind, None) for kind in (Parameters, Part))
        return (*(what for what in first if what is not None), *last.values())


def timeline(recording: Recording, name: str) -> Timeline:
    """The time line of a recording; `name` is for the message where nothing was played.

    At one and the same nanosecond a pedal comes before a note, parameters and parts before both.
    """
    events: list[Event] = [*recording.notes, *recording.pedals]
    played = [event.time_ns for event in events]
    if not recording.notes:
        raise UserError(f"{name}: no notes in this recording: nothing to play")
    zero = min(played)
    entries: list[tuple[int, What]] = [
        *_parameters(recording.settings, name),
        *_parts(recording),
        *((pedal.time_ns, pedal) for pedal in recording.pedals),
        *_notes(recording.notes),
    ]
    entries.sort(key=lambda entry: entry[0])
    moments = tuple(Moment(max(0, time_ns - zero), what) for time_ns, what in entries)
    return Timeline(moments, max(played) - zero)


def _time(moment: Moment) -> int:
    return moment.time_ns


def _notes(notes: Sequence[Note]) -> Iterator[tuple[int, Note | Release]]:
    """The notes; where a piano was started again, what the one before held goes up first."""
    run = notes[0].id >> RUN_BITS
    for note in notes:
        if note.id >> RUN_BITS != run:
            yield note.time_ns, Release()
        run = note.id >> RUN_BITS
        yield note.time_ns, note


def _parameters(
    settings: Sequence[RecordedSettings], name: str
) -> Iterator[tuple[int, Parameters]]:
    """The learner's parameters wherever they changed; a pedal, a part or a restart is no change."""
    last = ""
    for entry in _by_time(settings):
        try:
            values = LearnerSettings.from_json(entry.json).values()
        except (ParameterError, ValueError) as error:
            raise UserError(f"{name}: recorded with another version of descant: {error}") from None
        own = {key: values[key] for key in sorted(values) if key not in ("part", "start")}
        text = json.dumps(own)
        if text != last:
            yield entry.time_ns, Parameters(text)
        last = text


def _parts(recording: Recording) -> Iterator[tuple[int, Part]]:
    """The conductor's parts; where there was none, those that the learner was set to."""
    if recording.parts:
        yield from ((part.time_ns, part) for part in recording.parts)
        return
    last: tuple[int, int] | None = None
    for entry in _by_time(recording.settings):
        values = json.loads(entry.json)
        now = (int(values.get("part", 1)), int(values.get("start", 0)))
        if now != last:
            yield entry.time_ns, Part(entry.time_ns, *now, "launch" if last is None else "set")
        last = now


def _by_time(settings: Sequence[RecordedSettings]) -> list[RecordedSettings]:
    return sorted(settings, key=lambda entry: entry.time_ns)
