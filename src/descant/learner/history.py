"""What was played before a learner began, gathered from several topics and put in order.

Each topic hands over its past in its own time, so the past is gathered until nothing more of it
comes; what is played meanwhile waits behind it. Where the first note heard is a new one there is
no past to wait for. A topic keeps its last messages only: what was before them comes in blocks.
"""

from __future__ import annotations

from typing import NamedTuple

from descant.event_blocks import EventBlock, are_contiguous
from descant.types import Note, Pedal


class PartBegins(NamedTuple):
    """Part `part` begins at `time_ns`; `start` grows with every change and every restart."""

    time_ns: int
    part: int
    start: int


PastEvent = Note | Pedal | PartBegins


class History:
    """Sorts the past from what is new."""

    def __init__(self, kept: int) -> None:
        """`kept` messages, the last, each topic keeps."""
        self._topic_keeps = kept
        self._kept: list[tuple[PastEvent, bool]] = []
        self._blocks: set[EventBlock] = set()
        self._waiting = False
        self._grown = False
        self._done = False

    def defer(self, what: PastEvent, *, past: bool) -> bool:
        """Whether `what` is kept for `settled`; if not, it is to be taken now.

        `past`: it was sent before the learner began.
        """
        if self._done:
            return False
        if isinstance(what, Note) and not past and not self._waiting:
            self._done = True  # a topic keeps its order: no earlier note can follow
            return False
        if not past and not self._waiting:
            return False
        self._kept.append((what, past))
        self._grown = self._grown or past
        self._waiting = self._waiting or (past and isinstance(what, Note))
        return True

    def add_block(self, block: EventBlock) -> None:
        """A block of the past."""
        if not self._done:
            self._blocks.add(block)
            self._grown = True

    @property
    def incomplete(self) -> bool:
        """Whether more was played than a topic keeps, and the blocks do not make up for it yet."""
        if self._done:
            return False
        for kind in (Note, Pedal):
            heard = [what for what, _ in self._kept if isinstance(what, kind)]
            if len(heard) >= self._topic_keeps and not self._reach(heard[0]):
                return True
        return False

    def _reach(self, what: Note | Pedal) -> bool:
        """Whether the blocks have all from the first event to this one."""
        return are_contiguous(self._blocks) and any(what in block.events for block in self._blocks)

    def drain(self) -> tuple[list[PastEvent], list[PastEvent]]:
        """What is past and what came meanwhile, each by time, once: where a note of the past has
        come and no more since the last call; until then nothing."""
        grown, self._grown = self._grown, False
        if self._done or grown or not self._waiting:
            return [], []
        self._done = True
        ordered = sorted(self._missed() + self._kept, key=lambda kept: kept[0].time_ns)
        return [w for w, past in ordered if past], [w for w, past in ordered if not past]

    def _missed(self) -> list[tuple[PastEvent, bool]]:
        """What is in the blocks alone."""
        known = {what for what, _ in self._kept}
        blocks = sorted(self._blocks, key=lambda block: (block.run, block.first))
        said = (event for block in blocks for event in block.events)
        return [(event, True) for event in said if event not in known]
