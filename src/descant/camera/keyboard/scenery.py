# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Paint the lit keyboard once: with all keys up, with pressed keys, and with glowing keys."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from descant.arrays import Floats
from descant.camera.keyboard import geometry as g
from descant.camera.keyboard.textures import IVORY, WARM, Image, KeyTextures, lit, spotlight

FALLBOARD = g.LENGTH + 1.5  # y of the glossy board behind the keys
FALLBOARD_TOP = 105.0  # z of its edge
SLIP = (-3.0, -13.0)  # y and z of the upper edge of the board in front of the keys
LEFT, RIGHT = -26.0, g.WIDTH + 26.0  # outer x of the cheek blocks at the ends of the keyboard
Box = tuple[slice, slice]
Place = Callable[[NDArray[Any]], NDArray[Any]]
"""Moves points before they are painted."""
UP = (0.0, 0.0)  # z of the front and the back of a key that is not pressed


class Scenery:
    """Paints on a canvas of `size` (width, height) pixels through `view`, twice as fine."""

    FINER = 2

    def __init__(self, cv2: Any, view: g.View, size: tuple[int, int]) -> None:
        self._cv2 = cv2
        fine = self.FINER
        centre = ((view.centre[0] + 0.5) * fine - 0.5, (view.centre[1] + 0.5) * fine - 0.5)
        self._view = g.View(view.eye, view.target, view.roll, view.focal * fine, centre)
        self._canvas = size
        self._size = (size[0] * fine, size[1] * fine)
        self._textures = KeyTextures(cv2)

    def picture(self, *, whites_down: bool = False, blacks_down: bool = False) -> Image:
        """Return the whole scene; each pressed key looks as if it were the only one."""
        image = self._behind().copy()
        self._keys(image, whites_down=whites_down, blacks_down=blacks_down)
        self._front(image)
        return self._reduced(image)

    def glow(self) -> tuple[Image, Image]:
        """Return the glow of pressed keys on black: of the white ones, of the black ones."""
        whites, blacks = self._empty(), self._empty()
        self._white_tops(whites, self._textures.glow_of_whites(), g.WHITE_DIP)
        self._black_tops(blacks, self._textures.glow_of_blacks(), g.BLACK_DIP)
        return self._reduced(whites), self._reduced(blacks)

    def silhouette(self, key: int) -> tuple[Box, NDArray[np.float32]]:
        """Return a mask, 1 where the unpressed key is seen or covers something, and its box."""
        left, right = g.span(key)
        if g.is_black(key):
            profile = _black_profile(UP)
        else:
            profile = [(-1.0, 0.0), (-1.0, -g.LIP), (g.LENGTH, 0.0)]
        corners = [(x, y, z) for x in (left, right) for y, z in profile]
        width, height = self._canvas
        points = (self._view.project(corners) + 0.5) / self.FINER - 0.5
        (x0, y0), (x1, y1) = np.floor(points.min(axis=0)), np.ceil(points.max(axis=0)) + 1
        rows = slice(max(0, int(y0)), min(height, int(y1)))
        columns = slice(max(0, int(x0)), min(width, int(x1)))
        shape = (rows.stop - rows.start, columns.stop - columns.start)
        mask = np.zeros((4 * shape[0], 4 * shape[1]), np.uint8)
        outline = (points - (columns.start - 0.5, rows.start - 0.5)) * 4 - 0.5
        hull = self._cv2.convexHull(np.round(outline * 16).astype(np.int32))
        self._cv2.fillConvexPoly(mask, hull, 255, shift=4)
        mask = self._cv2.resize(mask, shape[::-1], interpolation=self._cv2.INTER_AREA)
        return (rows, columns), mask.astype(np.float32) / 255

    def silhouettes(self, keys: Iterable[int]) -> NDArray[np.float32]:
        """Return a mask of the whole canvas, 1 where any of `keys` is."""
        found = np.zeros(self._canvas[::-1], np.float32)
        for key in keys:
            box, mask = self.silhouette(key)
            found[box] = np.maximum(found[box], mask)
        return found

    def _empty(self) -> Image:
        return np.zeros((self._size[1], self._size[0], 3), np.float32)

    def _reduced(self, image: NDArray[Any]) -> NDArray[Any]:
        """Return the image at the resolution of the canvas."""
        area = self._cv2.INTER_AREA
        reduced: NDArray[Any] = self._cv2.resize(image, self._canvas, interpolation=area)
        return reduced

    # -- the keys ------------------------------------------------------------------------------

    def _keys(
        self, image: Image, *, whites_down: bool, blacks_down: bool, place: Place | None = None
    ) -> None:
        dip = g.WHITE_DIP if whites_down else UP
        self._white_tops(image, self._textures.whites(down=whites_down), dip, place)
        if whites_down:
            self._walls(image)
        self._white_fronts(image, dip, place)
        dip = g.BLACK_DIP if blacks_down else UP
        self._black_sides(image, dip, place)
        self._black_tops(image, self._textures.blacks(), dip, place)

    def _white_tops(
        self, image: Image, texture: Image, dip: tuple[float, float], place: Place | None = None
    ) -> None:
        corners = [(0, g.LENGTH, dip[1]), (g.WIDTH, g.LENGTH, dip[1])]
        corners += [(g.WIDTH, 0, dip[0]), (0, 0, dip[0])]
        self._texture(image, texture, corners, [corners], place)

    def _walls(self, image: Image) -> None:
        """Paint the sides of the neighbours of pressed keys."""
        front, back = g.WHITE_DIP
        for key in g.WHITE_KEYS:
            left, right = g.span(key)
            x = right if right > self._view.eye[0] else left
            wall = [(x, 0, 0), (x, g.LENGTH, 0), (x, g.LENGTH, back), (x, 0, front)]
            self._polygon(image, wall, 0.34 * IVORY * lit(x))

    def _white_fronts(self, image: Image, dip: tuple[float, float], place: Place | None) -> None:
        for key in g.WHITE_KEYS:
            left, right = g.span(key)
            z = dip[0]
            lip = [(left + 0.5, 0, z), (right - 0.5, 0, z), (right - 0.5, -1, -g.LIP)]
            lip.append((left + 0.5, -1, -g.LIP))
            self._polygon(image, lip, 0.46 * IVORY * lit((left + right) / 2), place)

    def _black_sides(self, image: Image, dip: tuple[float, float], place: Place | None) -> None:
        profile = _black_profile(dip)
        foot, edge = profile[0], profile[1]
        for key in g.BLACK_KEYS:
            left, right = g.span(key)
            x = left if left > self._view.eye[0] else right
            bright = 0.13 if x == left else 0.06  # the spotlight comes from the left
            side = [(x, y, z) for y, z in profile]
            self._polygon(image, side, bright * lit(x) + 0.012, place)
            front = [(left, *foot), (right, *foot), (right, *edge), (left, *edge)]
            self._polygon(image, front, 0.24 * lit(x) + 0.02, place)

    def _black_tops(
        self, image: Image, texture: Image, dip: tuple[float, float], place: Place | None = None
    ) -> None:
        profile = _black_profile(dip)
        (edge_y, edge_z), (_, back_z) = profile[1], profile[2]
        slope = (back_z - edge_z) / (g.LENGTH - edge_y)
        corners = [(x, g.LENGTH, back_z) for x in (0, g.WIDTH)]
        corners += [(x, 0, back_z - slope * g.LENGTH) for x in (g.WIDTH, 0)]
        tops = []
        for key in g.BLACK_KEYS:
            left, right = g.span(key)
            top = [(left, edge_y, edge_z), (right, edge_y, edge_z)]
            tops.append([*top, (right, g.LENGTH, back_z), (left, g.LENGTH, back_z)])
        self._texture(image, texture, corners, tops, place)

    # -- the case around them ------------------------------------------------------------------

    @cache  # noqa: B019 -- a scenery is painted once and dropped
    def _behind(self) -> Image:
        """Return the black fallboard that reflects the keys, less towards its upper edge."""
        image, mirror, cv2 = self._empty(), self._empty(), self._cv2
        self._keys(mirror, whites_down=False, blacks_down=False, place=_reflected)
        mirror = cv2.GaussianBlur(mirror, (0, 0), 1.3 * self.FINER)
        rows, columns = 220, 640
        z = np.linspace(FALLBOARD_TOP, -5.0, rows, dtype=np.float32)[:, None]
        x = np.linspace(LEFT, RIGHT, columns, dtype=np.float32)[None, :]
        fade = np.repeat(0.36 * np.exp(-np.maximum(z, 0) / 38.0), columns, axis=1)
        sheen = 0.05 * spotlight(x) * np.exp(-(((z - FALLBOARD_TOP) / 10.0) ** 2))
        sheen = sheen + 0.22 * spotlight(x) * np.exp(-((z - FALLBOARD_TOP) ** 2) / 1.5)
        felt = np.exp(-(((z - 1.5) / 1.8) ** 2)) * spotlight(x)
        board = np.empty((rows, columns, 3), np.float32)
        board[:] = sheen[..., None] * WARM + felt[..., None] * np.array((0.03, 0.02, 0.30))
        board += np.array((0.020, 0.017, 0.018))
        top, bottom = FALLBOARD_TOP, -5.0
        ends = ((LEFT, top), (RIGHT, top), (RIGHT, bottom), (LEFT, bottom))
        corners = [(x, FALLBOARD, z) for x, z in ends]
        self._texture(image, board, corners, [corners])
        strength = np.zeros_like(image)
        self._texture(strength, np.dstack([fade] * 3).astype(np.float32), corners, [corners])
        image += strength * mirror
        return image

    def _front(self, image: Image) -> None:
        """Paint the lacquered key slip, and the cheek blocks at both ends."""
        y, z = SLIP
        for inner, outer in ((0.0, LEFT), (g.WIDTH, RIGHT)):
            top = [(inner, -6, 6), (outer, -6, 6), (outer, FALLBOARD, 6), (inner, FALLBOARD, 6)]
            self._polygon(image, top, 0.10 * lit(inner))
            if (inner > 0) != (self._view.eye[0] > inner):
                side = [(inner, -6, 6), (inner, FALLBOARD, 6), (inner, FALLBOARD, -9)]
                self._polygon(image, [*side, (inner, -6, -9)], 0.05 * lit(inner))
        rows, columns = 200, 640
        x = np.linspace(LEFT, RIGHT, columns, dtype=np.float32)[None, :]
        depth = np.linspace(0.0, 60.0, rows, dtype=np.float32)[:, None]
        sheen = 0.42 * np.exp(-((depth - 1.2) ** 2) / 1.2) + 0.15 * np.exp(-depth / 20.0)
        slip = ((sheen * spotlight(x))[..., None] * WARM + 0.010).astype(np.float32)
        corners = [(LEFT, y, z), (RIGHT, y, z), (RIGHT, y - 60, z - 8), (LEFT, y - 60, z - 8)]
        self._texture(image, slip, corners, [corners])
        below = [(LEFT - 300, y - 60, z - 8), (RIGHT + 300, y - 60, z - 8)]
        below += [(x, y - 240, z) for x, y, z in reversed(below)]
        self._polygon(image, below, np.array((0.012, 0.010, 0.010)))

    # -- painting ------------------------------------------------------------------------------

    def _polygon(
        self, image: Image, points: ArrayLike, colour: ArrayLike, place: Place | None = None
    ) -> None:
        """Fill a convex polygon of points in millimetres."""
        colours = [float(c) for c in np.asarray(colour)]
        self._cv2.fillConvexPoly(image, self._outline(points, place), colours, shift=4)

    def _texture(
        self,
        image: Image,
        texture: Image,
        corners: ArrayLike,
        parts: Iterable[ArrayLike],
        place: Place | None = None,
    ) -> None:
        """Paint `texture`, its corners clockwise from upper left at `corners`, inside `parts`."""
        cv2 = self._cv2
        rows, columns = texture.shape[:2]
        source = np.array([(0, 0), (columns, 0), (columns, rows), (0, rows)], np.float32) - 0.5
        to = self._project(corners, place).astype(np.float32)
        matrix = cv2.getPerspectiveTransform(source, to)
        seen = cv2.warpPerspective(texture, matrix, self._size, borderMode=cv2.BORDER_REPLICATE)
        mask = np.zeros(self._size[::-1], np.uint8)
        for part in parts:
            cv2.fillConvexPoly(mask, self._outline(part, place), 255, shift=4)
        cv2.copyTo(seen, mask, image)

    def _outline(self, points: ArrayLike, place: Place | None) -> NDArray[np.int32]:
        """Return pixels with four fractional bits."""
        return np.round(self._project(points, place) * 16).astype(np.int32)

    def _project(self, points: ArrayLike, place: Place | None) -> Floats:
        array = np.asarray(points, float)
        return self._view.project(array if place is None else place(array))


def _reflected(points: NDArray[Any]) -> NDArray[Any]:
    """Return points behind the fallboard, as it reflects them."""
    return np.column_stack([points[:, 0], 2 * FALLBOARD - points[:, 1], points[:, 2]])


def _black_profile(dip: tuple[float, float]) -> list[tuple[float, float]]:
    """Return y and z of a black key's outline: foot, front edge, back edge, back at the bottom."""
    edge_y = g.BLACK_FRONT + g.BLACK_SLOPE
    edge_z = g.BLACK_HEIGHT + dip[0] + (dip[1] - dip[0]) * edge_y / g.LENGTH
    back_z = g.BLACK_HEIGHT + dip[1]
    return [(g.BLACK_FRONT, 0.0), (edge_y, edge_z), (g.LENGTH, back_z), (g.LENGTH, 0.0)]
