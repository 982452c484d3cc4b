# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Episodes, states and pictures for tests of the stage."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pytest
from numpy.typing import NDArray

from descant.errors import UserError
from descant.programme.reading import load_programme
from descant.stage.frame import Frame
from descant.stage.offscreen import Offscreen
from descant.stage.scene import Scene, StageEvent
from descant.stage.settings import StageSettings
from descant.types import NANOSECONDS, Episode, LearningStatus, Note, State

FRAME_S = 1.0 / 60.0
CUBIC_TARGET = (0.8, -0.5, -0.6, 0.2)
CUBIC_START = (-0.4, 0.6, 0.3, -0.3)
KNOT_TARGET = (3.0, 4.0, 7.0, 0.1, 0.7, 0.2)
KNOT_START = (0.9, 1.6, -0.5)


@contextmanager
def offscreen(width: int, height: int) -> Iterator[Offscreen]:
    """A canvas in memory, by the software renderer; the test is skipped where there is none."""
    try:
        made = Offscreen(width, height, software=True)
    except UserError as error:
        pytest.skip(f"no off-screen OpenGL here: {error}")
    try:
        yield made
    finally:
        made.close()


def paper(part: int, **changes: object) -> StageSettings:
    """The stage's settings in a part of the paper's programme, with `changes`."""
    overrides = load_programme("paper").part(part).stage
    return StageSettings.of({**overrides, "part": part, **changes})


def give(scene: Scene, event: StageEvent, now: float = 0.0) -> None:
    """Let the scene take an event at `now`, seconds."""
    scene.take(event, now)


def episode(
    number: int = 1,
    target: tuple[float, ...] = CUBIC_TARGET,
    theta: tuple[float, ...] = CUBIC_START,
    attempt: int = 0,
) -> Episode:
    """An episode of a cubic with 40 sample points, at `number` seconds."""
    a, b, c, d = target
    x = np.sort(np.random.default_rng(number).uniform(-1.0, 1.0, 40))
    y = ((a * x + b) * x + c) * x + d
    return Episode(
        number * NANOSECONDS,
        number,
        attempt,
        1,
        "cubic",
        ("a", "b", "c", "d"),
        target,
        theta,
        tuple(x.tolist()),
        tuple(y.tolist()),
    )


def state(
    number: int = 1,
    target: tuple[float, ...] = CUBIC_TARGET,
    theta: tuple[float, ...] = CUBIC_START,
    *,
    gradient: tuple[float, ...] = (0.0, 0.0, 0.0, 0.0),
    status: LearningStatus = LearningStatus.LEARNING,
    attempt: int = 0,
    step: int = 0,
) -> State:
    """A state of a cubic, or of a knot where the target has six numbers."""
    family = "knot" if len(target) == 6 else "cubic"
    return State(
        time_ns=number * NANOSECONDS + step,
        events=1,
        cause=1,
        episode=number,
        attempt=attempt,
        step=step,
        status=status,
        seed=1,
        family=family,
        target=target,
        theta=theta,
        loss=0.25,
        residual=0.0,
        gradient=gradient,
        notes=(1,),
    )


def key(number: int, key_number: int, velocity: int = 90) -> Note:
    """A key going down."""
    return Note(0, number, True, key_number, velocity, velocity << 7)


def run(scene: Scene, start: float, end: float, *, camera: bool = False) -> Frame:
    """Frames from `start` to `end`, 60 a second; returns the last one."""
    frame = scene.at(start)
    for index in range(1, round((end - start) / FRAME_S) + 1):
        now = start + index * FRAME_S
        if camera:
            scene.take_picture(now)
        frame = scene.at(now)
    return frame


@functools.cache
def picture(width: int, height: int) -> NDArray[np.uint8]:
    """A camera picture with edges, gradients and noise: (height, width, 4) RGBA."""
    y, x = np.mgrid[0:height, 0:width] / float(height)
    noise = np.random.default_rng(7).uniform(-12.0, 12.0, (height, width, 3))
    keys = np.where((x * 18.0) % 1.0 < 0.12, 25.0, 215.0)
    scene = np.stack([60 + 90 * y, 40 + 50 * x, 150 - 90 * y], axis=2)
    scene = np.where((y > 0.72)[..., None], keys[..., None], scene)
    scene = np.where((np.hypot(x - 0.9, y - 0.35) < 0.16)[..., None], [205, 150, 110], scene)
    pixels = np.clip(scene + noise, 0, 255).astype(np.uint8)
    return np.dstack([pixels, np.full((height, width), 255, np.uint8)])
