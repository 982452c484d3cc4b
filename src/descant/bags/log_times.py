# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""When a bag was recorded: from its earliest message to its last, but for stray times.

A message may have been stored with the time 0, or one of another century.
"""

from __future__ import annotations

from collections.abc import Sequence

from descant.types import NANOSECONDS

_DAY_NS = 24 * 3600 * NANOSECONDS
_DAYS = 400
"""Times farther than that from the bag's median are stray."""
_LAST_NS = 2**63 - 1  # the largest time of ROS


class LogTimes:
    """Finds the usual times among log times (epoch, nanoseconds), in bounded memory."""

    def __init__(self) -> None:
        self._days: dict[int, tuple[int, int, int]] = {}  # count, earliest and latest time
        self._are_beyond = False

    def add(self, times: Sequence[int]) -> None:
        """Add the log times of some messages."""
        if not times:
            return
        if max(times) > _LAST_NS:
            self._are_beyond = True
            self.add([time_ns for time_ns in times if time_ns <= _LAST_NS])
            return
        first, last = min(times), max(times)
        if first // _DAY_NS == last // _DAY_NS:
            self._add_day(first, last, len(times))
        else:
            for time_ns in times:
                self._add_day(time_ns, time_ns, 1)

    def _add_day(self, first: int, last: int, count: int) -> None:
        day = first // _DAY_NS
        before = self._days.get(day, (0, first, last))
        self._days[day] = before[0] + count, min(before[1], first), max(before[2], last)

    def span(self) -> tuple[int, int] | None:
        """The earliest and the latest usual time; None without messages."""
        middle = self._middle()
        near = [found for day, found in self._days.items() if abs(day - middle) <= _DAYS]
        if not near:
            return None
        return min(first for _, first, _ in near), max(last for _, _, last in near)

    def has_strays(self) -> bool:
        """Whether there are times that are not usual."""
        middle = self._middle()
        return self._are_beyond or any(abs(day - middle) > _DAYS for day in self._days)

    def _middle(self) -> int:
        """The day of the median."""
        left = sum(count for count, _, _ in self._days.values()) / 2
        for day in sorted(self._days):
            left -= self._days[day][0]
            if left <= 0:
                return day
        return 0
