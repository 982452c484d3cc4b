# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""A test that plays as the piano does: live notes, and the same in blocks for late joiners."""

from __future__ import annotations

import time
from collections.abc import Iterable

from descant import topics
from descant.event_blocks import EventBlock, EventBlocks
from descant.nodes.common.conversion import to_note_event, to_played
from descant.types import Note
from support.node import Listener


class Pianist:
    """Publishes on /notes and /played."""

    def __init__(self, ears: Listener) -> None:
        run = time.time_ns()
        self.notes = ears.publisher(topics.NOTES)
        self._played = ears.publisher(topics.PLAYED)
        self._blocks = EventBlocks(run)
        self._played.publish(to_played(EventBlock(run, 0, (), ())))

    def play(self, notes: Iterable[Note]) -> None:
        """Publish each note, and blocks of all of them."""
        for note in notes:
            self.notes.publish(to_note_event(note))
            self._blocks.add(note)
        while (block := self._blocks.pop(joining=True)) is not None:
            self._played.publish(to_played(block))
