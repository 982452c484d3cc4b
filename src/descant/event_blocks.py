"""What was played, in blocks: the past for whoever comes late (Played.msg).

The topics of notes and pedals keep their last messages only. Every event is said in a block as
well, soon after; blocks and last messages together are all that was played.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import NamedTuple, TypeVar

from descant.types import Event, Note, Pedal

BLOCK = 128
"""Events a block has at least."""

E = TypeVar("E", bound=Event)


class EventBlock(NamedTuple):
    """Events number `first` and on, of the piano's process `run`."""

    run: int
    first: int
    notes: tuple[Note, ...]
    pedals: tuple[Pedal, ...]

    @property
    def after(self) -> int:
        """Number of the event after its last."""
        return self.first + len(self.events)

    @property
    def events(self) -> tuple[Event, ...]:
        """All in it: the notes, then the pedals, each in their order."""
        return (*self.notes, *self.pedals)


class EventBlocks:
    """Gathers events into blocks, all that there are at once."""

    def __init__(self, run: int) -> None:
        self._run = run
        self._published = 0
        self._notes: list[Note] = []
        self._pedals: list[Pedal] = []

    def add(self, event: Event) -> None:
        """It happened."""
        if isinstance(event, Note):
            self._notes.append(event)
        else:
            self._pedals.append(event)

    def pop(self) -> EventBlock | None:
        """The next block; None while there are too few for one."""
        if len(self._notes) + len(self._pedals) < BLOCK:
            return None
        block = EventBlock(self._run, self._published, tuple(self._notes), tuple(self._pedals))
        self._published = block.after
        self._notes, self._pedals = [], []
        return block


def are_contiguous(blocks: Iterable[EventBlock]) -> bool:
    """Whether the blocks of each run follow each other from its first event on."""
    reached: dict[int, int] = {}
    for block in sorted(set(blocks), key=lambda block: (block.run, block.first)):
        if block.first != reached.get(block.run, 0):
            return False
        reached[block.run] = block.after
    return True


def merge_events(said: Iterable[E], heard: Collection[E]) -> list[E]:
    """All events once and in order of time: those `said` in blocks, and those `heard` themselves.

    Where all of `said` were heard, `heard` as it is.
    """
    known = set(heard)
    missed = [event for event in dict.fromkeys(said) if event not in known]
    if not missed:
        return list(heard)
    return sorted([*missed, *heard], key=lambda event: event.time_ns)
