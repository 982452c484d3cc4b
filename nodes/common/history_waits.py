# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""How long a learner that was started late waits for what belongs to the past."""

from __future__ import annotations

import time

from rclpy.node import Node

from descant import topics
from descant.learner.history import is_first_of_piano, piano_of
from descant.nodes.common.endpoints import Counted, all_matched, full_name, publisher_nodes
from descant.nodes.common.played_holder import PlayedHolder
from descant.types import Note

# For the history of /part, else notes would be learned by another part: on a busy machine the
# conductor is discovered seconds after the piano, and its messages come seconds later still.
NO_CONDUCTOR_S = 3.0
PART_TIMEOUT_S = 10.0
BLOCKS_TIMEOUT_S = 5.0  # for missing blocks of /played, where another node publishes it
NO_BLOCKS_S = 1.0  # and where none is known
HOLDERS_TIMEOUT_S = 3.0  # for the first block of each publisher of /played, once notes arrive
SUBSCRIBERS_TIMEOUT_S = 2.0  # for known subscribers of the states to be matched


class HistoryWaits:
    """Whether something of the past may still arrive; each wait has an end."""

    def __init__(self, node: Node, held: PlayedHolder) -> None:
        self._node, self._held = node, held
        self._started_s = time.monotonic()
        self._holders_due: float | None = None
        self._complete_piano: int | None = None
        self._blocks_due: float | None = None
        self._subscribers_due: float | None = None

    def for_part(self, *, arrived: bool) -> bool:
        """Whether the current part may still arrive."""
        waited_s = time.monotonic() - self._started_s
        conductor = self._node.count_publishers(full_name(self._node, topics.PART)) > 0
        return not arrived and waited_s < (PART_TIMEOUT_S if conductor else NO_CONDUCTOR_S)

    def for_holders(self, first: Note | None = None, *, before: int = 0) -> bool:
        """Whether a publisher of /played may still deliver what was played before.

        `first`: the note with which the wait begins; its publisher had sent `before` notes. If it
        is the first one of its piano, that piano has no blocks which are waited for.
        """
        if self._holders_due is None:
            self._holders_due = time.monotonic() + HOLDERS_TIMEOUT_S
            if first is not None and before == 0 and is_first_of_piano(first):
                self._complete_piano = piano_of(first)
        complete = self._held.has_received_all(but=self._complete_piano)
        return time.monotonic() < self._holders_due and not complete

    def for_subscribers(self, states: Counted) -> bool:
        """Whether known subscribers of the states may still be matched: nothing is sent again."""
        if self._subscribers_due is None:
            self._subscribers_due = time.monotonic() + SUBSCRIBERS_TIMEOUT_S
        waiting = not all_matched(self._node, states, topics.LEARNER_STATE)
        return waiting and time.monotonic() < self._subscribers_due

    def for_blocks(self, *, missing: bool) -> bool:
        """Whether blocks are `missing`, and may still arrive."""
        now_s = time.monotonic()
        if not missing:
            self._blocks_due = None
            return False
        if self._blocks_due is None:
            others = publisher_nodes(self._node, topics.PLAYED)
            self._blocks_due = now_s + (BLOCKS_TIMEOUT_S if others else NO_BLOCKS_S)
        return now_s < self._blocks_due
