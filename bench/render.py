# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The cost of a film, beside drawing alone and encoding alone of the same frames in the same run.

Some frames of every part of the bundled performance are drawn, encoded (from memory, as the encoder
takes them), and rendered as `descant render` does it, sound included; in turns, so that a machine
that is busy for a while is busy for all three. The sound alone is measured against its duration.
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
from descant.programme.reading import load_programme
from descant.render import camera_pictures
from descant.render.drawing import FrameDrawer
from descant.render.film_events import FilmEvents, of_midi
from descant.render.inputs import find_input
from descant.render.mp4 import Mp4Output, copy_i420
from descant.render.pipeline import render_film, render_sound, samples_of
from descant.render.settings import PerformanceSettings, load_settings
from descant.render.sound import FilmSound
from descant.render.wav_and_png import WavOutput
from descant.types import NANOSECONDS, Part, State

SIZES = {"720p": (1280, 720), "1080p": (1920, 1080)}
FPS = Fraction(60)
RATE = 48_000
TARGET = 1.3
TARGET_SOUND = 1 / 50


def one_part(film: FilmEvents, number: int) -> FilmEvents:
    """A part by itself: every part is a fresh start."""
    parts = [event for event in film.events if isinstance(event, Part)]
    starts = [part.time_ns for part in parts]
    start, end = [*starts, film.end_ns][number - 1 : number + 1]
    inside = [e for e in film.events if start <= e.time_ns < end and not isinstance(e, Part)]
    moved = [
        e._replace(time_ns=e.time_ns - start)
        if isinstance(e, State)
        else dataclasses.replace(e, time_ns=e.time_ns - start)
        for e in inside
    ]
    return FilmEvents(tuple(moved), parts[number - 1], end - start)


class Bench:
    """One size, one part of the performance, `count` frames from its middle on."""

    def __init__(
        self,
        film: FilmEvents,
        settings: PerformanceSettings,
        size: tuple[int, int],
        part: int,
        count: int,
    ) -> None:
        self._settings, self._size, self._count = settings, size, count
        self._film = one_part(film, part)
        self._first = int(self._film.end_ns * FPS / NANOSECONDS / 2)
        self._keyboard: KeyboardPicture | None = None
        self._pixels = np.empty((size[1], size[0], 4), np.uint8)
        self._ready = self._prepared()

    def draw(self) -> float:
        """Seconds to draw and read back one frame."""
        drawer = self._drawer()
        start = time.perf_counter()
        for _ in range(self._count):
            drawer.draw(self._pixels)
        took = time.perf_counter() - start
        drawer.close()
        return took / self._count

    def encode(self) -> float:
        """Seconds to encode and mux one frame."""
        with tempfile.TemporaryDirectory() as folder:
            output = self._mp4(folder)
            start = time.perf_counter()
            for frame in self._ready:
                output.encode(frame)
            output.finish()
            return (time.perf_counter() - start) / self._count

    def film(self) -> float:
        """Seconds to render one frame, sound included."""
        drawer = self._drawer()
        first, length = (samples_of(n, RATE, FPS) for n in (self._first, self._count))
        synth, events = self._film.sound(self._settings)
        sound = FilmSound(events, synth, fade=0.0, first=first, length=length)
        sound.read(1)  # its process has started, and computed all before the first frame
        try:
            with tempfile.TemporaryDirectory() as folder:
                output = self._mp4(folder)
                start = time.perf_counter()
                render_film(
                    drawer, sound, output, frames=range(self._count), size=self._size, fps=FPS,
                    proceed=lambda _: True,
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
            copy_i420(cv2.cvtColor(self._pixels, cv2.COLOR_RGBA2YUV_I420), frame)
            ready.append(frame)
        drawer.close()
        return ready

    def _drawer(self) -> FrameDrawer:
        """At the first of the frames, with everything warm."""
        pictures: camera_pictures.CameraPictures = camera_pictures.NoPictures()
        if self._film.shows_camera(self._settings):
            pictures = camera_pictures.KeyboardPictures(
                self._film.notes(), self._settings.camera, self._unplayed_keyboard()
            )
        drawer = FrameDrawer(
            self._film, pictures, self._settings, size=self._size, fps=FPS, software=False
        )
        for _ in range(self._first - 1):
            drawer.skip()
        drawer.draw(self._pixels)
        return drawer

    def _unplayed_keyboard(self) -> KeyboardPicture:
        """A keyboard on which nothing was played yet: painted once, as that takes seconds."""
        if self._keyboard is None:
            self._keyboard = KeyboardPicture(cv2, *self._size)
        fresh = copy.copy(self._keyboard)
        fresh._performer = Performer()
        return fresh

    def _mp4(self, folder: str) -> Mp4Output:
        path = Path(folder) / "film.mp4"
        return Mp4Output(path, self._settings.render, size=self._size, fps=FPS, sample_rate=RATE)


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
    """A whole performance of normal density into a WAV file: seconds beside its duration."""
    settings = load_settings("paper", (), (1280, 720))
    film = of_midi(path, settings, load_programme("paper"), part=1)
    synth, events = film.sound(settings)
    length = film.end_ns * RATE // NANOSECONDS
    took = []
    for _ in range(repeats):
        with tempfile.TemporaryDirectory() as folder:
            start = time.perf_counter()
            sound = FilmSound(events, synth, fade=0.0, first=0, length=length)
            output = WavOutput(Path(folder) / "sound.wav", RATE, length)
            render_sound(sound, output, proceed=lambda _: True)
            sound.close()
            took.append(time.perf_counter() - start)
    seconds = film.end_ns / NANOSECONDS
    took_s = statistics.median(took)
    return Row("into a WAV file", took_s, "the time it lasts", seconds, "s", TARGET_SOUND)


@click.command()
@click.option("--frames", default=120, show_default=True, help="of each part")
@click.option("--repeats", default=3, show_default=True)
@click.option("--size", "sizes", multiple=True, type=click.Choice(list(SIZES)), default=list(SIZES))
@click.option("--part", "parts", multiple=True, type=int, help="by default all of them")
@click.option("--sound/--no-sound", default=True, help="the sound alone as well")
def main(
    frames: int, repeats: int, sizes: tuple[str, ...], parts: tuple[int, ...], *, sound: bool
) -> None:
    """Print the tables."""
    _, path = find_input("performance.mid")
    for label in sizes:
        settings = load_settings("paper", (), SIZES[label])
        film = of_midi(path, settings, load_programme("paper"), part=None)
        rows = []
        count = sum(isinstance(event, Part) for event in film.events)
        for part in parts or range(1, count + 1):
            bench = Bench(film, settings, SIZES[label], part, frames)
            rows += of_part(bench, part, repeats)
        show(f"A frame of a film at {label}", rows, f"medians of {repeats} times {frames} frames")
    if sound:
        normal = performance("schubert-impromptu-90-3")
        show("Sound alone", [of_sound(normal, repeats)], f"{normal.name}, median of {repeats}")


if __name__ == "__main__":
    main()
