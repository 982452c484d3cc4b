# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The cost of a frame of each of the paper's parts, beside the floor of the same run.

The floor is the least that a frame with a camera picture can cost: clear the screen, draw one
textured quad. The frames are drawn in turns, one of each after the other, so that a machine that is
busy for a while is busy for all of them.
"""

from __future__ import annotations

import dataclasses
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import click
import cv2
import numpy as np
from numpy.typing import NDArray
from results import Row, show

from descant.programme.programme import Programme
from descant.programme.reading import load_programme
from descant.stage.canvas import read_back
from descant.stage.frame import Frame
from descant.stage.offscreen import Offscreen
from descant.stage.opengl import gl, is_software, renderer_name
from descant.stage.renderer import Renderer
from descant.stage.scene import Scene
from descant.stage.settings import StageSettings
from descant.types import NANOSECONDS, Episode, LearningStatus, Note, State

sys.path.insert(0, str(Path(__file__).parent))

SIZES = {"720p": (1280, 720), "1080p": (1920, 1080)}
TARGETS_SOFTWARE = {"none": 1.5, "shift": 2.5, "bubbles": 3.5}  # by distortion
TARGET_GPU = 1.3
BUBBLES = 60
KNOT = (3.0, 4.0, 7.0, 0.1, 0.7, 0.2)
WARM = 8

Pixels = NDArray[np.uint8]
Job = Callable[[], object]


def picture(size: tuple[int, int]) -> Pixels:
    """A noisy RGBA picture."""
    pixels = np.random.default_rng(1).integers(0, 255, (size[1], size[0], 4), np.uint8)
    pixels[..., 3] = 255
    return pixels


def state(family: str) -> State:
    """A state in the middle of an episode."""
    knot = family == "knot"
    target = KNOT if knot else (0.8, -0.5, -0.6, 0.2)
    theta = (0.9, 1.6, -0.5) if knot else (-0.4, 0.6, 0.3, -0.3)
    gradient = (0.3, -0.25, 0.2) if knot else (0.6, -0.5, 0.2, 0.1)
    at = (NANOSECONDS, 1, 1, 1, 0, 0, LearningStatus.LEARNING, 1)
    return State(*at, family, target, theta, 0.3, 0.1, gradient, (1,))


def frame(programme: Programme, part: int, size: tuple[int, int]) -> Frame:
    """The part after two seconds, with everything it shows: 60 bubbles where it has bubbles."""
    description = programme.part(part)
    settings = StageSettings.of({**description.stage, "part": part, "bubbles": BUBBLES})
    scene = Scene(settings, size[0] / size[1])
    learned = state(str(description.parameter("learner", "family")))
    if learned.family == "cubic":
        x = np.sort(np.random.default_rng(1).uniform(-1, 1, 100))
        a, b, c, d = learned.target
        y = ((a * x + b) * x + c) * x + d
        episode = Episode(
            learned.time_ns, 1, 0, 1, "cubic", tuple("abcd"), learned.target, learned.theta,
            tuple(x.tolist()), tuple(y.tolist()),
        )  # fmt: skip
        scene.take(episode, 0.0)
    scene.take(learned, 0.0)
    for tick in range(120):
        if tick < BUBBLES:
            note = Note(0, tick + 1, True, 21 + tick * 87 // BUBBLES, 100, 12_800)
            scene.take(note, tick / 60)
        scene.take_picture(tick / 60)
        scene.at(tick / 60)
    return scene.at(2.0)


class Bench:
    """One size of canvas and what is measured on it."""

    def __init__(self, size: tuple[int, int]) -> None:
        self.size = size
        self.canvas = Offscreen(*size)
        self.name = renderer_name()
        self.pixels = picture(size)
        self.where = {w: Renderer(w) for w in ("auto", "cpu", "gpu")}
        for renderer in self.where.values():
            renderer.take_picture(self.pixels)

    def draw(self, what: Frame, where: str = "auto", *, fresh: bool) -> Job:
        """Draw a frame; `fresh`: with a new camera picture to upload."""
        renderer = self.where[where]

        def job() -> None:
            if fresh:
                renderer.take_picture(self.pixels)
            renderer.draw(what, self.size)
            gl().glFinish()

        return job

    def upload(self) -> None:
        """Upload the camera picture, and nothing else."""
        self.where["auto"].video.upload(self.pixels)
        gl().glFinish()

    def time(self, jobs: dict[str, Job], rounds: int) -> dict[str, float]:
        """Median milliseconds of each job, one of each in turn."""
        taken: dict[str, list[float]] = {name: [] for name in jobs}
        for number in range(rounds + WARM):
            for name, job in jobs.items():
                start = time.perf_counter()
                job()
                if number >= WARM:
                    taken[name].append(1e3 * (time.perf_counter() - start))
        return {name: statistics.median(times) for name, times in taken.items()}


def opencv_waves(pixels: Pixels, what: Frame) -> Callable[[], Pixels]:
    """Distortion 2 by OpenCV's remap, as fast as possible: the mask and the displacements at a
    quarter of the size, then full-size maps.
    """
    height, width = pixels.shape[:2]
    aspect, small = width / height, (width // 4, height // 4)
    row, column = np.mgrid[0:height, 0:width].astype(np.float32)
    y, x = np.mgrid[1 : -1 : small[1] * 1j, -aspect : aspect : small[0] * 1j].astype(np.float32)
    wave = what.wave

    def job() -> Pixels:
        mask = np.zeros(small[::-1], np.float32)
        for bx, by, radius, strength in what.bubbles:
            centre = (int((bx / aspect + 1) / 2 * small[0]), int((1 - by) / 2 * small[1]))
            cv2.circle(mask, centre, int(radius / 2 * small[1]), float(strength), -1)
        mask = cv2.blur(mask, (7, 7))
        dx = mask * np.cos(wave.phase[0] + wave.k * y) * (wave.amplitude[0] * height / 2)
        dy = mask * np.cos(wave.phase[1] + wave.k * x) * (-wave.amplitude[1] * height / 2)
        map_x = column + cv2.resize(dx, (width, height))
        map_y = row + cv2.resize(dy, (width, height))
        moved = cv2.remap(pixels, map_x, map_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        return np.asarray(moved, np.uint8)

    return job


def difference(bench: Bench, what: Frame) -> str:
    """How far OpenCV's distortion 2 is from the shader's, which is the formula's (tests/stage)."""
    smooth = np.ascontiguousarray(cv2.GaussianBlur(bench.pixels, (0, 0), 3.0))
    renderer = bench.where["auto"]
    renderer.take_picture(smooth)
    dark = dataclasses.replace(what, wave=dataclasses.replace(what.wave, light=0.0))
    renderer.draw(dark, bench.size)
    drawn = read_back(bench.size)[..., :3].astype(float)
    renderer.take_picture(bench.pixels)
    off = np.abs(drawn - opencv_waves(smooth, dark)()[..., :3])
    return (
        f"distortion 2 by OpenCV is not the shader's picture: {off.mean():.1f} levels of 255 off "
        f"on average, {(off.max(axis=2) > 8).mean():.0%} of the pixels by more than 8"
    )


