# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Drop the messages of a bag that are not of the chosen performance, or are on two topics."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable

from descant.bags.performances import Key, PerformanceChoice
from descant.bags.records import Record
from descant.plain_text import counted, plain


class PerformanceFilter:
    """Drops the messages that are not of the chosen performance, and what is on two topics."""

    def __init__(self, choice: PerformanceChoice) -> None:
        self._left_out, self._again = choice.left_out, choice.again
        self._both = defaultdict[Key, set[int]](set)  # topic -> hashes of what it carries
        self._found = Counter[Key]()

    @property
    def is_needed(self) -> bool:
        """Whether any message may be dropped."""
        return bool(self._left_out or self._again)

    @property
    def needs_all(self) -> bool:
        """Whether every message must be added before one is chosen."""
        return bool(self._again)

    def add(self, records: Iterable[Record]) -> None:
        """Add messages, kept or not."""
        wanted = set(self._again.values())
        for topic, _, _, _, data in records:
            key = topic.name, topic.message_type
            if key in wanted:
                self._both[key].add(hash(data))

    def keep(self, records: Iterable[Record]) -> list[Record]:
        """Those that are read."""
        return [record for record in records if self._is_kept(record)]

    def _is_kept(self, record: Record) -> bool:
        key = record.topic.name, record.topic.message_type
        if key in self._left_out:
            return False
        if key in self._again and hash(record.data) in self._both[self._again[key]]:
            self._found[key] += 1
            return False
        return True

    def remarks(self) -> list[str]:
        """A line for each topic that carries what another does, after one pass."""
        return [
            f"{counted(count, 'message')} of {plain(name)} set aside: also on "
            f"{plain(self._again[name, kind][0])}"
            for (name, kind), count in self._found.items()
        ]
