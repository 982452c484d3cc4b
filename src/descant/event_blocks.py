"""Blocks of notes and pedals for late joiners (Played.msg).

/notes and /pedals keep their last messages only. Every event is published in a block as well, soon
after; blocks and last messages together are the whole history. Other nodes publish the blocks
again, since DDS forgets what a process published when the process dies.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple, TypeVar

from descant.types import Event, Note, Pedal

BLOCK = 128
"""Least number of events in a block of a piano that is alive."""

MOST_WAITING = 20_000
"""Most received events that may wait for their block."""

E = TypeVar("E", bound=Event)


class EventBlock(NamedTuple):
    """Events number `first` and following, of the piano's process `run`.

    An empty block is the first message of each publisher; `run` is 0 where it is no piano.
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
    def is_rest(self) -> bool:
        """Whether it is smaller than a piano's block: the rest of a dead one, or empty."""
        return len(self.notes) + len(self.pedals) < BLOCK

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
        if block.first > reached.get(block.run, 0):
            return False
        reached[block.run] = max(block.after, reached.get(block.run, 0))
    return True


class UnblockedEvents:
    """Events that were received and are in no block yet: of a dead piano nobody publishes them.

    An event belongs to the run of a piano that started last before it. A piano's block has `BLOCK`
    events or more, and all that are not later than its last one are in it or in an earlier one. The
    rest of a dead piano comes in smaller blocks, as it is received: notes and pedals may be late.
    """

    def __init__(self) -> None:
        self._events: dict[Event, None] = {}
        self._newest: dict[int, EventBlock] = {}
        self._rests: dict[int, tuple[EventBlock, ...]] = {}

    def add(self, event: Event) -> None:
        """Add an event that was received on its topic."""
        self._events[event] = None
        if len(self._events) > 2 * MOST_WAITING:
            self._events = dict.fromkeys(islice(self._events, MOST_WAITING, None))

    def add_block(self, block: EventBlock) -> None:
        """Add a block that was published: of a piano, or the rest of one."""
        if block.events and block.is_rest:
            self._rests[block.run] = (*self._rests.get(block.run, ()), block)
        newest = self._newest.get(block.run)
        if newest is None and block.is_rest:
            self._newest[block.run] = block._replace(notes=(), pedals=())
        elif newest is None or (
            not block.is_rest and (newest.is_rest or block.after > newest.after)
        ):
            self._newest[block.run] = block

    def pop(self, *, dead: bool) -> list[EventBlock]:
        """Return blocks of the pianos that were restarted; `dead`: the last one is gone too."""
        if not self._events or not self._newest:
            return []
        waiting = self._by_run()
        alive = None if dead else max(self._newest)
        made = [b for run in sorted(waiting) if run != alive for b in self._rest(run, waiting[run])]
        self._events = dict.fromkeys(waiting.get(alive, ()) if alive is not None else ())
        for block in made:
            self.add_block(block)
        return made

    def _by_run(self) -> dict[int, list[Event]]:
        """The events that no block has, by run."""
        runs = sorted(self._newest)
        within = {
            run: {e for block in (newest, *self._rests.get(run, ())) for e in block.events}
            for run, newest in self._newest.items()
        }
        found: dict[int, list[Event]] = {}
        for event in self._events:
            run = max((run for run in runs if run <= event.time_ns), default=None)
            if run is None or event.time_ns < self._newest[run].end_ns:
                continue
            if event not in within[run]:
                found.setdefault(run, []).append(event)
        return found

    def _rest(self, run: int, events: Sequence[Event]) -> Iterator[EventBlock]:
        """Blocks of `events`, each smaller than a piano's."""
        first = max(b.after for b in (self._newest[run], *self._rests.get(run, ())))
        for start in range(0, len(events), BLOCK - 1):
            some = events[start : start + BLOCK - 1]
            notes = tuple(event for event in some if isinstance(event, Note))
            pedals = tuple(event for event in some if isinstance(event, Pedal))
            yield EventBlock(run, first + start, notes, pedals)


def merge_events(in_blocks: Iterable[E], received: Collection[E]) -> list[E]:
    """Merge the events of blocks with those `received` themselves: each once, by time.

    Where every event of the blocks was received, `received` as it is.
    """
    known = set(received)
    missed = [event for event in dict.fromkeys(in_blocks) if event not in known]
    if not missed:
        return list(received)
    return sorted([*missed, *received], key=lambda event: event.time_ns)
