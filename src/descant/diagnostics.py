# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Diagnostics: from the last states of a node to levels, lines for a person, and values.

Levels and thresholds stand in `STATUSES` and `MEASURES` alone; docs/diagnostics.md has both tables.
`nodes/common/diagnostics.py` publishes what `statuses` returns.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, NamedTuple

SEEING = 1  # of CameraState.msg
WINDOW_S = 10.0
"""So far back states are looked at: what is over for longer is no fault any more."""

State = Mapping[str, Any]
"""Numbers and texts of a state message, by field, and what the node adds."""


class Level(IntEnum):
    """Levels of diagnostic_msgs/DiagnosticStatus."""

    OK = 0
    WARN = 1
    ERROR = 2
    STALE = 3


OK, WARN, ERROR, STALE = Level


class Status(NamedTuple):
    """One status of a node; `name` is what is diagnosed, `hardware` identifies the hardware."""

    name: str
    level: Level
    message: str
    hardware: str
    values: dict[str, str]


class Window:
    """The states of the last `WINDOW_S` seconds, taken about once a second."""

    def __init__(self) -> None:
        self._states: deque[tuple[float, State]] = deque()

    def add(self, time_s: float, state: State) -> None:
        """Add the newest state, at a time of a monotonic clock."""
        self._states.append((time_s, state))
        while time_s - self._states[0][0] > WINDOW_S:
            self._states.popleft()

    @property
    def latest(self) -> State:
        """The newest state."""
        return self._states[-1][1]

    @property
    def span_s(self) -> float:
        """Seconds from the oldest state to the newest."""
        return self._states[-1][0] - self._states[0][0]

    def grown(self, name: str) -> float:
        """How much a counter has increased."""
        return max(0.0, float(self.latest[name]) - float(self._states[0][1][name]))

    def highest(self, name: str) -> float:
        """The highest value of a field, NaN where none was measured."""
        values = [float(state[name]) for _, state in self._states]
        return max((value for value in values if not math.isnan(value)), default=math.nan)

    def share(self, name: str, whole: str) -> float:
        """The highest value of a field in % of what another one is now."""
        return 100.0 * self.highest(name) / max(1e-6, float(self.latest[whole]))

    def rate_share(self, rate: str, wanted: str, status: int | None = None) -> float:
        """As `share`, for a rate; NaN until the `status` has lasted half a window."""
        since_s = self._states[-1][0] - WINDOW_S / 2
        recent = [state for time_s, state in self._states if time_s >= since_s]
        lasts = all(state.get("status") == status for state in recent)
        return self.share(rate, wanted) if lasts and self.span_s >= WINDOW_S / 2 else math.nan

    def minutes_left(self) -> float:
        """Minutes until a recorder reaches its reserve at the present rate."""
        rate = self.grown("bytes") / max(1e-6, self.span_s) * 60.0
        left = float(self.latest["free_bytes"]) - float(self.latest["reserve"])
        return max(0.0, left) / rate if rate else math.nan


@dataclass(frozen=True, slots=True)
class StatusRow:
    """A status: the field that names its hardware, the level of each status of the state message
    in the order of its numbers, and level and message before the first message.
    """

    hardware: str = ""
    levels: Mapping[str, Level] = field(default_factory=dict)
    before: tuple[Level, str] = (OK, "started")


STATUSES: Mapping[str, StatusRow] = {
    "piano: input": StatusRow(
        "port", {"waiting": WARN, "playing": OK, "lost": ERROR, "finished": OK}
    ),
    "learner: learning": StatusRow(before=(OK, "no note was learned yet")),
    "conductor: part": StatusRow(before=(WARN, "no part has begun: waiting for the learner")),
    "synth: sound": StatusRow("sink", {"silent": OK, "sounding": OK, "lost": ERROR}),
    "synth: notes": StatusRow("sink"),
    "camera: pictures": StatusRow(
        "source", {"waiting": WARN, "seeing": OK, "lost": ERROR, "finished": OK}
    ),
    "stage: frames": StatusRow("canvas", before=(WARN, "nothing is drawn")),
    "stage: camera picture": StatusRow("canvas"),
    "recorder: bag": StatusRow("disk", {"recording": OK, "stopped": OK, "failed": ERROR}),
    "recorder: disk": StatusRow("disk"),
}
"""'NODE: what' -> how its level is found; the name in the graph has the node's full name."""


@dataclass(frozen=True, slots=True)
class Measure:
    """What is measured for a status: a warning from `warn` on, the level `worst` from `error` on.

    Where `warn` is above `error`, it is so below them. NaN, for not measured, is OK.
    """

    status: str
    value: Callable[[Window], float]
    warn: float
    error: float
    unit: str
    meaning: str
    worst: Level = ERROR

    @property
    def below(self) -> bool:
        """Whether low values are the bad ones."""
        return self.warn > self.error

    def level(self, value: float) -> Level:
        """The level of `value`."""
        sign = -1.0 if self.below else 1.0
        if sign * value >= sign * self.error:
            return self.worst
        return WARN if sign * value >= sign * self.warn else OK


