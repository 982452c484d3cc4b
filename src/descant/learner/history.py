# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Gather what was played before a learner was started, and what is played meanwhile, in order.

Live topics keep nothing for late joiners: what was played comes in blocks, from several publishers,
in any order. New notes wait behind it until no more arrives and nothing is missing before them. DDS
numbers the messages of each publisher, so it is known how many notes came before the first new one.
A piano that is started again may be matched after its first notes: its blocks have them.
"""

from __future__ import annotations

from collections import Counter, deque
from math import inf

from descant.event_blocks import EventBlock, are_contiguous
from descant.types import NANOSECONDS, Note, Part, Pedal

RECENT = 1_024
"""Newest pedal movements that are remembered: the first blocks of a piano may have them too."""
NEW_BLOCKS = 64
"""Newest blocks of other pianos that are kept once the past was handed over."""
PastEvent = Note | Pedal | Part


class History:
    """Separates history from new events."""

    def __init__(self) -> None:
        self._kept: list[PastEvent] = []
        self._blocks: set[EventBlock] = set()
        self._counts = Counter[PastEvent]()  # received live, or handed over from blocks
        self._of_blocks = Counter[PastEvent]()  # handed over from blocks; 0: received live since
        self._notes: set[Note] = set()  # of all blocks
        self._known = Counter[int]()  # their number, by piano: a process, or 0 for another's node
        self._met: set[int] = set()  # pianos of which a note was received live
        self._before: dict[int, int] = {}  # what these had sent before it, where that is missing
        self._is_over = False  # the past
        self._over_ns = 0  # time of its newest event
        self._handed_over = False
        self._waiting = False
        self._grown = False
        self._done = False
        self._recent = deque[Pedal](maxlen=RECENT)
        self._new_blocks = deque[EventBlock](maxlen=NEW_BLOCKS)

    def defer(self, event: PastEvent, *, before: int = 0) -> bool:
        """Whether `event`, received live, is kept for `drain`; if not, the learner processes it.

        `before`: of a note, how many its publisher had sent before it.
        """
        if isinstance(event, Pedal):
            self._recent.append(event)
        if isinstance(event, Note):
            self._meet(event, before)
        if self._done:
            return False
        if isinstance(event, Note) and not self._waiting and not self._lacks_notes:
            self._end([event])
            return False
        self._counts[event] += 1
        if self._handed_over and not isinstance(event, Note) and not self._waiting:
            return False
        self._kept.append(event)
        self._waiting = self._waiting or isinstance(event, Note)
        return self._waiting

    def _meet(self, note: Note, before: int) -> None:
        """Wait for what a piano had sent before its first note that was received.

        Once the past is over, not for another's node: its ids may be any numbers.
        """
        piano = piano_of(note)
        if piano in self._met:
            return
        self._met.add(piano)
        number = note.id - (piano << 32)  # of the keys struck
        is_own = piano > 0 and 0 < number <= before + 1
        if not self._is_over:
            self._before.setdefault(piano if is_own else 0, before)
        elif is_own and before > self._known[piano]:
            self._before[piano] = before
            self._reopen()

    def _reopen(self) -> None:
        """Wait for blocks of a new piano: then only they are history.

        The pedals as they are now come again, behind what the blocks have from before.
        """
        if not self._done:
            return
        self._done, self._waiting = False, True
        self._counts = Counter(self._recent) + self._of_blocks
        self._kept = list({pedal.pedal: pedal for pedal in self._recent}.values())
        blocks = list(self._new_blocks)
        self._new_blocks.clear()
        for block in blocks:
            self.add_block(block)

    def repeats(self, event: PastEvent) -> bool:
        """Whether `event`, received live, was in `drain` from a block already: it is dropped.

        Equal events are counted: each of a block is dropped once.
        """
        if self._of_blocks[event] == 0:
            return False
        self._of_blocks[event] -= 1
        if isinstance(event, Pedal):
            self._recent.append(event)
        return True

    def add_block(self, block: EventBlock) -> None:
        """Add a block of history; once the past is over, what it has of a new piano."""
        if not block.events or block in self._blocks:
            return
        if self._is_over:
            notes = tuple(note for note in block.notes if self._is_missing(note))
            if self._done or not (notes or _run_of(block) in self._before):
                self._new_blocks.append(block)
                if notes:
                    self._reopen()
                return
            block = block._replace(notes=notes)
        self._blocks.add(block)
        self._waiting = self._grown = True
        new = set(block.notes) - self._notes
        self._notes |= new
        self._known.update(map(piano_of, new))

    def _is_missing(self, note: Note) -> bool:
        """Whether a note of a block is a new piano's, and was not handed over."""
        piano, is_later = piano_of(note), note.time_ns > self._over_ns
        is_new = piano in self._before or (piano not in self._met and is_later)
        return is_new and note not in self._of_blocks

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
        has_gap = not self._is_over and not are_contiguous(self._blocks)
        return not self._done and (self._lacks_notes or has_gap)

    @property
    def _lacks_notes(self) -> bool:
        return any(
            before > (self._known[piano] if piano else len(self._notes))
            for piano, before in self._before.items()
        )

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
        self._kept, self._handed_over = [], True
        if self._met:
            self._end(ordered)
        return past, meanwhile

    def _end(self, events: list[PastEvent]) -> None:
        if not self._is_over:
            self._over_ns = max(event.time_ns for event in events)
        self._done = self._is_over = self._handed_over = True
        self._before = {}
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


def piano_of(note: Note) -> int:
    """What the ids of one process of the piano have in common: see `MidiDecoder`."""
    return note.id >> 32


def is_first_of_piano(note: Note) -> bool:
    """Whether a process of the piano played nothing before `note`."""
    return note.on and piano_of(note) > 0 and note.id & 0xFFFFFFFF == 1


def _run_of(block: EventBlock) -> int:
    """The same of a block that the process made."""
    return block.run // NANOSECONDS
