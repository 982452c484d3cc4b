"""One bag in memory, without its pictures: rows as they would be exported, and a `Recording`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from descant.bags.recording import RecordedState, Recording
from descant.errors import UserError
from descant.research.export import Identity, Records, identify
from descant.research.intervals import PEDAL_NAMES
from descant.research.missed_events import Missed
from descant.research.notes import Add
from descant.research.rows import Rows, complete
from descant.research.schema import Table
from descant.research.tables import every_table
from descant.types import NANOSECONDS, LearningStatus, Note, Pedal, State

Floats = NDArray[np.float64]

# What a report shows; of every other table it knows the count alone.
WANTED: dict[str, tuple[str, ...]] = {
    "notes": ("id", "onset", "onset_ns", "release_ns", "key", "velocity", "velocity_14bit",
              "release_velocity"),
    "pedals": ("time_ns", "pedal", "value"),
    "parts": ("begin", "end", "part", "cause"),
    "states": ("run", "time", "time_ns", "events", "cause", "episode", "attempt", "step",
               "status", "seed", "family", "target", "theta", "loss", "residual", "gradient",
               "notes"),
    "episodes": ("run", "episode", "start", "length", "steps", "attempts", "start_loss",
                 "end_loss", "convergence_rate", "converged", "family", "parameter_names"),
    "settings": ("time", "settings"),
    "frames": ("topic", "time", "interval", "lateness"),
    "latencies": ("topic", "logged", "lateness"),
    "piano_states": ("time", "status"),
    "synth_states": ("time", "status", "stolen", "late_events", "restarts"),
    "camera_states": ("time", "status", "repeated"),
    "stage_states": ("time", "dropped", "frame_rate"),
}  # fmt: skip
_STATUS = {status.name.lower(): status for status in LearningStatus}
_PEDALS = {name: number for number, name in PEDAL_NAMES.items()}


@dataclass(frozen=True)
class Gathered:
    """What a bag holds. `columns` are those of `WANTED`, by table and name; seconds count from the
    first message (`start_ns`, epoch). `damage` says what is not whole in it."""

    bag: Path
    key: str
    name: str
    start_ns: int
    duration: float
    messages: int
    damage: tuple[str, ...]
    columns: Mapping[str, Mapping[str, Sequence[Any]]]
    recording: Recording

    def seconds(self, time_ns: int) -> float:
        """Seconds from the recording's start."""
        return (time_ns - self.start_ns) / NANOSECONDS

    def floats(self, table: str, column: str) -> Floats:
        """A column as numbers, NaN for null."""
        return np.array(self.columns[table][column], dtype=np.float64)


def gather(bag: Path) -> Gathered:
    """Read a bag. `UserError` where there is none, or no note of descant in it."""
    identity = identify(bag)
    kept = {table.name: _Kept(table) for table in every_table()}
    records = Records(bag)
    rows = complete(lambda missed: _read(records, identity, kept, missed))
    damage = [*records.damage]
    if rows.orphans:
        damage.append(f"{rows.orphans} releases without their onset")
    columns = {name: one.columns() for name, one in kept.items() if name in WANTED}
    if not columns["notes"]["id"]:
        raise UserError(f"{bag}: nothing to report: no note in this bag")
    return Gathered(
        bag, identity.key, identity.name, identity.start_ns,
        (max(records.end_ns, identity.start_ns) - identity.start_ns) / NANOSECONDS, records.count,
        tuple(damage), columns, _recording(columns),
    )  # fmt: skip


def _read(records: Records, identity: Identity, kept: Mapping[str, _Kept], missed: Missed) -> Rows:
    """Every row into `kept`, in the place of those of an earlier reading."""
    for one in kept.values():
        one.clear()
    add = {name: one.add for name, one in kept.items()}
    rows = Rows(str(identity.bag), identity.start_ns, add, missed)
    for record in records:
        rows.take(record)
    rows.close()
    return rows


class _Kept:
    """The rows of one table, of which only the wanted columns are kept."""

    def __init__(self, table: Table) -> None:
        self._names = WANTED.get(table.name, ())
        self._rows: list[tuple[Any, ...]] = []
        self.add: Add = lambda row: None
        if self._names:
            pick = itemgetter(*(table.names.index(name) - 1 for name in self._names))
            self.add = lambda row: self._rows.append(pick(row))

    def clear(self) -> None:
        """Give up the rows."""
        self._rows.clear()

    def columns(self) -> dict[str, Sequence[Any]]:
        """Each wanted column; the rows are given up."""
        found: list[Sequence[Any]] = list(zip(*self._rows, strict=True))
        self.clear()
        return dict(zip(self._names, found or [()] * len(self._names), strict=True))


def _recording(columns: Mapping[str, Mapping[str, Sequence[Any]]]) -> Recording:
    notes = sorted(_notes(columns["notes"]), key=lambda note: note.time_ns)
    pedals = [
        Pedal(time_ns, _PEDALS[name], value)
        for time_ns, name, value in zip(*columns["pedals"].values(), strict=True)
        if name in _PEDALS
    ]
    return Recording(tuple(notes), tuple(pedals), tuple(_states(columns["states"])), (), ())


def _notes(columns: Mapping[str, Sequence[Any]]) -> Iterator[Note]:
    names = ("id", "onset_ns", "release_ns", "key", "velocity", "velocity_14bit",
             "release_velocity")  # fmt: skip
    rows = zip(*(columns[name] for name in names), strict=True)
    for number, onset, release, key, velocity, fine, lifted in rows:
        yield Note(onset, number, True, key, velocity, fine)
        if release is not None:
            yield Note(release, number, False, key, lifted, lifted << 7)


def _states(columns: Mapping[str, Sequence[Any]]) -> Iterator[RecordedState]:
    fields = ("run", *State._fields)
    for run, *values in zip(*(columns[name] for name in fields), strict=True):
        state = State._make(values)
        status = _STATUS.get(str(state.status), LearningStatus.LEARNING)  # a word in the table
        yield RecordedState(run, state._replace(status=status))