MEASURES: Mapping[str, Measure] = {
    "diverged attempts": Measure(
        "learner: learning", lambda w: w.grown("diverged"), 1, 10, "", "in 10 s"),
    "gain reduction": Measure(
        "synth: sound", lambda w: w.highest("gain_reduction"), 6, 12, "dB",
        "of the limiter, highest of 10 s"),
    "sink restarts": Measure(
        "synth: sound", lambda w: w.grown("restarts"), 1, 3, "", "the output opened anew, in 10 s"),
    "gaps": Measure(
        "synth: sound", lambda w: w.grown("gaps"), 1, 20, "",
        "times that no sound was ready, in 10 s"),
    "late periods": Measure(
        "synth: sound", lambda w: w.grown("xruns"), 5, 200, "", "of the sound server, in 10 s"),
    "late notes": Measure(
        "synth: notes", lambda w: w.grown("late_events"), 5, 50, "",
        "over 20 ms after their stamp, in 10 s"),
    "stolen voices": Measure(
        "synth: notes", lambda w: w.grown("stolen"), 1, 20, "", "from sounding notes, in 10 s"),
    "voices used": Measure(
        "synth: notes", lambda w: w.share("voices", "pool"), 90, 100, "%",
        "of the pool, highest of 10 s"),
    "picture rate": Measure(
        "camera: pictures", lambda w: w.rate_share("frame_rate", "rate", SEEING), 25, 5, "%",
        "of the parameter rate, best of 10 s"),
    "frame rate": Measure(
        "stage: frames", lambda w: w.rate_share("frame_rate", "wanted"), 40, 15, "%",
        "of the parameter frame_rate, best of 10 s"),
    "dropped pictures": Measure(
        "stage: camera picture", lambda w: w.grown("dropped"), 30, 250, "", "never shown, in 10 s"),
    "picture age": Measure(
        "stage: camera picture", lambda w: w.latest["camera_age"], 1, 5, "s",
        "since the newest picture arrived", STALE),
    "picture delay": Measure(
        "stage: camera picture", lambda w: w.latest["camera_delay"], 150, 500, "ms",
        "from stamp to frame, median of a second"),
    "dropped messages": Measure(
        "recorder: bag", lambda w: w.grown("dropped"), 1, 100, "", "not written, in 10 s"),
    "queue": Measure(
        "recorder: bag", lambda w: w.share("queued", "queue"), 25, 50, "%",
        "of the parameter queue, highest of 10 s; pictures are dropped from 50 % on"),
    "time left": Measure(
        "recorder: disk", Window.minutes_left, 30, 5, "min",
        "until the reserve is reached, at the rate of the last 10 s"),
}  # fmt: skip
"""Name of what is measured -> its thresholds."""


def statuses(node: str, window: Window | None) -> list[Status]:
    """The statuses of a node of `STATUSES`; `window` is None before its first state."""
    rows = {name: row for name, row in STATUSES.items() if name.startswith(f"{node}: ")}
    if window is None:
        return [Status(name.partition(": ")[2], *row.before, "", {}) for name, row in rows.items()]
    found = [_status(name, row, window) for name, row in rows.items()]
    fields = {key: str(value) for key, value in window.latest.items() if key != "message"}
    return [found[0]._replace(values=fields | found[0].values), *found[1:]]


def _status(name: str, row: StatusRow, window: Window) -> Status:
    """The worst level of the state's status and of what is measured, and the reasons for it."""
    state = window.latest
    level, text, reasons = OK, "", list[str]()
    if row.levels:
        level, text = _of_state(row, state)
        reasons += [text] if level is not OK else []
    values: dict[str, str] = {}
    for what, measure in MEASURES.items():
        if measure.status != name:
            continue
        value = measure.value(window)
        shown = f"{value:.4g} {measure.unit}".rstrip()
        values[what] = shown
        if found := measure.level(value):
            level = max(level, found)
            reasons.append(f"{what}: {shown}")
    hardware = str(state[row.hardware] or state.get("source", "")) if row.hardware else ""
    return Status(
        name.partition(": ")[2], level, "; ".join(reasons) or text or "OK", hardware, values
    )


def _of_state(row: StatusRow, state: State) -> tuple[Level, str]:
    names = list(row.levels)
    number = int(state["status"])
    status = names[number] if number < len(names) else f"status {number}"
    return row.levels.get(status, ERROR), str(state["message"]) or status


def markdown() -> str:
    """The tables of docs/diagnostics.md."""
    lines = ["| status | measured | warning | error | meaning |", "|---|---|--:|--:|---|"]
    for what, m in MEASURES.items():
        sign, worst = ("below " if m.below else ""), (" (STALE)" if m.worst is STALE else "")
        warn, error = (f"{sign}{bound:g} {m.unit}".rstrip() for bound in (m.warn, m.error))
        lines.append(f"| `{m.status}` | {what} | {warn} | {error}{worst} | {m.meaning} |")
    lines += ["", "| status | of the state message | level |", "|---|---|---|"]
    for name, row in STATUSES.items():
        lines += [f"| `{name}` | {status} | {level.name} |" for status, level in row.levels.items()]
        if row.before != StatusRow().before:
            level, text = row.before
            lines.append(f"| `{name}` | none yet: {text} | {level.name} |")
    return "\n".join(lines)
