# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""One bag in memory, without its camera pictures: columns of the tables, and a `Recording`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from pathlib import Path
from typing import Any

import numpy as np

from descant.arrays import Floats
from descant.bags.bag_scan import BagScan
from descant.bags.picture_topics import picture_topic
from descant.bags.recording import RecordedSettings, RecordedState, Recording
from descant.bags.strays import HOUR_NS, LONGEST_PAUSE_NS
from descant.errors import UserError
from descant.programme.layers import with_known_description
from descant.programme.programme import Programme
from descant.research.context import AddRow
from descant.research.export import build_complete, build_tables, identify
from descant.research.intervals import PEDAL_NAMES
from descant.research.missed_events import MissedEvents
from descant.research.schema import Table
from descant.research.table_builder import TableBuilder
from descant.research.tables import every_table
from descant.types import NANOSECONDS, LearningStatus, Note, Part, Pedal, State

Columns = Mapping[str, Sequence[Any]]

# The columns that a report uses.
WANTED: dict[str, tuple[str, ...]] = {
    "notes": ("id", "onset", "onset_ns", "release_ns", "key", "velocity", "velocity_14bit",
              "release_velocity"),
    "pedals": ("time_ns", "pedal", "value"),
    "parts": ("begin", "end", "begin_ns", "part", "start", "cause", "title", "description"),
    "states": ("time", "run", *State._fields),
    "episodes": ("steps", "convergence_rate", "converged", "family", "parameter_names"),
    "settings": ("run", "time_ns", "events", "settings", "sustain"),
    "latencies": ("topic", "lateness"),
    "piano_states": ("time", "status"),
    "synth_states": ("time", "status", "stolen", "late_events", "restarts"),
    "camera_states": ("time", "status", "repeated"),
    "stage_states": ("time", "dropped"),
    "recorder_states": ("time", "dropped"),
    "diagnostics": ("time", "node", "name", "level", "message"),
}  # fmt: skip
_SECONDS = ("onset", "begin", "end", "time")
_STATUS = {status.name.lower(): status for status in LearningStatus}
_PEDALS = {name: number for number, name in PEDAL_NAMES.items()}


@dataclass(frozen=True)
class BagData:
    """The contents of a bag. `columns` are those of `WANTED`, by table and name; seconds count from
    `start_ns` (epoch): the first message, or the first event of a performance with times of another
    clock than the messages'. `damage` has one line for each damaged file, `usual_names` the name in
    the table of topics of each recorded one, `camera` the topic with the pictures, or ''.
    """

    bag: Path
    key: str
    name: str
    start_ns: int
    duration: float
    messages: int
    damage: tuple[str, ...]
    columns: Mapping[str, Columns]
    recording: Recording
    usual_names: Mapping[str, str] = field(default_factory=dict)
    camera: str = ""

    def seconds(self, time_ns: int) -> float:
        """Seconds from the recording's start."""
        return (time_ns - self.start_ns) / NANOSECONDS

    def floats(self, table: str, column: str) -> Floats:
        """A column as numbers, NaN for null."""
        return np.array(self.columns[table][column], dtype=np.float64)


def load_bag(
    bag: Path, programme: Programme | None = None, namespace: str | None = None
) -> BagData:
    """Read a bag. `UserError` where there is no bag, or no note in it.

    Of several performances that in `namespace` is read (see `BagScan`). Parts that were recorded
    without a description have that of their number in `programme`.
    """
    messages = BagScan(bag, namespace)
    identity = identify(bag, messages)
    tables: dict[str, _TableColumns] = {}

    def build(missed: MissedEvents) -> TableBuilder:
        tables.update({table.name: _TableColumns(table) for table in every_table()})
        add = {name: table.add for name, table in tables.items()}
        return build_tables(messages, identity, add, missed)

    builder = build_complete(build)
    damage = [*messages.damage, *messages.remarks, *builder.remarks]
    columns = {name: tables.pop(name).columns() for name in WANTED}
    if not columns["notes"]["id"]:
        raise UserError(f"{bag}: nothing to report: no note in this bag")
    recording = _recording(columns, programme)
    pictures = picture_topic(messages.topics)
    start_ns, end_ns = _bounds(recording, identity.start_ns, messages.end_ns)
    moved = _moved(columns, (identity.start_ns - start_ns) / NANOSECONDS)
    duration = (end_ns - start_ns) / NANOSECONDS
    return BagData(
        bag, identity.key, identity.name, start_ns, duration, messages.count, tuple(damage),
        moved, recording, messages.choice.usual_names, pictures.name if pictures else "",
    )  # fmt: skip


