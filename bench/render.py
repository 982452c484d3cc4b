"""What a film costs, beside drawing alone and encoding alone of the same frames in the same run.

Of every part of the bundled performance some frames are drawn, encoded (they lie ready in memory,
as the encoder takes them), and rendered as `descant render` does it, sound included; in turns, so
that a machine that is busy for a while is busy for all three. The sound alone is measured against
the time it lasts.
"""

from __future__ import annotations

import copy
import dataclasses
import statistics
import tempfile
import time
from fractions import Fraction
from pathlib import Path

import av
import click
import cv2
import numpy as np
from performances import performance
from results import Row, show

from descant.camera.keyboard.motion import Performer
from descant.camera.keyboard.picture import KeyboardPicture
from descant.render import inputs, pictures
from descant.render.drawing import Drawer
from descant.render.film_events import Score, of_midi
from descant.render.mp4 import Mp4, fill
from descant.render.pipeline import render_film, render_sound, samples_of
from descant.render.plain import Wav
from descant.render.settings import Rooms, rooms
from descant.render.sound import Sound
from descant.types import NANOSECONDS, Part, State

SIZES = {"720p": (1280, 720), "1080p": (1920, 1080)}
FPS = Fraction(60)
RATE = 48_000
TARGET = 1.3
TARGET_SOUND = 1 / 50


def one_part(played: Score, part: int) -> Score:
    """A part by itself: every part is a fresh start."""
    starts = [h.time_ns for h in played.happenings if isinstance(h, Part)]
    start, end = [*starts, played.end_ns][part - 1 : part + 1]
    inside = [h for h in played.happenings if start <= h.time_ns < end and not isinstance(h, Part)]
    moved = [
        h._replace(time_ns=h.time_ns - start)
        if isinstance(h, State)
        else dataclasses.replace(h, time_ns=h.time_ns - start)
        for h in inside
    ]
    return Score(tuple(moved), part, end - start)


class Bench:
    """One size, one part of the performance, `count` frames from its middle on."""

    def __init__(
        self, played: Score, settings: Rooms, size: tuple[int, int], part: int, count: int
    ) -> None:
        self._rooms, self._size, self._count = settings, size, count
        self._played = one_part(played, part)
        self._first = int(self._played.end_ns * FPS / NANOSECONDS / 2)
        self._keyboard: KeyboardPicture | None = None
        self._pixels = np.empty((size[1], size[0], 4), np.uint8)
        self._ready = self._prepared()

    def draw(self) -> float:
        """Seconds to draw and read back, a frame."""
        drawer = self._drawer()
        start = time.perf_counter()
        for _ in range(self._count):
            drawer.draw(self._pixels)
        took = time.perf_counter() - start
        drawer.close()
        return took / self._count

    def encode(self) -> float:
        """Seconds to encode and mux, a frame."""
        with tempfile.TemporaryDirectory() as folder:
            output = self._mp4(folder)
            start = time.perf_counter()
            for frame in self._ready:
                output.encode(frame)
            output.finish()
            return (time.perf_counter() - start) / self._count

    def film(self) -> float:
        """Seconds to render, a frame, sound included."""
        drawer = self._drawer()
        first, length = (samples_of(n, RATE, FPS) for n in (self._first, self._count))
        sound = Sound(self._played, self._rooms.synth, fade=0.0, first=first, length=length)
        sound.take(1)  # its process is there, and has come so far
        try:
            with tempfile.TemporaryDirectory() as folder:
                output = self._mp4(folder)
                start = time.perf_counter()
                render_film(
                    drawer, sound, output, frames=range(self._count), size=self._size, fps=FPS,
                    stopped=lambda: False, told=lambda _: None,
                )  # fmt: skip
                return (time.perf_counter() - start) / self._count
        finally:
            drawer.close()
            sound.close()

    def _prepared(self) -> list[av.VideoFrame]:
        """The frames as the encoder takes them."""
        drawer, ready = self._drawer(), []
        for _ in range(self._count):
            drawer.draw(self._pixels)
            frame = av.VideoFrame(*self._size, "yuv420p")
            fill(frame, cv2.cvtColor(self._pixels, cv2.COLOR_RGBA2YUV_I420))
            ready.append(frame)
        drawer.close()
        return ready

    def _drawer(self) -> Drawer:
        """At the first of the frames, with everything warm."""
        keyboard = pictures.Nothing()
        if self._played.shows_video():
            keyboard = pictures.Keyboard(self._played.notes(), self._rooms.camera, self._blank())
        drawer = Drawer(
            self._played, keyboard, self._rooms.stage, size=self._size, fps=FPS, software=False
        )
        for _ in range(self._first - 1):
            drawer.skip()
        drawer.draw(self._pixels)
        return drawer

    def _blank(self) -> KeyboardPicture:
        """A keyboard on which nothing was played yet: painted once, as that takes seconds."""
        if self._keyboard is None:
            self._keyboard = KeyboardPicture(cv2, *self._size)
        fresh = copy.copy(self._keyboard)
        fresh._performer = Performer()
        return fresh

    def _mp4(self, folder: str) -> Mp4:
        path = Path(folder) / "film.mp4"
        return Mp4(path, self._rooms.render, size=self._size, fps=FPS, sample_rate=RATE)


