# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The sound of a film, computed in advance in a process of its own.

pyo holds Python's global lock while it computes, and drawing and encoding need that lock: in a
process of its own the sound takes only processor time from them. A full pipe stops the process
when it is far enough ahead.
"""

from __future__ import annotations

import contextlib
import pickle
import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from descant.errors import UserError
from descant.render.film_events import SoundEvent
from descant.synth.settings import SynthSettings
from descant.types import NANOSECONDS

Samples = NDArray[np.float32]
"""(2, frames): left and right, -1 .. 1."""
BYTES = 8  # a frame: two float32
PROCESS = "descant.render.sound_process"


class FilmSound:
    """The samples of `events`, read in order. Close it after use.

    `length` frames from number `first` on; they fade out over the last `fade` seconds.
    """

    def __init__(
        self,
        events: Sequence[SoundEvent],
        settings: SynthSettings,
        *,
        fade: float,
        first: int,
        length: int,
    ) -> None:
        self.sample_rate = settings.sample_rate
        self.length = length
        self._fade = min(length, round(fade * settings.sample_rate))
        self._at = 0
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 -- closed by close()
        self._process = subprocess.Popen(
            [sys.executable, "-m", PROCESS],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
        )
        task = pickle.dumps((events, settings, first, first + length))
        self._feeder = threading.Thread(target=self._feed, args=(task,), daemon=True)
        self._feeder.start()

    def read(self, count: int) -> Samples:
        """The next `count` frames, fewer at the end. `UserError` where the synthesiser failed."""
        count = min(count, self.length - self._at)
        assert self._process.stdout is not None
        data = self._process.stdout.read(count * BYTES)
        if len(data) < count * BYTES:
            raise UserError(f"the synthesiser failed during the film: {self._last_error()}")
        samples = self._faded(np.frombuffer(data, np.float32).reshape(-1, 2).T)
        self._at += count
        return samples

    def close(self) -> None:
        """Stop the process, if it still runs."""
        self._process.kill()
        self._process.wait()
        self._feeder.join()
        for pipe in (self._process.stdin, self._process.stdout, self._errors):
            if pipe is not None:
                with contextlib.suppress(BrokenPipeError):
                    pipe.close()

    def _feed(self, task: bytes) -> None:
        assert self._process.stdin is not None
        with contextlib.suppress(BrokenPipeError):  # reported when its samples are read
            self._process.stdin.write(task)
            self._process.stdin.close()

    def _last_error(self) -> str:
        self._process.wait()
        self._errors.seek(0)
        lines = self._errors.read().decode("utf-8", "replace").strip().splitlines()
        return lines[-1] if lines else f"status {self._process.returncode}"

    def _faded(self, samples: Samples) -> Samples:
        """Fade out linearly over the last `fade` seconds."""
        left = self.length - self._at  # frames from the first of `samples` to the end
        if left - samples.shape[1] >= self._fade:
            return samples
        gain = (left - np.arange(samples.shape[1])) / self._fade
        faded: Samples = (samples * np.minimum(gain, 1.0)).astype(np.float32)
        return faded


def end_of(frames: int, sample_rate: int) -> int:
    """Duration of `frames` frames in nanoseconds, rounded up."""
    return -(-frames * NANOSECONDS // sample_rate)
