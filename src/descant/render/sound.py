"""The sound of a film, rendered ahead in a process of its own.

pyo holds Python's lock while it computes, and drawing and encoding need it too: in a process of
its own the sound takes nothing from them but processor time.
"""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Callable, Iterator, Sequence
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess

import numpy as np
from numpy.typing import NDArray

from descant.errors import UserError
from descant.events import NANOSECONDS, Note, Pedal
from descant.learner.state import State
from descant.render.score import Score
from descant.synth.settings import SynthSettings

Samples = NDArray[np.float32]
"""(2, frames): left and right, -1 .. 1."""
Heard = Note | Pedal | State
CHUNK = 16_384  # frames sent at once


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
        self._skip = first
        self._at = 0
        self._rest: Samples = np.zeros((2, 0), np.float32)
        end_ns = -(-(first + length) * NANOSECONDS // settings.sample_rate)
        context = multiprocessing.get_context("spawn")
        self._receiver, sender = context.Pipe(duplex=False)
        self._process: BaseProcess = context.Process(
            target=_render, args=(sender, score.heard(), settings, end_ns), daemon=True
        )
        self._process.start()
        sender.close()

    def take(self, count: int) -> Samples:
        """The next `count` frames, less at the end. `UserError` where the synthesiser failed."""
        if self._skip:
            skip, self._skip = self._skip, 0
            self._next(skip)
        count = min(count, self.length - self._at)
        taken = self._faded(self._next(count))
        self._at += count
        return taken

    def close(self) -> None:
        """Stop the process, if it is still at work."""
        self._receiver.close()
        if self._process.is_alive():
            self._process.terminate()
        self._process.join()

    def _next(self, count: int) -> Samples:
        parts = [self._rest]
        have = self._rest.shape[1]
        while have < count:
            parts.append(self._received())
            have += parts[-1].shape[1]
        joined = np.concatenate(parts, axis=1) if len(parts) > 1 else self._rest
        self._rest = joined[:, count:]
        return joined[:, :count]

    def _received(self) -> Samples:
        try:
            data = self._receiver.recv()
        except EOFError:
            raise UserError("the synthesiser ended in the middle of the film") from None
        if isinstance(data, str):
            raise UserError(data)
        return np.asarray(data, np.float32)

    def _faded(self, samples: Samples) -> Samples:
        """A straight line down to silence over the last `fade` seconds."""
        left = self.length - self._at  # frames from the first of `samples` to the end
        if left - samples.shape[1] >= self._fade:
            return samples
        gain = (left - np.arange(samples.shape[1])) / self._fade
        faded: Samples = (samples * np.minimum(gain, 1.0)).astype(np.float32)
        return faded


def chunks(heard: Sequence[Heard], settings: SynthSettings, end_ns: int) -> Iterator[Samples]:
    """The sound up to `end_ns` and a little more, in pieces of about `CHUNK` frames."""
    from descant.synth.offline import blocks  # noqa: PLC0415 -- pyo

    heard = [h for h in heard if h.time_ns <= end_ns]
    last_ns = max((h.time_ns for h in heard), default=0)
    tail = (end_ns - last_ns) / NANOSECONDS + 0.1  # blocks end on their own grid
    gathered: list[Samples] = []
    have = 0
    for block in blocks(heard, settings, tail=tail):
        gathered.append(np.stack(block))
        have += len(block[0])
        if have >= CHUNK:
            yield np.concatenate(gathered, axis=1)
            gathered, have = [], 0
    if gathered:
        yield np.concatenate(gathered, axis=1)


def _render(
    sender: Connection, heard: Sequence[Heard], settings: SynthSettings, end_ns: int
) -> None:
    """The child's work. Ctrl-c is the parent's to act on: it takes what is ready, then ends us."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    send: Callable[[object], None] = sender.send
    try:
        for chunk in chunks(heard, settings, end_ns):
            send(chunk)
    except BrokenPipeError:
        return
    except UserError as error:
        send(str(error))
    finally:
        sender.close()
