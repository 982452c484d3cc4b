"""What was played before a learner began, gathered from several topics and put in order.

Each topic hands over its past in its own time, so the past is gathered until nothing more of it
comes; what is played meanwhile waits behind it. Where the first note heard is a new one there is
no past to wait for.
"""

from __future__ import annotations

from typing import NamedTuple

from descant.events import Note, Pedal


class PartBegins(NamedTuple):
    """Part `part` begins at `time_ns`; `start` grows with every change and every restart."""

    time_ns: int
    part: int
    start: int


Happened = Note | Pedal | PartBegins


class History:
    """Sorts the past from what is new."""

    def __init__(self) -> None:
        self._kept: list[tuple[Happened, bool]] = []
        self._waiting = False
        self._grown = False
        self._done = False

    def keeps(self, what: Happened, *, past: bool) -> bool:
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

    def settled(self) -> tuple[list[Happened], list[Happened]]:
        """What is past and what came meanwhile, each by time, once: where a note of the past has
        come and no more since the last call; until then nothing."""
        grown, self._grown = self._grown, False
        if self._done or grown or not self._waiting:
            return [], []
        self._done = True
        ordered = sorted(self._kept, key=lambda kept: kept[0].time_ns)
        return [w for w, past in ordered if past], [w for w, past in ordered if not past]
