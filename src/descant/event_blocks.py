"""Blocks of notes and pedals for late joiners (Played.msg).

/notes and /pedals keep their last messages only. Every event is published in a block as well, soon
after; blocks and last messages together are the whole history.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import NamedTuple, TypeVar

from descant.types import Event, Note, Pedal

BLOCK = 128
"""Least number of events in a block."""

E = TypeVar("E", bound=Event)


class EventBlock(NamedTuple):
    """Events number `first` and following, of the piano's process `run`."""

    run: int
    first: int
    notes: tuple[Note, ...]
    pedals: tuple[Pedal, ...]

    @property
    def after(self) -> int:
        """Number of the event after the last one."""
        return self.first + len(self.events)

    @property
    def events(self) -> tuple[Event, ...]:
        """The notes, then the pedals, each in their order."""
        return (*self.notes, *self.pedals)


class EventBlocks:
    """Collects events into blocks."""

    def __init__(self, run: int) -> None:
        self._run = run
        self._published = 0
        self._notes: list[Note] = []
        self._pedals: list[Pedal] = []

    def add(self, event: Event) -> None:
        """Add an event to the next block."""
        if isinstance(event, Note):
            self._notes.append(event)
        else:
            self._pedals.append(event)

    def pop(self) -> EventBlock | None:
        """Return a block of all collected events; None while there are fewer than `BLOCK`."""
        if len(self._notes) + len(self._pedals) < BLOCK:
            return None
        block = EventBlock(self._run, self._published, tuple(self._notes), tuple(self._pedals))
        self._published = block.after
        self._notes, self._pedals = [], []
        return block


def are_contiguous(blocks: Iterable[EventBlock]) -> bool:
    """Whether the blocks of each run have all events from the first one on, without a gap."""
    reached: dict[int, int] = {}
    for block in sorted(set(blocks), key=lambda block: (block.run, block.first)):
        if block.first != reached.get(block.run, 0):
            return False
        reached[block.run] = block.after
    return True


def merge_events(in_blocks: Iterable[E], received: Collection[E]) -> list[E]:
    """Merge the events of blocks with those `received` themselves: each once, by time.

    Where every event of the blocks was received, `received` as it is.
    """
    known = set(received)
    missed = [event for event in dict.fromkeys(in_blocks) if event not in known]
    if not missed:
        return list(received)
    return sorted([*missed, *received], key=lambda event: event.time_ns)
