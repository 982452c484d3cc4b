# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Faults in a recording: one line for each kind, and their times."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from descant.report.bag_data import BagData


@dataclass(frozen=True)
class Fault:
    """One kind of fault: its `times` (s), and how many there were each time (`amounts`)."""

    kind: str
    meaning: str
    times: tuple[float, ...]
    amounts: tuple[int, ...]

    @property
    def count(self) -> int:
        """The sum of all amounts."""
        return sum(self.amounts)


# Counters that start at 0 with each run of their node: (table, column, kind, meaning).
_COUNTERS = (
    ("synth_states", "late_events", "late notes", "started over 20 ms after their stamp"),
    ("synth_states", "stolen", "stolen voices", "a sounding note was cut off for another"),
    ("synth_states", "restarts", "sound restarts", "the sink was opened again"),
    ("stage_states", "dropped", "dropped pictures", "camera pictures that were never shown"),
    ("camera_states", "repeated", "repeated pictures", "identical to the picture before"),
    ("recorder_states", "dropped", "missing messages", "not recorded, or lost on the way"),
)
_DISCONNECTIONS = (
    ("piano_states", "piano lost", "its port or process disappeared"),
    ("synth_states", "sound lost", "the sink failed"),
    ("camera_states", "camera lost", "no pictures were received"),
)


def faults(data: BagData) -> tuple[Fault, ...]:
    """Every kind that the bag can show, including those that did not occur."""
    columns = data.columns
    found = []
    for table, column, kind, meaning in _COUNTERS:
        values = columns[table][column]
        if any(value is not None for value in values):  # None: before the counter was recorded
            grown = _growth(columns[table]["time"], values)
            found.append(_fault(kind, meaning, grown))
    for table, kind, meaning in _DISCONNECTIONS:
        if columns[table]["time"]:
            rows = zip(columns[table]["time"], columns[table]["status"], strict=True)
            found.append(_fault(kind, meaning, _lost(list(rows))))
    states = columns["states"]
    if states["time"]:
        runs = _changes(states["time"], states["run"])
        found.append(_fault("learner restarts", "a new process continued", runs))
        diverged = [(t, 1) for t, s in zip(states["time"], states["status"], strict=True)
                    if s == "diverged"]  # fmt: skip
        found.append(_fault("diverged attempts", "the loss exceeded its bound", diverged))
    return tuple(found)


def _fault(kind: str, meaning: str, counted: Sequence[tuple[float, int]]) -> Fault:
    return Fault(kind, meaning, tuple(t for t, _ in counted), tuple(n for _, n in counted))


def _growth(times: Sequence[float], values: Sequence[int | None]) -> list[tuple[float, int]]:
    """Where a counter increased, and by how much; where it fell, a new run counts from 0."""
    before, found = 0, []
    for time, value in zip(times, (value or 0 for value in values), strict=True):
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
