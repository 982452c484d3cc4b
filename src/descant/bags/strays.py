# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Find times of another clock among the stamps of what was played.

One clock counts, that of the largest group of notes and pedals. A replayed recording has old
stamps, all alike; a pause lies between the stamps as between the times of sending. Everything else
that is further from the performance than it was sent, or than any performance lasts, is a stray.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections import Counter
from datetime import datetime, timedelta, timezone
from typing import NamedTuple

import numpy as np

from descant.plain_text import counted
from descant.types import NANOSECONDS

HOUR_NS = 3_600 * NANOSECONDS
LONGEST_PAUSE_NS = 30 * 24 * HOUR_NS
_FURTHEST_NS = 1 << 62
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


class PerformanceTimes(NamedTuple):
    """The times, epoch ns, between which a performance has events: (first, last) of each of its
    sections, in order, with a pause of more than an hour between two. `as_sent`: its events were
    sent at their stamps, and not replayed.
    """

    sections: tuple[tuple[int, int], ...] = ()
    as_sent: bool = True

    def include(self, stamp_ns: int) -> bool:
        """Whether the time is within an hour of the performance; without one, every time is."""
        sections = self.sections
        if not sections:
            return True
        index = bisect_right(sections, stamp_ns + HOUR_NS, key=lambda section: section[0]) - 1
        return index >= 0 and stamp_ns <= sections[index][1] + HOUR_NS

    def admit(self, stamp_ns: int, sent_ns: int) -> bool:
        """Whether they include the stamp, or it is that of its sending by the same clock."""
        return self.include(stamp_ns) or (
            self.as_sent and is_as_sent(stamp_ns, sent_ns) and self._surround(stamp_ns)
        )

    def _surround(self, stamp_ns: int) -> bool:
        """Whether the time is no further than a pause from the performance."""
        first, last = self.sections[0][0], self.sections[-1][1]
        return first - LONGEST_PAUSE_NS <= stamp_ns <= last + LONGEST_PAUSE_NS


def is_as_sent(stamp_ns: int, sent_ns: int) -> bool:
    """Whether a stamp is that of its sending."""
    return abs(stamp_ns - sent_ns) <= HOUR_NS


class PlayedStamps:
    """The stamps of notes and pedals, and when they were sent; sixteen bytes each."""

    def __init__(self) -> None:
        self._stamps, self._sent = array("q"), array("q")

    def add(self, stamp_ns: int, sent_ns: int) -> None:
        """Add one event; times are epoch ns."""
        for times, time_ns in ((self._stamps, stamp_ns), (self._sent, sent_ns)):
            times.append(max(-_FURTHEST_NS, min(time_ns, _FURTHEST_NS)))

    def times(self) -> PerformanceTimes:
        """The times of the performance.

        It is the largest group of stamps without a gap of more than an hour, and those around it
        that were sent as long before or after it as their stamps say.
        """
        groups = self._groups()
        if not groups:
            return PerformanceTimes()
        largest = max(range(len(groups)), key=lambda index: groups[index].rank)
        kept = [groups[largest]]
        for group in groups[largest + 1 :]:
            if _follows(kept[-1], group):
                kept.append(group)
        for group in reversed(groups[:largest]):
            if _follows(group, kept[0]):
                kept.insert(0, group)
        sections = tuple((group.first[0], group.last[0]) for group in kept)
        return PerformanceTimes(sections, groups[largest].as_sent)

    def _groups(self) -> list[_Group]:
        """The events in order of their stamps, divided at gaps of more than an hour."""
        stamps, sent = np.array(self._stamps, np.int64), np.array(self._sent, np.int64)
        order = np.argsort(stamps, kind="stable")
        ordered = stamps[order]
        ends = np.flatnonzero(ordered[1:] - HOUR_NS > ordered[:-1])
        firsts = [0, *(ends + 1).tolist()] if len(order) else []
        lasts = [*ends.tolist(), len(order) - 1] if len(order) else []

        def event(place: int) -> tuple[int, int]:
            return int(ordered[place]), int(sent[order[place]])

        return [
            _Group(event(first), event(last), last - first + 1)
            for first, last in zip(firsts, lasts, strict=True)
        ]


class _Group(NamedTuple):
    """(stamp, time of sending) of the first and last event of a group, and the number of all."""

    first: tuple[int, int]
    last: tuple[int, int]
    size: int

    @property
    def as_sent(self) -> bool:
        """Whether it was sent at its stamps."""
        return is_as_sent(*self.first) and is_as_sent(*self.last)

    @property
    def rank(self) -> tuple[int, bool]:
        """The larger of two groups counts; of groups of one size, that which was sent so."""
        return self.size, self.as_sent


def _follows(earlier: _Group, later: _Group) -> bool:
    """Whether the pause between two groups is one of the performance."""
    pause_ns = later.first[0] - earlier.last[0]
    sent_ns = later.first[1] - earlier.last[1]
    return pause_ns <= LONGEST_PAUSE_NS and pause_ns - max(0, sent_ns) <= HOUR_NS


class SetAside:
    """Counts by topic what does not belong to the performance: impossible, or of another clock."""

    def __init__(self) -> None:
        self._impossible: dict[str, tuple[int, str]] = {}  # number, reason for the first
        self._strays = Counter[str]()
        self._first_ns = 0

    @property
    def is_any(self) -> bool:
        """Whether anything was set aside."""
        return bool(self._strays or self._impossible)

    def add_impossible(self, topic: str, reason: str = "") -> None:
        """Count a message of `topic` that cannot be what it claims."""
        count, first = self._impossible.get(topic, (0, reason))
        self._impossible[topic] = (count + 1, first)

    def add_stray(self, topic: str, stamp_ns: int) -> None:
        """Count a message of `topic` with the time of another clock."""
        self._first_ns = self._first_ns if self._strays else stamp_ns
        self._strays[topic] += 1

    def remarks(self) -> list[str]:
        """A line for each topic with impossible messages, and one for all strays."""
        lines = [
            f"{counted(count, 'impossible message')} of {topic} set aside"
            + (f": {reason}" if reason else "")
            for topic, (count, reason) in self._impossible.items()
        ]
        if self._strays:
            listed = ", ".join(f"{count} of {topic}" for topic, count in self._strays.items())
            first = _utc(self._first_ns)
            lines.append(f"stamps of another clock, set aside: {listed}, the first of {first}")
        return lines


def _utc(time_ns: int) -> str:
    try:
        moment = _EPOCH + timedelta(seconds=time_ns // NANOSECONDS)
    except OverflowError:
        return f"{time_ns // NANOSECONDS} s"
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC"
