"""Draw, encode and sound side by side: drawing here, encoding in a thread, sound in a process."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from fractions import Fraction

import numpy as np

from descant.render.drawing import Drawer
from descant.render.outputs import Output, Pixels
from descant.render.sound import Sound

BUFFERS = 4
"""Frames between drawing and encoding: they even out that some take longer than others."""
WAV_CHUNK = 65_536

Told = Callable[[int], None]
"""Called with how much is done: frames of the film, or samples of the sound."""


class Encoder(threading.Thread):
    """Takes frames as they are drawn, and the sound that goes with them, into an output."""

    def __init__(
        self, output: Output, sound: Sound | None, *, size: tuple[int, int], fps: Fraction
    ) -> None:
        super().__init__(name="encoder", daemon=True)
        self._output = output
        self._sound = sound
        self._fps = fps
        self._failure: BaseException | None = None
        self._full: queue.SimpleQueue[Pixels | None] = queue.SimpleQueue()
        self._free: queue.SimpleQueue[Pixels] = queue.SimpleQueue()
        for _ in range(BUFFERS):
            self._free.put(np.empty((size[1], size[0], 4), np.uint8))
        self.start()

    def buffer(self) -> Pixels:
        """An array to draw into, as soon as there is one; raises what went wrong in the thread."""
        while True:
            if self._failure is not None:
                raise self._failure
            try:
                return self._free.get(timeout=0.2)
            except queue.Empty:
                continue

    def put(self, pixels: Pixels) -> None:
        """The next frame, in an array from `buffer`."""
        self._full.put(pixels)

    def end(self) -> None:
        """No more frames: wait until all are encoded; raises what went wrong in the thread."""
        self.stop()
        if self._failure is not None:
            raise self._failure

    def stop(self) -> None:
        """No more frames: wait until the thread is done."""
        self._full.put(None)
        self.join()

    def run(self) -> None:
        """The thread's work."""
        try:
            self._encode()
        except BaseException as error:  # raised again where frames are drawn
            self._failure = error

    def _encode(self) -> None:
        count = sounded = 0
        while (pixels := self._full.get()) is not None:
            self._output.frame(pixels)
            self._free.put(pixels)
            count += 1
            if self._sound is not None:
                upto = samples_of(count, self._sound.sample_rate, self._fps)
                self._output.sound(self._sound.take(upto - sounded))
                sounded = upto


def samples_of(frames: int, sample_rate: int, fps: Fraction) -> int:
    """How many samples go with so many frames, to the nearest."""
    return round(frames * sample_rate / fps)


def render_film(
    drawer: Drawer,
    sound: Sound | None,
    output: Output,
    *,
    frames: range,
    size: tuple[int, int],
    fps: Fraction,
    stopped: Callable[[], bool],
    told: Told,
) -> int:
    """Draw and encode the frames of these numbers, fewer once `stopped`; returns how many it were.

    The output is finished, unless anything goes wrong.
    """
    encoder = Encoder(output, sound, size=size, fps=fps)
    done = 0
    try:
        for _ in range(frames.start):
            if stopped():
                break
            drawer.skip()
        while done < len(frames) and not stopped():
            pixels = encoder.buffer()
            drawer.draw(pixels)
            encoder.put(pixels)
            done += 1
            told(done)
        encoder.end()
    finally:
        encoder.stop()
    if not done:
        raise KeyboardInterrupt  # stopped before there was anything to keep
    output.finish()
    return done


def render_sound(sound: Sound, output: Output, *, stopped: Callable[[], bool], told: Told) -> int:
    """All of the sound into an output, less once `stopped`; returns how many samples it was."""
    done = 0
    while done < sound.length and not stopped():
        samples = sound.take(WAV_CHUNK)
        output.sound(samples)
        done += samples.shape[1]
        told(done)
    if not done:
        raise KeyboardInterrupt  # stopped before there was anything to keep
    output.finish()
    return done
