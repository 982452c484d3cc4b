# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Notes for tests of the cores, in milliseconds and keys."""

from __future__ import annotations

from descant.types import Note

MS = 1_000_000


def on(at_ms: float, key: int, note_id: int, velocity: int = 64) -> Note:
    """A key going down at `at_ms`."""
    return Note(int(at_ms * MS), note_id, True, key, velocity, velocity << 7)


def off(at_ms: float, key: int, note_id: int) -> Note:
    """The key of note `note_id` going up at `at_ms`."""
    return Note(int(at_ms * MS), note_id, False, key, 64, 64 << 7)


def strokes(keys: list[int], period_ms: float = 100.0) -> list[Note]:
    """Keys struck one after the other, each released before the next."""
    notes = []
    for index, key in enumerate(keys):
        start = index * period_ms
        notes += [on(start, key, index + 1), off(start + period_ms / 2, key, index + 1)]
    return notes
