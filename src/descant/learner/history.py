# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Gather what was played before a learner was started, and what is played meanwhile, in order.

Live topics keep nothing for late joiners: what was played comes in blocks, from several publishers,
in any order. New notes wait behind it until no more arrives and nothing is missing before them. DDS
numbers the messages of each publisher, so it is known how many notes came before the first new one.
A piano that is started again may be matched after its first notes: they are waited for as well.
"""

from __future__ import annotations

from collections import Counter, deque
from math import inf
from typing import NamedTuple

from descant.event_blocks import EventBlock, are_contiguous
from descant.types import NANOSECONDS, Note, Part, Pedal

RECENT = 1_024
"""Newest pedal movements that are remembered: the first blocks of a piano may have them too."""
NEW_BLOCKS = 64
"""Newest blocks of other pianos that are kept once the past was handed over."""
PastEvent = Note | Pedal | Part


class _FirstNote(NamedTuple):
    """The first new note: which process of a piano sent it, and how many it had sent before."""

    piano: int
    before: int


class History:
    """Separates history from new events."""

    def __init__(self) -> None:
        self._kept: list[PastEvent] = []
        self._blocks: set[EventBlock] = set()
        self._counts = Counter[PastEvent]()  # received live, or handed over from blocks
        self._of_blocks = Counter[PastEvent]()  # handed over from blocks, not yet received live
        self._notes: set[Note] = set()  # of all blocks
        self._known = Counter[int]()  # their number, by process of the piano
        self._first: _FirstNote | None = None
        self._handed_over = False
        self._waiting = False
        self._grown = False
        self._done = False
        self._pianos: set[int] = set()  # of which nothing is missing
        self._recent = deque[Pedal](maxlen=RECENT)
        self._new_blocks = deque[EventBlock](maxlen=NEW_BLOCKS)

    def defer(self, event: PastEvent, *, before: int = 0) -> bool:
        """Whether `event`, received live, is kept for `drain`; if not, the learner processes it.

        `before`: of a note, how many its publisher had sent before it.
        """
        if isinstance(event, Pedal):
            self._recent.append(event)
        if self._done and not (isinstance(event, Note) and self._begins(event, before)):
            return False
        if isinstance(event, Note) and self._first is None:
            self._first = _FirstNote(_piano(event), before)
        if isinstance(event, Note) and not self._waiting and not self._lacks_notes:
            self._end()
            return False
        if self._handed_over and not isinstance(event, Note) and not self._waiting:
            self._counts[event] += 1
            return False
        self._counts[event] += 1
        self._kept.append(event)
        self._waiting = self._waiting or isinstance(event, Note)
        return self._waiting

    def _begins(self, note: Note, before: int) -> bool:
        """Whether `note` is the first that was received of a new piano, and others came before.

        Then only the blocks of that piano are history, until it is complete.
        """
        piano = _piano(note)
        if piano in self._pianos:
            return False
        self._pianos.add(piano)
        if before == 0 or piano == 0:
            return False
        self._done, self._waiting, self._first = False, True, _FirstNote(piano, before)
        self._counts = Counter(self._recent)
        blocks = [block for block in self._new_blocks if _run_of(block) == piano]
        self._new_blocks.clear()
        for block in blocks:
            self.add_block(block)
        return True

    def repeats(self, event: PastEvent) -> bool:
        """Whether `event`, received live, was in `drain` from a block already: it is dropped.

        Equal events are counted: each of a block is dropped once.
        """
        if self._of_blocks[event] == 0:
            return False
        self._of_blocks[event] -= 1
        return True

    def add_block(self, block: EventBlock) -> None:
        """Add a block of history."""
        if not block.events or block in self._blocks:
            return
        if self._done or (self._pianos and _run_of(block) != self._first_piano):
            self._new_blocks.append(block)
            return
        self._blocks.add(block)
        self._waiting = self._grown = True
        new = set(block.notes) - self._notes
        self._notes |= new
        self._known.update(map(_piano, new))

    def wait(self) -> None:
        """Keep new notes too, until `drain`: history is still expected."""
        self._waiting = not self._done

    @property
    def done(self) -> bool:
        """Whether no more history is expected."""
        return self._done

    @property
    def idle(self) -> bool:
        """Whether there is nothing to hand over, and a new note would end the wait for it."""
        return not self._done and not self._waiting

    @property
    def incomplete(self) -> bool:
        """Whether more was played than the blocks have so far."""
        return not self._done and (self._lacks_notes or not are_contiguous(self._blocks))

    @property
    def _first_piano(self) -> int:
        return self._first.piano if self._first is not None else 0

    @property
    def _lacks_notes(self) -> bool:
        return self._first is not None and self._first.before > self._known[self._first.piano]

    def drain(self) -> tuple[list[PastEvent], list[PastEvent]]:
        """History and the new events behind it, each by time, once: when there are any, and no
        block has arrived since the last call. Two empty lists until then.

        What only a block has is a new event from the time of the first new one on, and when history
        was handed over before.
        """
        grown, self._grown = self._grown, False
        if self._done or grown or not self._waiting:
            return [], []
        self._waiting = False
        missed = self._missed()
        self._of_blocks.update(missed)
        new_ns = min((e.time_ns for e in self._kept if not isinstance(e, Part)), default=inf)
        ordered = sorted([*missed, *self._kept], key=lambda event: event.time_ns)
        is_past = bool(missed) and not self._handed_over
        past = [event for event in ordered if is_past and event.time_ns < new_ns]
        meanwhile = ordered[len(past) :]
        self._pianos |= {_piano(event) for event in self._kept if isinstance(event, Note)}
        self._kept, self._handed_over = [], True
        if self._first is not None:
            self._end()
        return past, meanwhile

    def _end(self) -> None:
        self._done = True
        self._pianos |= {*self._known, self._first_piano}
        self._blocks, self._notes, self._counts = set(), set(), Counter()

    def _missed(self) -> list[Note | Pedal]:
        """The events that only blocks have, each once: blocks of several publishers overlap."""
        missed: list[Note | Pedal] = []
        for block in sorted(self._blocks, key=lambda block: (block.run, block.first)):
            within = Counter[PastEvent]()  # two equal pedals in one block are two
            for event in block.events:
                within[event] += 1
                if within[event] > self._counts[event]:
                    self._counts[event] += 1
                    missed.append(event)
        return missed


def _piano(note: Note) -> int:
    """What the ids of one process of the piano have in common: see `MidiDecoder`."""
    return note.id >> 32


def _run_of(block: EventBlock) -> int:
    """The same of a block that the process made."""
    return block.run // NANOSECONDS
