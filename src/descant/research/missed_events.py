# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Recover notes and pedals that are missing from their topics from the blocks on /played.

A recorder that joins late receives new messages only (until version 0.4 the last 2,048 as well);
earlier events are in the blocks (`descant.event_blocks`). A block follows its events, and the
history comes in any order, so what is missing is known only at the end of the bag: events are
counted while the bag is read, and a bag that lacks any is read a second time.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Sequence
from itertools import islice
from typing import NamedTuple

from descant.bags.strays import PerformanceTimes
from descant.research.field_reader import StampedValues

MAX_WAITING = 8_192
"""Number of events that may wait for their block. Live it is a block's 128 and what arrives in half
a second, in bags of version 0.4 and earlier after a late start the 2,048 of the topic."""
REMEMBERED = 4_096
"""Newest events of large blocks: the small one of another node may have some of them as well."""


class MissedEvents(NamedTuple):
    """Events that are only in blocks, each in the order of the stamps.

    `times` are those of the performance where messages with other times are to be left out.
    """

    notes: Sequence[StampedValues] = ()
    pedals: Sequence[StampedValues] = ()
    times: PerformanceTimes = PerformanceTimes()

    @property
    def is_any(self) -> bool:
        """Whether the bag is to be read once more."""
        return bool(self.notes or self.pedals or self.times.sections)


NO_EVENTS = MissedEvents()


class BlockReconciler:
    """Compares the events received on one topic with those in the blocks.

    Exact while no more than `MAX_WAITING` events wait for their block. Where there are more (a bag
    without blocks) they are forgotten, and the events of later blocks from that time count as
    received: an event too few, as without blocks, is better than all of them twice.
    """

    def __init__(self) -> None:
        self._unsorted: deque[StampedValues] = deque()
        self._received: Counter[StampedValues] = Counter()
        self._missed: Counter[StampedValues] = Counter()
        self._blocks: set[tuple[int, int]] = set()
        self._rests: set[StampedValues] = set()
        self._in_blocks: dict[StampedValues, None] = {}  # of large blocks, the newest
        self._forgotten_ns: int | None = None

    def add_received(self, event: StampedValues) -> None:
        """Add an event that was received on the topic itself."""
        self._unsorted.append(event)
        if len(self._unsorted) > MAX_WAITING:
            self._sort()

    def add_block(
        self, run: int, first: int, events: list[StampedValues], *, rest: bool = False
    ) -> None:
        """Add a block; the same block again is ignored.

        A small block (`rest`) may have events of others, from several nodes: each counts once.
        """
        if not rest and (run, first) in self._blocks:
            return
        known = (self._rests, self._in_blocks)
        events = [event for event in events if not any(event in block for block in known)]
        if rest:
            self._rests.update(events)
        else:
            self._blocks.add((run, first))
            self._in_blocks |= dict.fromkeys(events)
            if len(self._in_blocks) > 2 * REMEMBERED:
                self._in_blocks = dict.fromkeys(islice(self._in_blocks, REMEMBERED, None))
        if not events:
            return
        unsorted = self._unsorted
        if list(islice(unsorted, len(events))) == events:  # the usual case: nothing was missed
            for _ in events:
                unsorted.popleft()
            return
        self._sort()
        for event in events:
            if event in self._received:
                _remove_one(self._received, event)
            elif self._forgotten_ns is None or event[0] > self._forgotten_ns:
                self._missed[event] += 1

    def missed(self) -> list[StampedValues]:
        """The events of the blocks that were not received, by stamp, then by their block."""
        self._sort()
        return sorted(self._missed.elements(), key=lambda event: event[0])

    def _sort(self) -> None:
        """Remove received events from the missed ones; the others wait for their block."""
        for event in self._unsorted:
            if event in self._missed:
                _remove_one(self._missed, event)
            else:
                self._received[event] += 1
        self._unsorted.clear()
        if len(self._received) > MAX_WAITING:
            newest_ns = max(event[0] for event in self._received)
            self._forgotten_ns = max(newest_ns, self._forgotten_ns or newest_ns)
            self._received.clear()


def _remove_one(events: Counter[StampedValues], event: StampedValues) -> None:
    if events[event] == 1:
        del events[event]
    else:
        events[event] -= 1
