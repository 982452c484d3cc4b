"""Gather what was played before a learner was started, from several topics, in order of time.

Each topic delivers its history in its own time, so history is gathered until no more arrives; new
events wait behind it. Where the first note that arrives is a new one there is no history to wait
for. A topic keeps its last messages only: earlier events come in blocks. Blocks may arrive first:
what they delivered is dropped when its topic delivers it too.
"""

from __future__ import annotations

from collections import Counter
from math import inf

from descant.event_blocks import EventBlock, are_contiguous
from descant.types import Note, Part, Pedal

PastEvent = Note | Pedal | Part


class History:
    """Separates history from new events."""

    def __init__(self, kept: int) -> None:
        """`kept`: how many messages each topic keeps for late joiners."""
        self._topic_keeps = kept
        self._kept: list[tuple[PastEvent, bool]] = []
        self._blocks: set[EventBlock] = set()
        self._of_blocks = Counter[PastEvent]()
        self._end_ns = 0  # of the notes that were handed over, or not kept
        self.late = False
        """Whether an old note came after a newer one had been handed over."""
        self._piano = 0  # the run of the newest one
        self._waiting = False
        self._grown = False
        self._done = False

    def defer(self, event: PastEvent, *, past: bool) -> bool:
        """Whether `event` is kept for `drain`; if not, the learner processes it now.

        `past`: it was sent before the learner was started.
        """
        if isinstance(event, Note) and not past and not self._waiting:
            self._done = True  # a topic keeps its order: no earlier note can follow
        if self._done:
            self._hand_over(event, past=past)
            return False
        if not past and not self._waiting:
            return False
        self._kept.append((event, past))
        self._grown = self._grown or past
        self._waiting = self._waiting or (past and isinstance(event, Note))
        return True

    def _hand_over(self, event: PastEvent, *, past: bool = False) -> None:
        if isinstance(event, Note):
            self.late = self.late or (past and event.time_ns < self._end_ns)
            self._end_ns = max(self._end_ns, event.time_ns)

    def repeats(self, event: PastEvent) -> bool:
        """Whether `event`, which its topic delivered, was in `drain` from a block: it is dropped.

        Equal events are counted: each of a block is dropped once.
        """
        if self._of_blocks[event] == 0:
            return False
        self._of_blocks[event] -= 1
        return True

    def add_block(self, block: EventBlock, *, past: bool = True) -> None:
        """Add a block of history; `past`: it was sent before the learner was started."""
        self._piano = max(self._piano, block.run)
        if not self._done and block.events:
            self._blocks.add(block)
            self._waiting = True
            self._grown = self._grown or past

    def wait(self) -> None:
        """Keep new notes too, until `drain`: history is still expected."""
        self._waiting = not self._done

    @property
    def done(self) -> bool:
        """Whether no more history is expected."""
        return self._done

    @property
    def idle(self) -> bool:
        """Whether no history has arrived yet, and a new note would end the wait for it."""
        return not self._done and not self._waiting

    @property
    def incomplete(self) -> bool:
        """Whether more was played than a topic keeps, and the blocks do not fill the gap yet."""
        if self._done:
            return False
        for kind in (Note, Pedal):
            kept = [event for event, _ in self._kept if isinstance(event, kind)]
            if len(kept) >= self._topic_keeps and not self._reach(kept[0]):
                return True
        return False

    @property
    def behind(self) -> bool:
        """Whether blocks of the newest piano have later notes than its topic delivered so far."""
        newest = (
            note for block in self._blocks if block.run == self._piano for note in block.notes
        )
        kept = (event.time_ns for event, _ in self._kept if isinstance(event, Note))
        return max((note.time_ns for note in newest), default=0) > max(kept, default=0)

    def _reach(self, event: Note | Pedal) -> bool:
        """Whether the blocks hold every event from the first to this one."""
        return are_contiguous(self._blocks) and any(event in block.events for block in self._blocks)

    def drain(self) -> tuple[list[PastEvent], list[PastEvent]]:
        """History and the new events behind it, each by time, once: when there is any and it has
        not grown since the last call. Two empty lists until then.

        An event that only a block has, from the first new one on, is a new one too.
        """
        grown, self._grown = self._grown, False
        if self._done or grown or not self._waiting:
            return [], []
        self._done = True
        missed = self._missed()
        self._of_blocks.update(missed)
        new_ns = min((e.time_ns for e, past in self._kept if not past), default=inf)
        events = [(event, event.time_ns < new_ns) for event in missed] + self._kept
        ordered = sorted(events, key=lambda kept: kept[0].time_ns)
        for event, _ in ordered:
            self._hand_over(event)
        self._kept, self._blocks = [], set()
        return [e for e, past in ordered if past], [e for e, past in ordered if not past]

    def _missed(self) -> list[Note | Pedal]:
        """The events that are only in the blocks, each once: blocks of a dead piano may overlap."""
        counts = Counter(event for event, _ in self._kept)
        missed: list[Note | Pedal] = []
        for block in sorted(self._blocks, key=lambda block: (block.run, block.first)):
            within = Counter[PastEvent]()  # two equal pedals in one block are two
            for event in block.events:
                within[event] += 1
                if within[event] > counts[event]:
                    counts[event] += 1
                    missed.append(event)
        return missed
