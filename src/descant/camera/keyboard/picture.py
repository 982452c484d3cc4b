"""The picture of a keyboard being played, for any moment."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from descant.camera.base import Pixels
from descant.camera.keyboard import geometry as g
from descant.camera.keyboard.hands import Hands
from descant.camera.keyboard.motion import Performer
from descant.camera.keyboard.scenery import Scenery
from descant.camera.keyboard.stagelight import StageLight, backdrop
from descant.camera.keyboard.surfaces import Image
from descant.types import NANOSECONDS, Note

DESIGN_WIDTH = 1280  # pixels; the drift and the view are scaled from this
DRIFT = (22.0, 12.0)  # pixels to both sides
DRIFT_PERIODS = ((53.0, 31.0), (67.0, 41.0))  # s; two sines along each axis
COARSE = 4  # light is computed on a grid so much coarser
FAINTER = 0.7  # a glowing key shows so much less of the light that falls on it
UNIT = 40  # of the light map, for light as it is painted


@dataclass(frozen=True)
class Patch:
    """What changes when one key goes down: where, and how it looks pressed and glowing."""

    box: tuple[slice, slice]
    mask: NDArray[np.uint8]
    up: Pixels
    down: Pixels
    glow: Pixels


class KeyboardPicture:
    """Give it the notes as they come, and ask for a picture.

    A picture is a function of the notes so far and of the time alone (the same bits on the same
    machine), whatever was drawn before. `brightness` scales the glow.
    """

    def __init__(self, cv2: Any, width: int, height: int, *, brightness: float = 1.0) -> None:
        self.brightness = brightness
        self._cv2 = cv2
        self._size = (width, height)
        self._scale = width / DESIGN_WIDTH
        margin = [math.ceil(a * self._scale) + 2 for a in DRIFT]
        canvas = [
            -(-(n + 2 * m) // COARSE) * COARSE for n, m in zip((width, height), margin, strict=True)
        ]
        self._room = [(c - n) / 2 for c, n in zip(canvas, (width, height), strict=True)]
        self._canvas = (canvas[0], canvas[1])
        view = self._view()
        self._performer = Performer()
        coarse = (canvas[0] // COARSE, canvas[1] // COARSE)
        self._hands = Hands(cv2, view, COARSE, coarse)
        self._light = StageLight(cv2, view, COARSE, coarse)
        self._base, self._patches = self._paint(view)

    def take(self, note: Note) -> None:
        """One note, in the order they are played."""
        self._performer.take(note, note.time_ns / NANOSECONDS)

    def release_all(self, time_ns: int) -> None:
        """All keys go up."""
        self._performer.release_all(time_ns / NANOSECONDS)

    def draw(self, time_ns: int) -> Pixels:
        """The picture at a time of the same clock as the notes'."""
        time = time_ns / NANOSECONDS
        canvas = self._base.copy()
        light = self._light.resting(time_ns)
        for key, depth, glow in self._performer.keys(time):
            glow = min(1.5, glow * self.brightness)  # noqa: PLW2901 -- as bright as is wanted
            self._press(canvas, self._patches[key], depth, glow)
            self._light.shine(light, key, glow)
        for pose in self._performer.hands(time):
            self._hands.shade(light, pose)
        self._illuminate(canvas, light)
        return self._drifted(canvas, time_ns)

    def _press(self, canvas: Pixels, patch: Patch, depth: float, glow: float) -> None:
        cv2 = self._cv2
        pressed = cv2.addWeighted(patch.up, 1.0 - depth, patch.down, depth, 0)
        shining = cv2.addWeighted(pressed, 1.0 - FAINTER * min(1.0, glow), patch.glow, glow, 0)
        cv2.copyTo(shining, patch.mask, canvas[patch.box])

    def _illuminate(self, canvas: Pixels, light: Image) -> None:
        cv2 = self._cv2
        band = self._light.band
        coarse = cv2.convertScaleAbs(light[band], alpha=UNIT)
        part = canvas[band.start * COARSE : band.stop * COARSE]
        fine = cv2.resize(coarse, part.shape[1::-1], interpolation=cv2.INTER_LINEAR)
        cv2.multiply(part, fine, dst=part, scale=1.0 / UNIT)

    def _drifted(self, canvas: Pixels, time_ns: int) -> Pixels:
        """The part of the canvas that the drifting camera sees, between pixels too."""
        cv2 = self._cv2
        width, height = self._size
        x, y = (
            room + self._scale * reach * sum(_sine(time_ns, p) for p in periods) / 2
            for room, reach, periods in zip(self._room, DRIFT, DRIFT_PERIODS, strict=True)
        )
        left, top = math.floor(x), math.floor(y)
        rows = slice(top, top + height + 1)
        one, other = canvas[rows, left : left + width], canvas[rows, left + 1 : left + 1 + width]
        across = cv2.addWeighted(one, 1.0 - (x - left), other, x - left, 0)
        picture: Pixels = cv2.addWeighted(across[:-1], 1.0 - (y - top), across[1:], y - top, 0)
        return picture

    def _view(self) -> g.View:
        width, height = self._canvas
        return g.View(
            eye=(440.0, -430.0, 545.0),
            target=(592.0, 72.0, 0.0),
            roll=-0.02,
            focal=712.0 * self._scale,
            centre=(0.515 * width - 0.5, 0.625 * height - 0.5),
        )

    def _paint(self, view: g.View) -> tuple[Pixels, dict[int, Patch]]:
        scenery = Scenery(self._cv2, view, self._canvas)
        behind = backdrop(self._canvas)
        up = scenery.picture() + behind
        low = {
            False: scenery.picture(whites_down=True) + behind,
            True: scenery.picture(blacks_down=True) + behind,
        }
        glow = dict(zip((False, True), scenery.glow(), strict=True))
        ebony = scenery.silhouettes(g.BLACK_KEYS)
        noise = np.random.default_rng(88).random((*up.shape[:2], 1), np.float32)
        patches = {}
        for key in g.KEYS:
            black = g.is_black(key)
            box, cover = scenery.silhouette(key)
            cover = cover[..., None] * (1.0 if black else 1.0 - ebony[box][..., None])
            down = up[box] + cover * (low[black][box] - up[box])
            images = (up[box], down, cover * glow[black][box])
            mask = np.where(cover[..., 0] > 0, np.uint8(255), np.uint8(0))
            patches[key] = Patch(box, mask, *(_bytes(i, noise[box]) for i in images))
        return _bytes(up, noise), patches


def _bytes(image: NDArray[Any], noise: NDArray[Any]) -> Pixels:
    """With a little noise instead of rounding: dark gradients would show steps on a screen."""
    values: Pixels = np.clip(image * 255 + noise, 0, 255).astype(np.uint8)
    return values


def _sine(time_ns: int, period: float) -> float:
    """Of a time since the epoch: the whole periods are dropped before precision is lost."""
    period_ns = round(period * NANOSECONDS)
    return math.sin(2 * math.pi * (time_ns % period_ns) / period_ns)