def of_part(bench: Bench, part: int, repeats: int) -> list[Row]:
    """The three in turns, medians."""
    took: dict[str, list[float]] = {"draw": [], "encode": [], "film": []}
    for _ in range(repeats):
        took["draw"].append(bench.draw())
        took["encode"].append(bench.encode())
        took["film"].append(bench.film())
    draw, encode, film = (1e3 * statistics.median(took[what]) for what in took)
    what = f"part {part}"
    return [
        Row(what, film, "the slower of the two", max(draw, encode), "ms", TARGET),
        Row(what, film, "draw only", draw, "ms"),
        Row(what, film, "encode only", encode, "ms"),
        Row(what, film, "one after the other", draw + encode, "ms"),
    ]


def of_sound(path: Path, repeats: int) -> Row:
    """A whole performance of normal density into a WAV file: seconds beside those it lasts."""
    settings = rooms("paper", (), (1280, 720))
    played = of_midi(path, settings, part=1)
    length = played.end_ns * RATE // NANOSECONDS
    took = []
    for _ in range(repeats):
        with tempfile.TemporaryDirectory() as folder:
            start = time.perf_counter()
            sound = Sound(played, settings.synth, fade=0.0, first=0, length=length)
            output = Wav(Path(folder) / "sound.wav", RATE)
            render_sound(sound, output, stopped=lambda: False, told=lambda _: None)
            sound.close()
            took.append(time.perf_counter() - start)
    seconds = played.end_ns / NANOSECONDS
    took_s = statistics.median(took)
    return Row("into a WAV file", took_s, "the time it lasts", seconds, "s", TARGET_SOUND)


@click.command()
@click.option("--frames", default=120, show_default=True, help="of each part")
@click.option("--repeats", default=3, show_default=True)
@click.option("--size", "sizes", multiple=True, type=click.Choice(list(SIZES)), default=list(SIZES))
@click.option("--part", "parts", multiple=True, type=int, default=(1, 2, 3, 4))
@click.option("--sound/--no-sound", default=True, help="the sound alone as well")
def main(
    frames: int, repeats: int, sizes: tuple[str, ...], parts: tuple[int, ...], *, sound: bool
) -> None:
    """Print the tables."""
    _, path = inputs.find("performance.mid")
    for label in sizes:
        settings = rooms("paper", (), SIZES[label])
        played = of_midi(path, settings, part=None)
        rows = []
        for part in parts:
            bench = Bench(played, settings, SIZES[label], part, frames)
            rows += of_part(bench, part, repeats)
        show(f"A frame of a film at {label}", rows, f"medians of {repeats} times {frames} frames")
    if sound:
        normal = performance("schubert-impromptu-90-3")
        show("Sound alone", [of_sound(normal, repeats)], f"{normal.name}, median of {repeats}")


if __name__ == "__main__":
    main()
