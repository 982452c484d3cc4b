# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Rows of the table `notes`: each note-off joined to its note-on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from descant.research.context import AddRow, RecordingContext
from descant.types import NANOSECONDS, PEDALS


class NoteRows:
    """Joins note-ons and note-offs. At most one note per key is open, so memory does not grow."""

    def __init__(self, context: RecordingContext, add: AddRow) -> None:
        """Rows of the table `notes` go to `add`."""
        self._context = context
        self._add = add
        self._open: dict[int, tuple[Any, ...]] = {}
        self._keys: dict[int, int] = {}
        self.unmatched_releases = 0
        """Note-offs whose note-on is not in the recording."""

    def add(self, stamp_ns: int, values: Sequence[int]) -> None:
        """Add one NoteEvent: (id, kind, key, velocity, velocity_14bit), in the order of stamps."""
        number, kind, key, velocity, velocity_14bit = values
        if not kind:
            self._close(stamp_ns, number, velocity)
            return
        before = self._keys.get(key)
        if before is not None:
            self._close(None, before, None)
        self._keys[key] = number
        pedals = (self._context.pedals[pedal] for pedal in PEDALS)
        fixed = (key, velocity, velocity_14bit, *pedals, self._context.part)
        self._open[number] = (stamp_ns, *fixed)

    def close(self) -> None:
        """Write the notes that are still held."""
        for number in list(self._open):
            self._close(None, number, None)

    def _close(self, stamp_ns: int | None, number: int, velocity: int | None) -> None:
        if number not in self._open:
            self.unmatched_releases += 1
            return
        onset_ns, key, on_velocity, on_14bit, *others = self._open.pop(number)
        if self._keys.get(key) == number:
            del self._keys[key]
        release = duration = None
        if stamp_ns is not None:
            release = self._context.seconds(stamp_ns)
            duration = (stamp_ns - onset_ns) / NANOSECONDS
        onset = self._context.seconds(onset_ns)
        times = (onset, onset_ns, release, stamp_ns, duration)
        self._add((number, *times, key, on_velocity, on_14bit, velocity, *others))
