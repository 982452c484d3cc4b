"""Notes of a recording: each release joined to its onset as it comes by."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from descant.types import NANOSECONDS, PEDALS

Add = Callable[[tuple[Any, ...]], None]


class Moment:
    """What holds at the moment up to which a recording has been read."""

    def __init__(self, start_ns: int) -> None:
        """`start_ns` is where the recording's seconds count from (epoch)."""
        self.start_ns = start_ns
        self.part: int | None = None
        self.pedals: dict[int, int] = dict.fromkeys(PEDALS, 0)

    def seconds(self, time_ns: int) -> float:
        """Seconds from the recording's start to `time_ns` (epoch)."""
        return (time_ns - self.start_ns) / NANOSECONDS


class NoteJoiner:
    """Joins onsets and releases; at most one note per key is open, so memory does not grow."""

    def __init__(self, now: Moment, add: Add) -> None:
        """Rows of the table `notes` go to `add`."""
        self._now = now
        self._add = add
        self._open: dict[int, tuple[Any, ...]] = {}
        self._keys: dict[int, int] = {}
        self.orphans = 0
        """Releases without an onset: the recording began after it."""

    def take(self, stamp_ns: int, values: Sequence[int]) -> None:
        """One NoteEvent: (kind, id, key, velocity, velocity_14bit), in the order of the stamps."""
        kind, number, key, velocity, velocity_14bit = values
        if not kind:
            self._release(stamp_ns, number, velocity)
            return
        before = self._keys.get(key)
        if before is not None:
            self._release(None, before, None)
        self._keys[key] = number
        pedals = (self._now.pedals[pedal] for pedal in PEDALS)
        fixed = (key, velocity, velocity_14bit, *pedals, self._now.part)
        self._open[number] = (stamp_ns, *fixed)

    def close(self) -> None:
        """The notes that are still held."""
        for number in list(self._open):
            self._release(None, number, None)

    def _release(self, stamp_ns: int | None, number: int, velocity: int | None) -> None:
        if number not in self._open:
            self.orphans += 1
            return
        onset_ns, key, struck, struck_14bit, *held = self._open.pop(number)
        if self._keys.get(key) == number:
            del self._keys[key]
        release = duration = None
        if stamp_ns is not None:
            release = self._now.seconds(stamp_ns)
            duration = (stamp_ns - onset_ns) / NANOSECONDS
        onset = self._now.seconds(onset_ns)
        times = (onset, onset_ns, release, stamp_ns, duration)
        self._add((number, *times, key, struck, struck_14bit, velocity, *held))
