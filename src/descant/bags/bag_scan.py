# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Read all messages of a bag in the order of their log times, whatever that of its files is.

A first pass finds when the messages of each part of a file were received, a second one reads the
parts in that order. Of a bag in order of time one part at a time is in memory; of one that is
stored by topic about one for each topic.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator
from operator import attrgetter
from pathlib import Path
from typing import NamedTuple

from descant.bags import metadata
from descant.bags.files import bag_folder
from descant.bags.log_times import LogTimes
from descant.bags.performance_filter import PerformanceFilter
from descant.bags.performances import Key, choose
from descant.bags.scan import Record, Scan, open_scans
from descant.bags.topics import RecordedTopic
from descant.errors import UserError
from descant.plain_text import plain

PART_BYTES = 1 << 20
"""Least size of the messages in a part of a file that is read at once."""
MOST_WAITING_BYTES = 128 << 20
"""Messages that wait for earlier ones; with more, the earliest of them are read at once."""
_OVERHEAD = 300
"""Approximate memory of one message besides its data, bytes."""


class _Part(NamedTuple):
    """The bytes of a file from `begin` to `end`, and the earliest usual log time in them."""

    start_ns: int
    scan: Scan
    begin: int
    end: int | None


class BagScan:
    """One pass or more over all files of a bag, in the order of log times: the messages of one
    performance, and those of other packages.

    A message with a stray log time (see `log_times`) has that of the one before it. `start_ns` and
    `end_ns` are the earliest and the latest of all other times, 0 in a bag without messages, and
    `count` is the number of the messages. `choice` is the performance. `damage` has a line for each
    damaged file and one for those that are missing, or one where metadata.yaml names more messages.
    """

    def __init__(self, bag: Path, namespace: str | None = None) -> None:
        """Find the files, and read through them; of several performances that in `namespace` is
        read (see `choose`). `UserError` where there is no bag, or no performance in `namespace`.
        """
        folder = bag_folder(bag)
        self._scans, unread = open_scans(folder.files)
        self._counts = Counter[int]()  # by identity of a topic
        times = LogTimes()
        parts = [part for scan in self._scans for part in self._survey(scan, times)]
        self.start_ns, self.end_ns = times.span() or (0, 0)
        self._strays = times.has_strays()
        self._parts = sorted(self._without_strays(parts), key=lambda part: part.start_ns)
        self.damage = [f"{plain(s.path.name)}: {s.damage}" for s in self._scans if s.damage]
        self.damage += [*unread, *folder.damage]
        whole = self._counts.total()
        if not self.damage and bag.is_dir() and (lack := metadata.shortfall(bag, whole)):
            self.damage.append(lack)
        counts = self._by_topic()
        try:
            self.choice = choose(counts, namespace)
        except UserError as error:
            raise UserError(f"{bag}: {error}") from None
        self.count = whole - sum(counts[key] for key in self.choice.left_out)
        self._filter: PerformanceFilter | None = None
        self._remarks = (*folder.remarks, *self.choice.remarks)

    @property
    def remarks(self) -> tuple[str, ...]:
        """A line for files and one for performances that are not read, and after a pass for what
        was on two topics.
        """
        return (*self._remarks, *(self._filter.remarks() if self._filter else ()))

    @property
    def topics(self) -> dict[RecordedTopic, int]:
        """The topics that are read, each with the number of its messages in all files."""
        counts, found = self._by_topic(), dict[Key, RecordedTopic]()
        for scan in self._scans:
            for topic in scan.topics:
                found.setdefault((topic.name, topic.message_type), topic)
        return {
            topic: counts[key] for key, topic in found.items() if key not in self.choice.left_out
        }

    def __iter__(self) -> Iterator[Record]:
        """Every whole message, in the order of log times; those of equal ones as in the file."""
        self.count = 0
        self._filter = self._new_filter()
        for scan in self._scans:
            scan.begin_pass()
        waiting: list[Record] = []
        bounds = [*(part.start_ns for part in self._parts[1:]), None]
        for part, bound in zip(self._parts, bounds, strict=False):  # no part: one bound
            size = _size(waiting)
            for records in self._records(part):
                waiting += records
                size += _size(records)
                if size > MOST_WAITING_BYTES:
                    waiting.sort(key=_log_time)
                    yield from self._take(waiting, len(waiting) // 2)
                    size = _size(waiting)
            waiting.sort(key=_log_time)
            ready = len(waiting)
            if bound is not None:
                ready = bisect_left(waiting, bound, key=_log_time)
            yield from self._take(waiting, ready)

    def _survey(self, scan: Scan, times: LogTimes) -> Iterator[_Part]:
        """The parts of a file, each with its earliest time of all."""
        begin, size, start_ns = scan.begin, 0, None
        for piece in scan.pieces():
            if size >= PART_BYTES and start_ns is not None and piece.begin > begin:
                yield _Part(start_ns, scan, begin, piece.begin)
                begin, size, start_ns = piece.begin, 0, None
            found = [record.log_time_ns for record in piece.records]
            times.add(found)
            self._counts.update([id(record.topic) for record in piece.records])
            size += sum(len(record.data) for record in piece.records)
            start_ns = min(found if start_ns is None else [start_ns, *found], default=None)
        if start_ns is not None:
            yield _Part(start_ns, scan, begin, None)

    def _without_strays(self, parts: list[_Part]) -> Iterator[_Part]:
        """The parts, those with a stray time at the time of the part before."""
        start_ns = self.start_ns
        for part in parts:
            if self.start_ns <= part.start_ns <= self.end_ns:
                start_ns = part.start_ns
            yield part._replace(start_ns=start_ns)

    def _records(self, part: _Part) -> Iterator[list[Record]]:
        """The messages of a part; a stray one has the time of the one before."""
        time_ns = part.start_ns
        for _, records in part.scan.pieces(part.begin, part.end):
            for place, record in enumerate(records) if self._strays else ():
                if self.start_ns <= record.log_time_ns <= self.end_ns:
                    time_ns = record.log_time_ns
                else:
                    records[place] = record._replace(log_time_ns=time_ns)
            yield self._filter.keep(records) if self._filter else records

    def _by_topic(self) -> Counter[Key]:
        """The number of messages of each topic, by name and type."""
        counts = Counter[Key]()
        for scan in self._scans:
            for topic in scan.topics:
                counts[topic.name, topic.message_type] += self._counts[id(topic)]
        return counts

    def _new_filter(self) -> PerformanceFilter | None:
        """What drops messages in the pass that begins, if any are to be dropped."""
        found = PerformanceFilter(self.choice)
        if found.needs_all:
            for scan in self._scans:
                scan.begin_pass()
                for piece in scan.pieces():
                    found.add(piece.records)
        return found if found.is_needed else None

    def _take(self, waiting: list[Record], count: int) -> list[Record]:
        """Remove and count the first `count` messages."""
        taken = waiting[:count]
        del waiting[:count]
        self.count += count
        return taken


def _size(records: list[Record]) -> int:
    return sum([len(record.data) for record in records]) + _OVERHEAD * len(records)


_log_time = attrgetter("log_time_ns")
