"""What went wrong in a recording: one line a kind, and the moments for the time axis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from descant.report.gather import Gathered


@dataclass(frozen=True)
class Fault:
    """One kind of fault: how often (`count`, of `unit`), and when (s; `amounts` each time)."""

    kind: str
    meaning: str
    times: tuple[float, ...]
    amounts: tuple[int, ...]

    @property
    def count(self) -> int:
        """All amounts together."""
        return sum(self.amounts)


# Counters that grow in a run of their node and begin anew with the next: (table, column, ..).
_COUNTERS = (
    ("synth_states", "late_events", "late notes", "over 20 ms from the stamp to the synthesiser"),
    ("synth_states", "stolen", "stolen voices", "a sounding note gave its voice to another"),
    ("synth_states", "restarts", "sound restarts", "the sink was opened again"),
    ("stage_states", "dropped", "dropped pictures", "camera pictures that were never shown"),
    ("camera_states", "repeated", "repeated pictures", "the same as the one before"),
)
_LOSSES = (
    ("piano_states", "piano lost", "its port or process was gone"),
    ("synth_states", "sound lost", "no sink"),
    ("camera_states", "camera lost", "no picture came"),
)


def faults(gathered: Gathered) -> tuple[Fault, ...]:
    """Every kind that can be told from the bag, those that never happened included."""
    columns = gathered.columns
    found = []
    for table, column, kind, meaning in _COUNTERS:
        if columns[table]["time"]:
            grown = _growth(columns[table]["time"], columns[table][column])
            found.append(_fault(kind, meaning, grown))
    for table, kind, meaning in _LOSSES:
        if columns[table]["time"]:
            rows = zip(columns[table]["time"], columns[table]["status"], strict=True)
            found.append(_fault(kind, meaning, _lost(list(rows))))
    states = columns["states"]
    if states["time"]:
        runs = _changes(states["time"], states["run"])
        found.append(_fault("learner restarts", "a new process went on", runs))
        diverged = [(t, 1) for t, s in zip(states["time"], states["status"], strict=True)
                    if s == "diverged"]  # fmt: skip
        found.append(_fault("diverged attempts", "the loss left its bound", diverged))
    return tuple(found)


def _fault(kind: str, meaning: str, happened: Sequence[tuple[float, int]]) -> Fault:
    return Fault(kind, meaning, tuple(t for t, _ in happened), tuple(n for _, n in happened))


def _growth(times: Sequence[float], values: Sequence[int]) -> list[tuple[float, int]]:
    """Where a counter grew, and by how much; where it fell a new run counts from 0."""
    before, found = 0, []
    for time, value in zip(times, values, strict=True):
        grown = value - before if value >= before else value
        if grown:
            found.append((time, grown))
        before = value
    return found


def _lost(rows: Sequence[tuple[float, str]]) -> list[tuple[float, int]]:
    """Where the status became 'lost'."""
    before, found = "", []
    for time, status in rows:
        if status == "lost" != before:
            found.append((time, 1))
        before = status
    return found


def _changes(times: Sequence[float], runs: Sequence[int]) -> list[tuple[float, int]]:
    seen, found = set(runs[:1]), []
    for time, run in zip(times, runs, strict=True):
        if run not in seen:
            seen.add(run)
            found.append((time, 1))
    return found
