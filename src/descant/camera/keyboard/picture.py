# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Draw the keyboard as it is played, for any time."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from descant.camera.keyboard import geometry as g
from descant.camera.keyboard.hand_shadows import HandShadows
from descant.camera.keyboard.lighting import StageLight, backdrop
from descant.camera.keyboard.motion import Performer
from descant.camera.keyboard.scenery import Scenery
from descant.camera.keyboard.textures import Image
from descant.camera.picture_source import Pixels
from descant.types import NANOSECONDS, Note

DESIGN_WIDTH = 1280  # pixels, for which the drift and the view are given
DRIFT = (22.0, 12.0)  # largest drift of the view to both sides, pixels
DRIFT_PERIODS = ((53.0, 31.0), (67.0, 41.0))  # of two sines along each axis, s
COARSE = 4  # pixels of the picture per pixel of the light map, along each axis
FAINTER = 0.7  # fraction of the light on a key that a full glow replaces
UNIT = 40  # value of the light map for light as painted


@dataclass(frozen=True)
class Patch:
    """The part of the picture that one key changes: up, pressed, and glowing."""

    box: tuple[slice, slice]
    mask: NDArray[np.uint8]
    up: Pixels
    down: Pixels
    glow: Pixels


class KeyboardPicture:
    """Consumes notes as they come and draws the picture of any time.

    A picture depends on the notes so far and the time only (to the bit, on the same machine), not
    on the pictures drawn before. `brightness` scales the glow.
    """

    def __init__(self, cv2: Any, width: int, height: int, *, brightness: float = 1.0) -> None:
        self.brightness = brightness
        self._cv2 = cv2
        self._size = (width, height)
        self._scale = width / DESIGN_WIDTH
        border = [math.ceil(a * self._scale) + 2 for a in DRIFT]
        canvas = [
            -(-(n + 2 * m) // COARSE) * COARSE for n, m in zip((width, height), border, strict=True)
        ]
        self._margin = [(c - n) / 2 for c, n in zip(canvas, (width, height), strict=True)]
        self._canvas = (canvas[0], canvas[1])
        view = self._view()
        self._performer = Performer()
        coarse = (canvas[0] // COARSE, canvas[1] // COARSE)
        self._shadows = HandShadows(cv2, view, COARSE, coarse)
        self._light = StageLight(cv2, view, COARSE, coarse)
        self._base, self._patches = self._paint(view)

    def take(self, note: Note) -> None:
        """Consume one note, in the order of playing."""
        self._performer.take(note, note.time_ns / NANOSECONDS)

    def release_all(self, time_ns: int) -> None:
        """Release all keys."""
        self._performer.release_all(time_ns / NANOSECONDS)

    def draw(self, time_ns: int) -> Pixels:
        """Return the picture of a time on the notes' clock."""
        time = time_ns / NANOSECONDS
        canvas = self._base.copy()
        light = self._light.at_rest(time_ns)
        for key, depth, glow in self._performer.keys(time):
            bright = min(1.5, glow * self.brightness)
            self._press(canvas, self._patches[key], depth, bright)
            self._light.add_glow(light, key, bright)
        for pose in self._performer.hands(time):
            self._shadows.shade(light, pose)
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
        """Return the part of the canvas in the drifting view, interpolated between pixels."""
        cv2 = self._cv2
        width, height = self._size
        x, y = (
            margin + self._scale * reach * sum(_sine(time_ns, p) for p in periods) / 2
            for margin, reach, periods in zip(self._margin, DRIFT, DRIFT_PERIODS, strict=True)
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
    """Convert with noise instead of rounding, or dark gradients show steps on a screen."""
    values: Pixels = np.clip(image * 255 + noise, 0, 255).astype(np.uint8)
    return values


def _sine(time_ns: int, period: float) -> float:
    """Return the sine of a time since the epoch; whole periods are removed to keep precision."""
    period_ns = round(period * NANOSECONDS)
    return math.sin(2 * math.pi * (time_ns % period_ns) / period_ns)
