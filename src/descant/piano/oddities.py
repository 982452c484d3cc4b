# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""What was odd in a MIDI file that was read all the same, as one line."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass
class Oddities:
    """How often a file was not as it should be."""

    before: int = 0  # bytes before the header
    tracks: tuple[int, int] | None = None  # how many there are, how many the header names
    songs: int = 0  # tracks of a file of several independent songs
    lengths: int = 0  # tracks with a wrong length
    cut: int = 0  # tracks that end in the middle
    chunks: int = 0  # chunks that are neither header nor track
    behind: int = 0  # messages behind an end of track, within the length of the track
    skipped: int = 0  # bytes that belong to nothing
    clipped: int = 0  # data bytes over 127
    tempi: int = 0  # tempi of 0, or of fewer than three bytes
    drums: int = 0  # notes on channel 10
    late: int = 0  # events so late that their times cannot be right

    @property
    def remarks(self) -> tuple[str, ...]:
        """One line that counts them; none where there are none."""
        line = "; ".join(self._phrases())
        return (line,) if line else ()

    def _phrases(self) -> Iterator[str]:
        if self.before:
            yield f"{count(self.before, 'byte')} before its header passed over"
        if self.tracks:
            yield f"{count(self.tracks[0], 'track')} where its header says {self.tracks[1]}"
        if self.songs:
            yield f"{self.songs} independent songs (format 2) read as one"
        if self.lengths:
            yield f"{count(self.lengths, 'track')} with a wrong length"
        if self.cut:
            yield f"{count(self.cut, 'track')} cut off"
        if self.chunks:
            yield f"{count(self.chunks, 'unknown chunk')} passed over"
        if self.behind:
            yield f"{count(self.behind, 'message')} behind an end of track read"
        if self.skipped:
            yield f"{count(self.skipped, 'stray byte')} passed over"
        if self.clipped:
            yield f"{count(self.clipped, 'data byte')} over 127 read as 127"
        if self.tempi:
            tempi = count(self.tempi, "damaged tempo", "damaged tempi")
            yield f"{tempi} read as 120 quarters a minute"
        if self.drums:
            yield f"{count(self.drums, 'note')} on channel 10 (drums) left out"
        if self.late:
            yield f"{count(self.late, 'event')} over 100 days after the start left out"


def count(number: int, noun: str, nouns: str = "") -> str:
    """Return '1 track', '2 tracks'."""
    return f"{number} {noun}" if number == 1 else f"{number} {nouns or noun + 's'}"
