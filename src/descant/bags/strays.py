"""Find times of another clock among the stamps of what was played.

A replayed recording has old stamps, all alike; a pause lies between the stamps as between the times
of sending. A stray is alone: further from the performance than it was sent, or than any performance
lasts.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta, timezone
from operator import attrgetter
from typing import NamedTuple

from descant.types import NANOSECONDS

HOUR_NS = 3_600 * NANOSECONDS
LONGEST_PAUSE_NS = 30 * 24 * HOUR_NS
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


class Stamped(NamedTuple):
    """The stamp of an event, and when its message was sent, ns since the epoch."""

    stamp_ns: int
    sent_ns: int


class PerformanceTimes(NamedTuple):
    """The times, epoch ns, between which a performance has events: (first, last) of each of its
    sections, in order, with a pause of more than an hour between two."""

    sections: tuple[tuple[int, int], ...] = ()

    def include(self, stamp_ns: int) -> bool:
        """Whether the time is within an hour of the performance; without one, every time is."""
        sections = self.sections
        if not sections:
            return True
        index = bisect_right(sections, stamp_ns + HOUR_NS, key=lambda section: section[0]) - 1
        return index >= 0 and stamp_ns <= sections[index][1] + HOUR_NS

    def admit(self, event: Stamped) -> bool:
        """Whether they include the stamp, or it is that of its sending."""
        return self.include(event.stamp_ns) or abs(event.stamp_ns - event.sent_ns) <= HOUR_NS


def performance_times(played: Iterable[Stamped]) -> PerformanceTimes:
    """The times of a performance, from the stamps of its notes and pedals.

    It is the largest group of stamps without a gap of more than an hour, and those around it that
    were sent as long before or after it as their stamps say.
    """
    groups = _groups(sorted(played, key=attrgetter("stamp_ns")))
    if not groups:
        return PerformanceTimes()
    largest = max(range(len(groups)), key=lambda index: len(groups[index]))
    kept = [groups[largest]]
    for group in groups[largest + 1 :]:
        if _follows(kept[-1][-1], group[0]):
            kept.append(group)
    for group in reversed(groups[:largest]):
        if _follows(group[-1], kept[0][0]):
            kept.insert(0, group)
    return PerformanceTimes(tuple((group[0].stamp_ns, group[-1].stamp_ns) for group in kept))


def utc(time_ns: int) -> str:
    """The time of day of epoch nanoseconds, whatever their number, for a person."""
    try:
        moment = _EPOCH + timedelta(seconds=time_ns // NANOSECONDS)
    except OverflowError:
        return f"{time_ns // NANOSECONDS} s"
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC"


def _groups(ordered: Sequence[Stamped]) -> list[list[Stamped]]:
    """Events in order of their stamps, divided at gaps of more than an hour."""
    groups: list[list[Stamped]] = []
    for event in ordered:
        if groups and event.stamp_ns - groups[-1][-1].stamp_ns <= HOUR_NS:
            groups[-1].append(event)
        else:
            groups.append([event])
    return groups


def _follows(earlier: Stamped, later: Stamped) -> bool:
    """Whether the pause between two events is one of the performance."""
    pause_ns = later.stamp_ns - earlier.stamp_ns
    sent_ns = later.sent_ns - earlier.sent_ns
    return pause_ns <= LONGEST_PAUSE_NS and pause_ns - max(0, sent_ns) <= HOUR_NS
