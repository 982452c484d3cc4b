# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""A WAV file that can be read at any time, even if its writer is killed."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from descant.arrays import Samples

BYTES = 3  # 24 bits
FULL = 2 ** (8 * BYTES - 1) - 1
MOST_SAMPLES = (2**32 - 4096) // (2 * BYTES)
"""What the header of a WAV file can count."""
HEADER = struct.Struct("<4sI4s4sIHHIIHH4sI")


class WavFile:
    """Stereo, 24 bits, at `path`, which is replaced. Errors of the disk are `OSError`.

    Samples are written, and then the header that counts them, at least every `interval` seconds and
    by `flush`; so the file is valid at any time, also when the disk is full.
    """

    def __init__(self, path: Path, sample_rate: int, *, interval: float = 0.5) -> None:
        self.samples = 0  # in the file
        self._rate = sample_rate
        self._every = int(interval * sample_rate) * 2 * BYTES
        self._pending = bytearray()
        # Unbuffered: nothing is left to write when it is closed, which can fail no more.
        self._file = path.open("wb", buffering=0)
        try:
            self.flush()
        except OSError:
            self.close()
            raise

    @property
    def descriptor(self) -> int:
        """The number of the open file."""
        return self._file.fileno()

    def write(self, left: Samples, right: Samples) -> None:
        """Append samples, -1..1."""
        self._pending += encoded(left, right)
        if len(self._pending) >= self._every:
            self.flush()

    def flush(self) -> None:
        """Write all samples, then the header."""
        self._write_at(HEADER.size + self.samples * 2 * BYTES, self._pending)
        self.samples += len(self._pending) // (2 * BYTES)
        self._pending.clear()
        self._write_at(0, _header(self.samples, self._rate))

    def close(self) -> None:
        """Close the file as it was last flushed. Never raises."""
        self._file.close()

    def _write_at(self, place: int, data: bytes | bytearray) -> None:
        self._file.seek(place)
        written = 0
        while written < len(data):  # less is written where the disk becomes full
            written += self._file.write(memoryview(data)[written:]) or 0


def _header(samples: int, rate: int) -> bytes:
    size, frame = samples * 2 * BYTES, 2 * BYTES
    return HEADER.pack(
        b"RIFF", HEADER.size - 8 + size, b"WAVE",
        b"fmt ", 16, 1, 2, rate, rate * frame, frame, 8 * BYTES,
        b"data", size,
    )  # fmt: skip


def encoded(left: Samples, right: Samples) -> bytes:
    """Samples, -1..1, as interleaved 24-bit little-endian integers."""
    both = np.stack([left, right], axis=1).astype(np.float64)
    whole: NDArray[np.int32] = np.rint(np.clip(both, -1.0, 1.0) * FULL).astype("<i4")
    return whole.reshape(-1, 1).view(np.uint8)[:, :BYTES].tobytes()
