# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Textures of the keys, seen from above: ivory, ebony, shadows, glow.

Colours are blue, green, red, 0..1, as they are shown (not linear light).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from descant.camera.keyboard import geometry as g

Image = NDArray[np.float32]

PIXELS_PER_MM = 2.5
WARM = np.array((0.60, 0.79, 1.0), np.float32)  # the spotlight
COOL = np.array((0.105, 0.075, 0.062), np.float32)  # light reflected by the dark hall
IVORY = np.array((0.86, 0.94, 1.0), np.float32)
SPOT = (500.0, 470.0)  # middle and width of the spotlight along the keyboard, mm
SHADOW = (6.0, -5.0)  # offset of a black key's shadow, mm


def spotlight(x: NDArray[Any] | float) -> NDArray[Any]:
    """Return the brightness of the spotlight along the keyboard, 0..1; `x` in mm."""
    middle, width = SPOT
    return 0.10 + 0.90 * np.exp(-(((np.asarray(x) - middle) / width) ** 2))


def lit(x: NDArray[Any] | float) -> NDArray[Any]:
    """Return the colour of the light along the keyboard; the last axis is the colour."""
    return np.asarray(spotlight(x))[..., None] * WARM + COOL


def glow_colour(key: int) -> NDArray[Any]:
    """Return the colour of a sounding key: red in the bass, gold, pale in the treble."""
    where = (key - g.KEYS.start) / (len(g.KEYS) - 1)
    stops = np.array([(0.10, 0.34, 1.0), (0.20, 0.58, 1.0), (0.62, 0.86, 1.0)])
    return np.array([np.interp(where, (0.0, 0.5, 1.0), stops[:, c]) for c in range(3)])


