"""A WAV file that can be read at any time, even if its writer is killed."""

from __future__ import annotations

import os
import wave
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from descant.arrays import Samples
from descant.synth.sinks.base import SinkError

BYTES = 3  # 24 bits
FULL = 2 ** (8 * BYTES - 1) - 1
MOST_BYTES = 2**32 - 4096  # what the header of a WAV file can count


def aside(path: Path) -> Path | None:
    """Rename an older file of that name: show.wav becomes show-1.wav.

    A node that was restarted in the middle of a concert must not write over its first half.
    Returns the new name, None where there was no file.
    """
    if not path.exists():
        return None
    number = 1
    while (kept := path.with_name(f"{path.stem}-{number}{path.suffix}")).exists():
        number += 1
    path.rename(kept)
    return kept


class WavFile:
    """Stereo, 24 bits. Samples are flushed, and the header is updated, at least every `interval`
    seconds."""

    def __init__(self, path: Path, sample_rate: int, *, interval: float = 0.5) -> None:
        self.path = path
        self._every = int(interval * sample_rate)
        self._since = 0
        self._bytes = 0
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            aside(path)
            self._file = path.open("wb")
        except OSError as error:
            raise SinkError(f"cannot write {path}: {os.strerror(error.errno or 0)}") from None
        self._wave = wave.open(self._file, "wb")  # noqa: SIM115 -- closed by close()
        self._wave.setnchannels(2)
        self._wave.setsampwidth(BYTES)
        self._wave.setframerate(sample_rate)
        self._wave.writeframes(b"")
        self._file.flush()

    def write(self, left: Samples, right: Samples) -> None:
        """Append samples, -1..1."""
        data = encoded(left, right)
        self._bytes += len(data)
        if self._bytes > MOST_BYTES:
            raise SinkError(f"{self.path} is full: a WAV file ends at 4 GB")
        self._since += len(left)
        try:
            if self._since < self._every:
                self._wave.writeframesraw(data)
                return
            self._since = 0
            self._wave.writeframes(data)  # unlike the above, updates the header
            self._file.flush()
        except OSError as error:
            raise SinkError(f"cannot write {self.path}: {os.strerror(error.errno or 0)}") from None

    def close(self) -> None:
        """Complete the file; errors of a full disk are ignored."""
        try:
            self._wave.close()
            self._file.close()
        except OSError:
            pass


def encoded(left: Samples, right: Samples) -> bytes:
    """Samples, -1..1, as interleaved 24-bit little-endian integers."""
    both = np.stack([left, right], axis=1).astype(np.float64)
    whole: NDArray[np.int32] = np.rint(np.clip(both, -1.0, 1.0) * FULL).astype("<i4")
    return whole.reshape(-1, 1).view(np.uint8)[:, :BYTES].tobytes()