def _bounds(recording: Recording, start_ns: int, end_ns: int) -> tuple[int, int]:
    """The times of the first and last message, unless the performance has those of another clock,
    or is further from them than any pause is long: then its own.
    """
    events = [*(note.time_ns for note in recording.notes), *(p.time_ns for p in recording.pedals)]
    states = [entry.state.time_ns for entry in recording.states]
    first, last = min(events), max([*events, *states])
    is_other = first < start_ns - HOUR_NS or last > max(start_ns, end_ns) + HOUR_NS
    if is_other or first - start_ns > LONGEST_PAUSE_NS:
        start_ns = first
    if is_other or end_ns - last > LONGEST_PAUSE_NS:
        end_ns = last
    return start_ns, max(start_ns, end_ns)


def _moved(columns: Mapping[str, Columns], later: float) -> Mapping[str, Columns]:
    """The columns of seconds, all so much later."""
    if not later:
        return columns
    return {
        table: {
            name: [None if value is None else value + later for value in values]
            if name in _SECONDS
            else values
            for name, values in named.items()
        }
        for table, named in columns.items()
    }


class _TableColumns:
    """The rows of one table, of which only the wanted columns are kept."""

    def __init__(self, table: Table) -> None:
        self._names = WANTED.get(table.name, ())
        self._rows: list[tuple[Any, ...]] = []
        self.add: AddRow = lambda row: None
        if self._names:
            pick = itemgetter(*(table.names.index(name) - 1 for name in self._names))
            self.add = lambda row: self._rows.append(pick(row))

    def columns(self) -> Columns:
        """The wanted columns, by name."""
        found: list[Sequence[Any]] = list(zip(*self._rows, strict=True))
        return dict(zip(self._names, found or [()] * len(self._names), strict=True))


def _recording(columns: Mapping[str, Columns], programme: Programme | None) -> Recording:
    notes = sorted(_notes(columns["notes"]), key=lambda note: note.time_ns)
    pedals = [
        Pedal(time_ns, _PEDALS[name], value)
        for time_ns, name, value in zip(*columns["pedals"].values(), strict=True)
        if name in _PEDALS
    ]
    settings = [RecordedSettings(*row) for row in zip(*columns["settings"].values(), strict=True)]
    states = tuple(_states(columns["states"]))
    names = ("begin_ns", "part", "start", "cause", "description")
    rows = zip(*(columns["parts"][name] for name in names), strict=True)
    parts = [Part(*row) for row in rows]
    if programme is not None:
        parts = [with_known_description(part, programme) for part in parts]
    return Recording(tuple(notes), tuple(pedals), states, (), tuple(settings), tuple(parts))


def _notes(columns: Columns) -> Iterator[Note]:
    names = ("id", "onset_ns", "release_ns", "key", "velocity", "velocity_14bit",
             "release_velocity")  # fmt: skip
    rows = zip(*(columns[name] for name in names), strict=True)
    for number, onset, release, key, velocity, velocity_14bit, release_velocity in rows:
        yield Note(onset, number, True, key, velocity, velocity_14bit)
        if release is not None:
            yield Note(release, number, False, key, release_velocity, release_velocity << 7)


def _states(columns: Columns) -> Iterator[RecordedState]:
    fields = ("run", *State._fields)
    for run, *values in zip(*(columns[name] for name in fields), strict=True):
        state = State._make(values)
        status = _STATUS.get(str(state.status), LearningStatus.LEARNING)  # a name in the table
        yield RecordedState(run, state._replace(status=status))