class KeyTextures:
    """Textures of the whole keyboard; row 0 is at the fallboard, the last row at the front."""

    def __init__(self, cv2: Any) -> None:
        self._cv2 = cv2
        columns, rows = round(g.WIDTH * PIXELS_PER_MM), round(g.LENGTH * PIXELS_PER_MM)
        self.x = ((np.arange(columns, dtype=np.float32) + 0.5) / PIXELS_PER_MM)[None, :]
        self.y = (g.LENGTH - (np.arange(rows, dtype=np.float32) + 0.5) / PIXELS_PER_MM)[:, None]

    def whites(self, *, down: bool) -> Image:
        """Return the white keys; `down`: each as if it were the only pressed one."""
        lift = 1.7 if down else 1.0
        edge = self._to_edge()
        shade = 1.0 - 0.62 * self._shadow(lift, 2.2 * lift)
        shade *= 1.0 - 0.35 * self._shadow(0.0, 4.0)
        shade *= 1.0 - 0.55 * np.exp((self.y - g.LENGTH) / 16.0)  # under the fallboard
        shade *= 1.0 - 0.85 * np.exp(-((edge / 0.55) ** 2))  # the gaps
        shade *= 1.0 - 0.22 * np.exp(-np.minimum(self.y, 30) / 2.0)  # the rounded front
        if down:
            shade *= 1.0 - 0.55 * np.exp(-edge / 3.0)  # its neighbours' shadows
            shade *= 0.86
        sheen = 0.10 * np.exp(-(((self.y - 26.0) / 17.0) ** 2)) * spotlight(self.x)
        colour = lit(self.x) * IVORY * self._key_tones()[..., None]
        shown = 0.90 * shade[..., None] * colour + (shade * sheen)[..., None] * WARM
        return _single(shown)

    def blacks(self) -> Image:
        """Return the tops of the black keys with the reflection of the spotlight."""
        across = self._across(g.BLACK_KEYS)
        ridge = np.exp(-(((np.abs(across) - 0.82) / 0.12) ** 2)) * (0.35 + 0.65 * (across < 0))
        front = np.exp(-np.abs(self.y - g.BLACK_FRONT - g.BLACK_SLOPE - 1.0) / 2.2)
        silk = np.exp(-(((self.y - 82.0) / 26.0) ** 2)) * (1 - 0.6 * across**2)
        shine = 0.030 + 0.10 * silk + 0.20 * ridge + 0.22 * front
        return _single(shine[..., None] * (lit(self.x) + 0.10))

    def glow_of_whites(self) -> Image:
        """Return the glow of pressed white keys, strongest under the finger."""
        edge = self._to_edge()
        along = 0.42 + 0.58 * np.exp(-(((self.y - 38.0) / 42.0) ** 2))
        body = (1.0 - np.exp(-edge / 2.4)) * along * (1.0 - 0.45 * self._shadow(0.0, 3.0))
        heart = np.exp(-(((self.y - 36.0) / 26.0) ** 2)) * np.clip(edge / 11.0, 0, 1) ** 1.5
        return self._coloured(g.WHITE_KEYS, body, heart)

    def glow_of_blacks(self) -> Image:
        """Return the glow of pressed black keys."""
        across = self._across(g.BLACK_KEYS)
        along = 0.35 + 0.65 * np.exp(-(((self.y - 74.0) / 26.0) ** 2))
        body = (1.0 - 0.65 * np.clip(np.abs(across), 0, 1) ** 3) * along
        heart = np.exp(-(((self.y - 72.0) / 20.0) ** 2)) * np.clip(1 - np.abs(across), 0, 1)
        return self._coloured(g.BLACK_KEYS, 0.85 * body, heart)

    def _coloured(self, keys: Iterable[int], body: Image, heart: Image) -> Image:
        colours = np.zeros((1, self.x.size, 3), np.float32)
        for key in keys:
            left, right = self._columns(key)
            colours[0, left:right] = glow_colour(key)
        white = np.array((0.75, 0.93, 1.0), np.float32)
        warm = body[..., None] * colours
        shine = warm + 0.75 * heart[..., None] * (white - 0.5 * colours)
        return _single(shine / np.maximum(1.0, shine.max(axis=2, keepdims=True)))

    def _columns(self, key: int) -> tuple[int, int]:
        left, right = g.span(key)
        return round(left * PIXELS_PER_MM), round(right * PIXELS_PER_MM)

    def _to_edge(self) -> Image:
        """Return the distance to the next gap between white keys, mm."""
        within = np.mod(self.x, g.PITCH)
        edge: Image = np.minimum(within, g.PITCH - within)
        return edge

    def _across(self, keys: Iterable[int]) -> Image:
        """Return -1 at the left edge of one of `keys`, 1 at its right, beyond that elsewhere."""
        across = np.full((1, self.x.size), 9.0, np.float32)
        for key in keys:
            left, right = g.span(key)
            position = (self.x - (left + right) / 2) / ((right - left) / 2)
            across = np.where(np.abs(position) < 1.6, position, across)
        return across

    def _key_tones(self) -> Image:
        """Return slightly different tones of ivory for the white keys."""
        tones = 1.0 + 0.018 * np.random.default_rng(88).standard_normal(len(g.WHITE_KEYS))
        index = np.clip((self.x / g.PITCH).astype(int), 0, len(tones) - 1)
        tone: Image = tones.astype(np.float32)[index]
        return tone

    def _shadow(self, lift: float, softness: float) -> Image:
        """Return the shadows of the black keys, 0..1, at `lift` times their offset."""
        mask = np.zeros((self.y.size, self.x.size), np.float32)
        for key in g.BLACK_KEYS:
            left, right = (edge + lift * SHADOW[0] for edge in g.span(key))
            front = g.BLACK_FRONT + lift * SHADOW[1]
            columns = slice(round(left * PIXELS_PER_MM), round(right * PIXELS_PER_MM))
            mask[: round((g.LENGTH - front) * PIXELS_PER_MM), columns] = 1.0
        shadow: Image = self._cv2.GaussianBlur(mask, (0, 0), softness * PIXELS_PER_MM)
        return shadow


def _single(image: NDArray[Any]) -> Image:
    return np.asarray(image, dtype=np.float32)
