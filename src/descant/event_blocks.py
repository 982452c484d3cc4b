# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Blocks of notes and pedals for late joiners (Played.msg).

/notes and /pedals keep nothing for late joiners. Every event is published in a block as well: once
there are enough for one, and as soon as somebody joins. Other nodes publish the blocks again, since
DDS forgets what a process published when the process dies, and make blocks of events that nobody
puts into one: of players that are no piano of Descant, and of pianos that died.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from itertools import islice, takewhile
from math import inf
from typing import NamedTuple, TypeVar

from descant.types import NANOSECONDS, Event, Note, Pedal

BLOCK = 128
"""Number of events for which a piano makes a block, though nobody joins."""

SMALL_BLOCK = 32
"""Most events of the blocks that a piano makes while somebody joins: a larger one would delay the
notes behind it, in piano and learner, by milliseconds."""

OVERDUE_S = 3.0
"""Seconds that a block's events may wait until somebody else than their player makes it."""

SETTLED_S = 0.8
"""So long after a publisher's first block the blocks for a new subscriber may still arrive."""

REMEMBERED = 4_096
"""Newest events of blocks that are remembered: an event may arrive after its block."""

E = TypeVar("E", bound=Event)


class EventBlock(NamedTuple):
    """Events number `first` and following, of those that the process `run` puts into blocks.

    `run` is when the process started, in nanoseconds since the epoch. An empty block is the first
    message of each publisher.
    """

    run: int
    first: int
    notes: tuple[Note, ...]
    pedals: tuple[Pedal, ...]

    @property
    def after(self) -> int:
        """Number of the event after the last one."""
        return self.first + len(self.events)

    @property
    def end_ns(self) -> int:
        """Time of the last event; that of the start of the run where there is none."""
        return max((event.time_ns for event in self.events), default=self.run)

    @property
    def events(self) -> tuple[Event, ...]:
        """The notes, then the pedals, each in their order."""
        return (*self.notes, *self.pedals)


class EventBlocks:
    """Collects events into blocks."""

    def __init__(self, run: int) -> None:
        self._run = run
        self._published = 0
        self._events: list[Event] = []

    def add(self, event: Event) -> None:
        """Add an event to those of the next block."""
        self._events.append(event)

    def pop(self, *, joining: bool = False) -> EventBlock | None:
        """Return a block of the first `BLOCK` collected events; None while there are fewer.

        `joining`: of the first `SMALL_BLOCK`, or of all where they are fewer.
        """
        least, most = (1, SMALL_BLOCK) if joining else (BLOCK, BLOCK)
        if len(self._events) < least:
            return None
        events, self._events = self._events[:most], self._events[most:]
        notes = tuple(event for event in events if isinstance(event, Note))
        pedals = tuple(event for event in events if isinstance(event, Pedal))
        block = EventBlock(self._run, self._published, notes, pedals)
        self._published = block.after
        return block


def are_contiguous(blocks: Iterable[EventBlock]) -> bool:
    """Whether the blocks of each run have all events from the first one on, without a gap."""
    reached: dict[int, int] = {}
    for block in sorted(set(blocks), key=lambda block: (block.run, block.first)):
        if block.first > reached.get(block.run, 0):
            return False
        reached[block.run] = max(block.after, reached.get(block.run, 0))
    return True


class FirstBlocks:
    """When the first, empty block of each publisher arrived."""

    def __init__(self) -> None:
        self._arrivals: list[tuple[int, float]] = []

    def add(self, block: EventBlock, now_s: float) -> None:
        """Add one that arrived at `now_s` (monotonic clock)."""
        self._arrivals.append((block.run, now_s))

    def are_settled(self, publishers: int, now_s: float, *, but: int | None = None) -> bool:
        """Whether all of so many `publishers` had the time for blocks for a new subscriber.

        Except the piano whose notes have the upper half of ids `but` (the second of its start).
        """
        if len(self._arrivals) < publishers:
            return False
        return all(
            arrived_s < now_s - SETTLED_S or run // NANOSECONDS == but
            for run, arrived_s in self._arrivals
        )


class UnblockedEvents:
    """Events that were received and are in no block yet, with the time of their arrival.

    Blocks of them have fewer than `BLOCK` events: several nodes may make blocks of the same ones,
    and readers count the events of small blocks once.
    """

    def __init__(self, run: int) -> None:
        self._run = run
        self._published = 0
        self._waiting: dict[Event, float] = {}
        self._in_blocks: dict[Event, None] = {}  # the newest

    def add(self, event: Event, now_s: float) -> None:
        """Add an event that was received on its topic at `now_s` (monotonic clock)."""
        if event not in self._in_blocks:
            self._waiting.setdefault(event, now_s)

    def add_block(self, block: EventBlock) -> None:
        """Forget the events of a block that was published."""
        for event in block.events:
            self._waiting.pop(event, None)
        self._in_blocks |= dict.fromkeys(block.events)
        if len(self._in_blocks) > 2 * REMEMBERED:
            self._in_blocks = dict.fromkeys(islice(self._in_blocks, REMEMBERED, None))

    def is_overdue(self, now_s: float) -> bool:
        """Whether there are enough for a block, and their player would have made it by now."""
        last = next(islice(self._waiting.values(), BLOCK - 1, None), None)
        return last is not None and last < now_s - OVERDUE_S

    def pop(self, before_s: float = inf) -> list[EventBlock]:
        """Return blocks of the events that arrived before `before_s`."""
        old = takewhile(lambda item: item[1] < before_s, self._waiting.items())
        return self.block([event for event, _ in old])

    def block(self, events: Sequence[Event]) -> list[EventBlock]:
        """Return blocks of `events`, whether they were received or not."""
        made: list[EventBlock] = []
        for start in range(0, len(events), BLOCK - 1):
            some = events[start : start + BLOCK - 1]
            notes = tuple(event for event in some if isinstance(event, Note))
            pedals = tuple(event for event in some if isinstance(event, Pedal))
            made.append(EventBlock(self._run, self._published, notes, pedals))
            self._published += len(some)
        for block in made:
            self.add_block(block)
        return made


def merge_events(in_blocks: Iterable[E], received: Collection[E]) -> list[E]:
    """Merge the events of blocks with those `received` themselves: each once, by time.

    Where every event of the blocks was received, `received` as it is.
    """
    known = set(received)
    missed = [event for event in dict.fromkeys(in_blocks) if event not in known]
    if not missed:
        return list(received)
    return sorted([*missed, *received], key=lambda event: event.time_ns)
