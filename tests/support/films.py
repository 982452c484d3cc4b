# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Films for tests: made by `descant render` in a process of its own, read by PyAV."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from descant.child_process import OWN_GROUP
from support.midifiles import write_midi_file

PEDAL_UP = (0xB0, 64, 0)


@dataclass(frozen=True)
class Done:
    """How a command ended."""

    status: int
    output: str

    @property
    def complaint(self) -> str:
        """Its only line."""
        [line] = self.output.splitlines()
        return line


def render(*arguments: object, cwd: Path | None = None, timeout_s: float = 300.0) -> Done:
    """Run `descant render ARGUMENTS` to its end, on the software renderer."""
    command = [sys.executable, "-m", "descant.cli", "render", "--software", *map(str, arguments)]
    ended = subprocess.run(
        command,
        capture_output=True,
        text=True,
        timeout=timeout_s,
        check=False,
        cwd=cwd,
        **OWN_GROUP,
    )
    return Done(ended.returncode, ended.stdout + ended.stderr)


def melody(
    path: Path, strokes: list[tuple[float, int]], *, length_s: float = 0.2, velocity: int = 100
) -> Path:
    """A MIDI file of keys struck at (seconds, key), each down for `length_s`."""
    messages: list[tuple[float, tuple[int, ...]]] = []
    for seconds, key in strokes:
        messages += [
            (seconds, (0x90, key, velocity)),
            (seconds + length_s, (0x80, key, 64)),
        ]
    return write_midi_file(path, [sorted(messages)])


def frames(path: Path) -> Iterator[tuple[float, NDArray[np.uint8]]]:
    """(time in seconds, I420 as an array) of every frame of a film, as a player shows it."""
    with av.open(str(path)) as container:
        for frame in container.decode(video=0):
            yield float(frame.time), frame.to_ndarray(format="yuv420p")


def sound(path: Path) -> tuple[NDArray[np.float32], int]:
    """Samples (2, n) from time 0 of a film on, as a player sounds them, and their rate."""
    with av.open(str(path)) as container:
        rate = container.streams.audio[0].rate
        parts = [(f.time, f.to_ndarray()) for f in container.decode(audio=0)]
    assert parts[0][0] == 0.0
    return np.concatenate([samples for _, samples in parts], axis=1), rate


def onsets(samples: NDArray[np.float32], rate: int, near_s: list[float]) -> list[float]:
    """When sound begins out of silence, near each of the times given (seconds).

    The first sample within 50 ms before to 150 ms after that is as loud as 1 % of the loudest of
    all: a note's attack is that loud within a millisecond.
    """
    mono = np.abs(samples).max(axis=0)
    loud = mono > 0.01 * mono.max()
    found = []
    for seconds in near_s:
        start = max(0, round((seconds - 0.05) * rate))
        window = loud[start : round((seconds + 0.15) * rate)]
        assert window.any(), f"no sound at {seconds} s"
        assert not window[0], f"no silence before {seconds} s"
        found.append((start + int(np.argmax(window))) / rate)
    return found
