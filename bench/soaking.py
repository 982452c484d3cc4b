# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""What a long run is judged by: samples of processes, a table, and whether anything grows."""

from __future__ import annotations

import contextlib
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import psutil

MEBIBYTE = 1 << 20
EARLY_S = 300.0
SLOPE_MOST = 8.0  # MiB an hour
COUNT_MOST = 2  # threads or handles more than in the first half
PAIRS = 200  # samples that a slope is taken of, at most

CRITERION = (
    f"A node grows where its own memory (USS) rises by more than {SLOPE_MOST:g} MiB an hour in the "
    "second half of the run (the median slope of all pairs of samples; more where the last column "
    "says so); or where it has more than "
    f"{COUNT_MOST} threads or file handles more in the last quarter than ever in the first half."
)


@dataclass(frozen=True)
class Sample:
    """One process at `at` seconds: memory in MiB, its own and with its share of what is shared."""

    at: float
    pid: int
    own: float
    shared_too: float
    threads: int
    handles: int


@dataclass
class Course:
    """A node over the run."""

    name: str
    samples: list[Sample] = field(default_factory=list)
    expected: str = ""
    allowed: float = SLOPE_MOST  # MiB an hour

    def take(self, at: float, process: psutil.Process) -> None:
        """One more sample; a process that has just ended gives none."""
        with contextlib.suppress(psutil.Error):
            memory = process.memory_full_info()
            sample = Sample(
                at, process.pid, memory.uss / MEBIBYTE, memory.pss / MEBIBYTE,
                process.num_threads(), process.num_fds(),
            )  # fmt: skip
            self.samples.append(sample)

    def at(self, seconds: float) -> Sample:
        """The first sample then, or the last there is."""
        return next((s for s in self.samples if s.at >= seconds), self.samples[-1])

    @property
    def settled(self) -> list[Sample]:
        """The second half."""
        half = (self.samples[0].at + self.samples[-1].at) / 2.0
        return [s for s in self.samples if s.at >= half]

    @property
    def slope(self) -> float | None:
        """MiB an hour of its own memory in the settled part; None where that is too short."""
        settled = self.settled
        enough = len(settled) >= 8
        return slope([(s.at, s.own) for s in settled]) * 3_600.0 if enough else None

    @property
    def verdict(self) -> str:
        """'does not grow', 'grows: ..', or that nothing can be said."""
        if len({s.pid for s in self.samples}) > 1:
            return "grows: it ended and was started again"
        more = [w for w in ("threads", "handles") if self._rises(w)]
        climb = self.slope
        if climb is not None and climb > self.allowed:
            more.append(f"{climb:.0f} MiB an hour")
        if more:
            return f"grows: {', '.join(more)}"
        if climb is not None:
            return "does not grow" if climb <= SLOPE_MOST else "grows as expected"
        return "too short to say"

    def _rises(self, what: str) -> bool:
        begin, end = self.samples[0].at, self.samples[-1].at
        counts = [(s.at, getattr(s, what)) for s in self.samples]
        early = [n for at, n in counts if at <= (begin + end) / 2.0]
        late = [n for at, n in counts if at >= begin + 0.75 * (end - begin)]
        return max(late) > max(early) + COUNT_MOST


def slope(points: Sequence[tuple[float, float]]) -> float:
    """The median slope of all pairs (Theil and Sen): a few outliers do not move it."""
    step = max(1, len(points) // PAIRS)
    few = points[::step]
    slopes = [
        (v - u) / (t - s) for index, (s, u) in enumerate(few) for t, v in few[index + 1 :] if t > s
    ]
    return statistics.median(slopes) if slopes else 0.0


HEAD = (
    "node", "memory at the start", "after 5 min", "at the end", "an hour", "PSS at the end",
    "threads", "handles", "verdict", "expected to grow",
)  # fmt: skip


def rows(courses: Iterable[Course]) -> list[tuple[str, ...]]:
    """The table's body: memory in MiB."""
    return [_row(course) for course in courses]


def _row(course: Course) -> tuple[str, ...]:
    first, last = course.samples[0], course.samples[-1]
    early = course.at(EARLY_S) if last.at >= EARLY_S else None
    climb = course.slope
    return (
        course.name,
        f"{first.own:.1f}",
        f"{early.own:.1f}" if early else "-",
        f"{last.own:.1f}",
        "-" if climb is None else f"{climb:+.1f}",
        f"{last.shared_too:.1f}",
        f"{first.threads} .. {last.threads}",
        f"{first.handles} .. {last.handles}",
        course.verdict,
        course.expected,
    )


def markdown(head: Sequence[str], body: Sequence[Sequence[str]]) -> str:
    """A table."""
    lines = [head, ["---"] * len(head), *body]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