def measure(size: tuple[int, int], rounds: int) -> tuple[str, list[Row]]:
    """All rows of one size."""
    bench = Bench(size)
    paper = load_programme("paper")
    frames = {part: frame(paper, part, size) for part in range(1, len(paper.parts) + 1)}
    distortions = {part: str(paper.part(part).parameter("stage", "distortion")) for part in frames}
    shifted, waved = (
        next(frames[part] for part in frames if distortions[part] == distortion)
        for distortion in ("shift", "bubbles")
    )
    floor = Frame(video=1.0)
    shift = Frame(video=1.0, shifts=shifted.shifts)
    wave = Frame(video=1.0, bubbles=waved.bubbles, wave=waved.wave)
    assert len(waved.bubbles) == BUBBLES
    jobs: dict[str, Job] = {
        "floor": bench.draw(floor, fresh=False),
        "upload": bench.upload,
        **{f"part {p}": bench.draw(f, fresh=f.video > 0.0) for p, f in frames.items()},
        "distortion 1, gpu": bench.draw(shift, "gpu", fresh=True),
        "distortion 1, cpu": bench.draw(shift, "cpu", fresh=True),
        "distortion 2": bench.draw(wave, fresh=True),
        "distortion 2, OpenCV": opencv_waves(bench.pixels, waved),
    }
    took = bench.time(jobs, rounds)
    took["distortion 2, OpenCV"] += took["floor"] + took["upload"]  # it has to be shown as well
    software = is_software(bench.name)
    rows = [Row("upload of one picture", took["upload"], "floor", took["floor"], "ms")]
    for part in frames:
        target = TARGETS_SOFTWARE[distortions[part]] if software else TARGET_GPU
        name = f"part {part}"
        rows.append(Row(name, took[name], "floor", took["floor"], "ms", target))
    rows += [
        Row("distortion 1 in a shader", took["distortion 1, gpu"],
            "by OpenCV", took["distortion 1, cpu"], "ms"),
        Row("distortion 2 in shaders", took["distortion 2"],
            "by OpenCV", took["distortion 2, OpenCV"], "ms"),
    ]  # fmt: skip
    print(difference(bench, wave))
    bench.canvas.close()
    return bench.name, rows


@click.command()
@click.option("--rounds", default=60, show_default=True, help="frames of each kind")
@click.option("--size", "sizes", multiple=True, type=click.Choice(list(SIZES)), default=list(SIZES))
def main(rounds: int, sizes: tuple[str, ...]) -> None:
    """Print the tables."""
    for label in sizes:
        name, rows = measure(SIZES[label], rounds)
        show(f"A frame at {label}", rows, f"{name}, medians of {rounds}")


if __name__ == "__main__":
    main()
