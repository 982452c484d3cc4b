# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Draw, encode and compute sound in parallel: encoding in a thread, the sound in a process."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from fractions import Fraction

import numpy as np

from descant.arrays import Pixels
from descant.render.drawing import FrameDrawer
from descant.render.outputs import Output
from descant.render.sound import FilmSound

BUFFERS = 4
"""Frames that may wait between drawing and encoding: some take longer than others."""
WAV_CHUNK = 65_536

Proceed = Callable[[float], bool]
"""Called with the seconds of the film that are done; False stops there."""


class Encoder(threading.Thread):
    """Writes frames as they are drawn, and the sound that goes with them, to an output."""

    def __init__(
        self, output: Output, sound: FilmSound | None, *, size: tuple[int, int], fps: Fraction
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
        """Wait for an array to draw into; raises an error of the thread."""
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
        """Wait until all frames are encoded; raises an error of the thread."""
        self.stop()
        if self._failure is not None:
            raise self._failure

    def stop(self) -> None:
        """Let the thread end after the frames it has, and wait for it."""
        self._full.put(None)
        self.join()

    def run(self) -> None:
        """The thread's work."""
        try:
            self._encode()
        except BaseException as error:  # raised again in the drawing thread
            self._failure = error

    def _encode(self) -> None:
        count = sounded = 0
        while (pixels := self._full.get()) is not None:
            self._output.write_frame(pixels)
            self._free.put(pixels)
            count += 1
            if self._sound is not None:
                upto = samples_of(count, self._sound.sample_rate, self._fps)
                self._output.write_samples(self._sound.read(upto - sounded))
                sounded = upto


def samples_of(frames: int, sample_rate: int, fps: Fraction) -> int:
    """Number of samples that last as long as `frames` frames, rounded."""
    return round(frames * sample_rate / fps)


def render_film(
    drawer: FrameDrawer,
    sound: FilmSound | None,
    output: Output,
    *,
    frames: range,
    size: tuple[int, int],
    fps: Fraction,
    proceed: Proceed,
) -> int:
    """Draw and encode the frames of these numbers; returns how many were drawn.

    The output is finished, unless an error is raised.
    """
    encoder = Encoder(output, sound, size=size, fps=fps)
    done = 0
    try:
        for _ in range(frames.start):
            if not proceed(0.0):
                break
            drawer.skip()
        while done < len(frames) and proceed(float(done / fps)):
            pixels = encoder.buffer()
            drawer.draw(pixels)
            encoder.put(pixels)
            done += 1
        encoder.end()
    finally:
        encoder.stop()
    if not done:
        raise KeyboardInterrupt  # stopped before there was anything to keep
    output.finish()
    return done


def render_sound(sound: FilmSound, output: Output, *, proceed: Proceed) -> int:
    """Write the sound to an output; returns the number of samples."""
    done = 0
    while done < sound.length and proceed(done / sound.sample_rate):
        samples = sound.read(WAV_CHUNK)
        output.write_samples(samples)
        done += samples.shape[1]
    if not done:
        raise KeyboardInterrupt  # stopped before there was anything to keep
    output.finish()
    return done
