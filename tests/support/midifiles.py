# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Small MIDI files for tests, as bytes or written by mido."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import mido

TICKS_PER_SECOND = 1_000  # at 500 ticks a quarter and the default tempo


def header(*, kind: int = 0, tracks: int = 1, division: int = 500) -> bytes:
    """An MThd chunk."""
    words = (kind, tracks, division & 0xFFFF)
    return b"MThd\x00\x00\x00\x06" + b"".join(word.to_bytes(2, "big") for word in words)


def chunk(body: bytes, *, size: int | None = None) -> bytes:
    """An MTrk chunk around `body`, which may lie about its size."""
    return b"MTrk" + (len(body) if size is None else size).to_bytes(4, "big") + body


def write_midi_file(path: Path, tracks: Iterable[Sequence[tuple[float, Sequence[int]]]]) -> Path:
    """Write tracks of (seconds from the start, bytes of the message), one tick a millisecond."""
    midi = mido.MidiFile(ticks_per_beat=500)
    for messages in tracks:
        track, last = mido.MidiTrack(), 0
        for seconds, data in messages:
            tick = round(seconds * TICKS_PER_SECOND)
            track.append(mido.Message.from_bytes(data, time=tick - last))
            last = tick
        midi.tracks.append(track)
    midi.save(path)
    return path
