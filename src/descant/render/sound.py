"""The sound of a film, rendered ahead in a process of its own.

pyo holds Python's lock while it computes, and drawing and encoding need it too: in a process of
its own the sound takes nothing from them but processor time. Its pipe stops it where it is far
enough ahead.
"""

from __future__ import annotations

import contextlib
import pickle
import subprocess
import sys
import tempfile
import threading

import numpy as np
from numpy.typing import NDArray

from descant.errors import UserError
from descant.render.film_events import Score
from descant.synth.settings import SynthSettings
from descant.types import NANOSECONDS

Samples = NDArray[np.float32]
"""(2, frames): left and right, -1 .. 1."""
BYTES = 8  # a frame: two float32
PROCESS = "descant.render.soundprocess"


class Sound:
    """The samples of a score, in order, as many at a time as are wanted. Close it after use.

    Of all its frames those from `first` on, and `length` of them, the last `fade` seconds of them
    fading.
    """

    def __init__(
        self, score: Score, settings: SynthSettings, *, fade: float, first: int, length: int
    ) -> None:
        self.sample_rate = settings.sample_rate
        self.length = length
        self._fade = min(length, round(fade * settings.sample_rate))
        self._at = 0
        self._said = tempfile.TemporaryFile()  # noqa: SIM115 -- closed by close()
        self._process = subprocess.Popen(
            [sys.executable, "-m", PROCESS],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._said,
        )
        task = pickle.dumps((score.heard(), settings, first, first + length))
        self._feeder = threading.Thread(target=self._feed, args=(task,), daemon=True)
        self._feeder.start()

    def take(self, count: int) -> Samples:
        """The next `count` frames, less at the end. `UserError` where the synthesiser failed."""
        count = min(count, self.length - self._at)
        assert self._process.stdout is not None
        data = self._process.stdout.read(count * BYTES)
        if len(data) < count * BYTES:
            raise UserError(f"the synthesiser ended in the middle of the film: {self._last_word()}")
        taken = self._faded(np.frombuffer(data, np.float32).reshape(-1, 2).T)
        self._at += count
        return taken

    def close(self) -> None:
        """Stop the process, if it is still at work."""
        self._process.kill()
        self._process.wait()
        self._feeder.join()
        for pipe in (self._process.stdin, self._process.stdout, self._said):
            if pipe is not None:
                with contextlib.suppress(BrokenPipeError):
                    pipe.close()

    def _feed(self, task: bytes) -> None:
        assert self._process.stdin is not None
        with contextlib.suppress(BrokenPipeError):  # told when its samples are missed
            self._process.stdin.write(task)
            self._process.stdin.close()

    def _last_word(self) -> str:
        self._process.wait()
        self._said.seek(0)
        lines = self._said.read().decode("utf-8", "replace").strip().splitlines()
        return lines[-1] if lines else f"status {self._process.returncode}"

    def _faded(self, samples: Samples) -> Samples:
        """A straight line down to silence over the last `fade` seconds."""
        left = self.length - self._at  # frames from the first of `samples` to the end
        if left - samples.shape[1] >= self._fade:
            return samples
        gain = (left - np.arange(samples.shape[1])) / self._fade
        faded: Samples = (samples * np.minimum(gain, 1.0)).astype(np.float32)
        return faded


def end_of(frames: int, sample_rate: int) -> int:
    """When so many frames are over, in nanoseconds, rounded up."""
    return -(-frames * NANOSECONDS // sample_rate)
