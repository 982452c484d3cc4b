# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Keys and pedals that are down, and what releases them when their player is gone.

A message does not tell who sent it. The ids of a piano's notes tell its process (`MidiDecoder`), so
what another player holds down can be told from what the living piano does.
"""

from __future__ import annotations

from descant.types import Event, Note, Pedal

RELEASE_VELOCITY = 64


class HeldKeys:
    """What is down, by the events of all players."""

    def __init__(self) -> None:
        self._down: dict[int, Note] = {}  # by id
        self._pedals: dict[int, int] = {}
        self._newest = 0  # process of a piano

    def add(self, event: Event) -> None:
        """Add a note or pedal movement."""
        if isinstance(event, Pedal):
            self._pedals[event.pedal] = event.value
        elif event.on:
            self._down[event.id] = event
            self._newest = max(self._newest, _piano(event))
        else:
            self._down.pop(event.id, None)

    def before(self, note: Note) -> list[Note]:
        """Return the offs, just before `note`, of what the piano held whose successor sent it.

        A piano that was started again knows nothing of the keys that were down.
        """
        if not 0 < self._newest < _piano(note):
            return []
        old = [held for held in self._down.values() if _piano(held) > 0]
        return [_off(held, note.time_ns - 1) for held in old]

    def of_the_gone(self, time_ns: int, *, is_any_left: bool) -> list[Event]:
        """Return what releases the keys of a player that has left the graph.

        While any other player is left, it may be the newest piano, and what is down may be its.
        """
        found: list[Event] = [
            _off(note, time_ns)
            for note in self._down.values()
            if not (is_any_left and _piano(note) == self._newest > 0)
        ]
        if not is_any_left:
            found += [Pedal(time_ns, pedal, 0) for pedal, value in self._pedals.items() if value]
        return found


def _off(note: Note, time_ns: int) -> Note:
    return Note(time_ns, note.id, False, note.key, RELEASE_VELOCITY, RELEASE_VELOCITY << 7)


def _piano(note: Note) -> int:
    return note.id >> 32
