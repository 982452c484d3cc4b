"""The keyboard in its light, painted once: with all keys up, pressed, and glowing."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from descant.camera.keyboard import geometry as g
from descant.camera.keyboard.surfaces import IVORY, WARM, Image, Surfaces, lit, spotlight

FALLBOARD = g.LENGTH + 1.5  # y of the glossy board behind the keys
FALLBOARD_TOP = 105.0  # z of its edge
SLIP = (-3.0, -13.0)  # y and z of the upper edge of the board before the keys
LEFT, RIGHT = -26.0, g.WIDTH + 26.0  # the cheek blocks at the ends of the keyboard
FAR = 4_000.0
Box = tuple[slice, slice]
Place = Callable[[NDArray[Any]], NDArray[Any]]


def _dip(low: tuple[float, float], y: float) -> float:
    return low[0] + (low[1] - low[0]) * y / g.LENGTH


class Scenery:
    """Paints on a canvas of `size` (width, height) pixels, twice as fine, through `view`."""

    FINER = 2

    def __init__(self, cv2: Any, view: g.View, size: tuple[int, int]) -> None:
        self._cv2 = cv2
        fine = self.FINER
        centre = ((view.centre[0] + 0.5) * fine - 0.5, (view.centre[1] + 0.5) * fine - 0.5)
        self._view = g.View(view.eye, view.target, view.roll, view.focal * fine, centre)
        self._size = (size[0] * fine, size[1] * fine)
        self._surfaces = Surfaces(cv2)

    def picture(self, *, whites_down: bool = False, blacks_down: bool = False) -> Image:
        """The whole scene; keys that are down are each as if it alone were."""
        image = self._behind().copy()
        self._keys(image, whites_down=whites_down, blacks_down=blacks_down)
        self._front(image)
        return self._coarse(image)

    def glow(self) -> tuple[Image, Image]:
        """What pressed keys shine with: the white ones, the black ones, on black."""
        whites, blacks = self._empty(), self._empty()
        self._whites(whites, self._surfaces.glow_of_whites(), g.WHITE_DIP, _same)
        self._black_tops(blacks, self._surfaces.glow_of_blacks(), g.BLACK_DIP, _same)
        return self._coarse(whites), self._coarse(blacks)

    def silhouette(self, key: int) -> tuple[Box, NDArray[np.float32]]:
        """1 where the key is seen or hides something while it is up, within a box around it."""
        left, right = g.span(key)
        if g.is_black(key):
            corners = [(x, y, z) for x in (left, right) for y, z in _black_profile((0.0, 0.0))]
        else:
            ends = ((-1.0, 0.0), (-1.0, -g.LIP), (g.LENGTH, 0.0))
            corners = [(x, y, z) for x in (left, right) for y, z in ends]
        width, height = (n // self.FINER for n in self._size)
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
        """1 where any of `keys` is, on the whole canvas."""
        width, height = (n // self.FINER for n in self._size)
        found = np.zeros((height, width), np.float32)
        for key in keys:
            box, mask = self.silhouette(key)
            found[box] = np.maximum(found[box], mask)
        return found

    def _empty(self) -> Image:
        return np.zeros((self._size[1], self._size[0], 3), np.float32)

    def _coarse(self, image: NDArray[Any]) -> NDArray[Any]:
        size = (self._size[0] // self.FINER, self._size[1] // self.FINER)
        coarse: NDArray[Any] = self._cv2.resize(image, size, interpolation=self._cv2.INTER_AREA)
        return coarse

    # -- the keys ------------------------------------------------------------------------------

    def _keys(
        self, image: Image, *, whites_down: bool, blacks_down: bool, place: Place | None = None
    ) -> None:
        place = place or _same
        low = g.WHITE_DIP if whites_down else (0.0, 0.0)
        self._whites(image, self._surfaces.whites(down=whites_down), low, place)
        if whites_down:
            self._walls(image, place)
        self._lips(image, low, place)
        low = g.BLACK_DIP if blacks_down else (0.0, 0.0)
        self._black_sides(image, low, place)
        self._black_tops(image, self._surfaces.blacks(), low, place)

    def _whites(self, image: Image, texture: Image, low: tuple[float, float], at: Place) -> None:
        corners = [(0, g.LENGTH, low[1]), (g.WIDTH, g.LENGTH, low[1])]
        corners += [(g.WIDTH, 0, low[0]), (0, 0, low[0])]
        self._texture(image, texture, at(np.array(corners)), [at(np.array(corners))])

    def _walls(self, image: Image, at: Place) -> None:
        """The sides of the neighbours of pressed keys."""
        eye = self._view.eye[0]
        front, back = g.WHITE_DIP
        for key in g.WHITE_KEYS:
            left, right = g.span(key)
            x = right if right > eye else left
            wall = [(x, 0, 0), (x, g.LENGTH, 0), (x, g.LENGTH, back), (x, 0, front)]
            self._polygon(image, at(np.array(wall, float)), 0.34 * IVORY * lit(x))

    def _lips(self, image: Image, low: tuple[float, float], at: Place) -> None:
        for key in g.WHITE_KEYS:
            left, right = g.span(key)
            z = low[0]
            lip = [(left + 0.5, 0, z), (right - 0.5, 0, z), (right - 0.5, -1, -g.LIP)]
            lip.append((left + 0.5, -1, -g.LIP))
            self._polygon(image, at(np.array(lip, float)), 0.46 * IVORY * lit((left + right) / 2))

    def _black_sides(self, image: Image, low: tuple[float, float], at: Place) -> None:
        eye = self._view.eye[0]
        profile = _black_profile(low)
        for key in g.BLACK_KEYS:
            left, right = g.span(key)
            x = left if left > eye else right
            side = at(np.array([(x, y, z) for y, z in profile], float))
            bright = 0.13 if x == left else 0.06  # the spotlight comes from the left
            self._polygon(image, side, bright * lit(x) + 0.012)
            foot, edge = profile[0], profile[1]
            front = [(left, *foot), (right, *foot), (right, *edge), (left, *edge)]
            self._polygon(image, at(np.array(front, float)), 0.24 * lit(x) + 0.02)

    def _black_tops(
        self, image: Image, texture: Image, low: tuple[float, float], at: Place
    ) -> None:
        profile = _black_profile(low)
        (edge_y, edge_z), (_, back_z) = profile[1], profile[2]
        slope = (back_z - edge_z) / (g.LENGTH - edge_y)
        corners = [(x, g.LENGTH, back_z) for x in (0, g.WIDTH)]
        corners += [(x, 0, back_z - slope * g.LENGTH) for x in (g.WIDTH, 0)]
        tops = []
        for key in g.BLACK_KEYS:
            left, right = g.span(key)
            top = [(left, edge_y, edge_z), (right, edge_y, edge_z)]
            top += [(right, g.LENGTH, back_z), (left, g.LENGTH, back_z)]
            tops.append(at(np.array(top, float)))
        self._texture(image, texture, at(np.array(corners, float)), tops)

    # -- what is around them -------------------------------------------------------------------

    @cache  # noqa: B019 -- a scenery is painted and thrown away
    def _behind(self) -> Image:
        """Black lacquer that mirrors the keys, less and less towards its upper edge."""
        image, mirror, cv2 = self._empty(), self._empty(), self._cv2
        self._keys(mirror, whites_down=False, blacks_down=False, place=_mirrored)
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
        corners = np.array(
            [(x, FALLBOARD, z) for x, z in ((LEFT, FALLBOARD_TOP), (RIGHT, FALLBOARD_TOP))]
            + [(x, FALLBOARD, -5.0) for x in (RIGHT, LEFT)]
        )
        self._texture(image, board, corners, [corners])
        strength = np.zeros_like(image)
        self._texture(strength, np.dstack([fade] * 3).astype(np.float32), corners, [corners])
        image += strength * mirror
        return image

    def _front(self, image: Image) -> None:
        """The key slip, lacquered, and the cheek blocks at both ends."""
        y, z = SLIP
        for inner, outer in ((0.0, LEFT), (g.WIDTH, RIGHT)):
            top = [(inner, -6, 6), (outer, -6, 6), (outer, FALLBOARD, 6), (inner, FALLBOARD, 6)]
            self._polygon(image, np.array(top, float), 0.10 * lit(inner))
            if (inner > 0) != (self._view.eye[0] > inner):
                side = [(inner, -6, 6), (inner, FALLBOARD, 6), (inner, FALLBOARD, -9)]
                side.append((inner, -6, -9))
                self._polygon(image, np.array(side, float), 0.05 * lit(inner))
        rows, columns = 200, 640
        x = np.linspace(LEFT, RIGHT, columns, dtype=np.float32)[None, :]
        depth = np.linspace(0.0, 60.0, rows, dtype=np.float32)[:, None]
        sheen = 0.42 * np.exp(-((depth - 1.2) ** 2) / 1.2) + 0.15 * np.exp(-depth / 20.0)
        slip = ((sheen * spotlight(x))[..., None] * WARM + 0.010).astype(np.float32)
        corners = np.array(
            [(LEFT, y, z), (RIGHT, y, z), (RIGHT, y - 60, z - 8), (LEFT, y - 60, z - 8)]
        )
        self._texture(image, slip, corners, [corners])
        below = np.array([(LEFT - 300, y - 60, z - 8), (RIGHT + 300, y - 60, z - 8)])
        below = np.vstack([below, below[::-1] - np.array((0, 240, 0))])
        self._polygon(image, below, np.array((0.012, 0.010, 0.010)))

    # -- brushes -------------------------------------------------------------------------------

    def _polygon(self, image: Image, points: ArrayLike, colour: ArrayLike) -> None:
        corners = np.round(self._view.project(points) * 16).astype(np.int32)
        colours = [float(c) for c in np.asarray(colour)]
        self._cv2.fillConvexPoly(image, corners, colours, shift=4)

    def _texture(
        self, image: Image, texture: Image, corners: NDArray[Any], parts: Iterable[NDArray[Any]]
    ) -> None:
        """`texture`, its corners clockwise from upper left at `corners`, where `parts` are."""
        cv2 = self._cv2
        rows, columns = texture.shape[:2]
        source = np.array([(0, 0), (columns, 0), (columns, rows), (0, rows)], np.float32) - 0.5
        to = self._view.project(corners).astype(np.float32)
        matrix = cv2.getPerspectiveTransform(source, to)
        seen = cv2.warpPerspective(texture, matrix, self._size, borderMode=cv2.BORDER_REPLICATE)
        mask = np.zeros(self._size[::-1], np.uint8)
        for part in parts:
            polygon = np.round(self._view.project(part) * 16).astype(np.int32)
            cv2.fillConvexPoly(mask, polygon, 255, shift=4)
        cv2.copyTo(seen, mask, image)


def _same(points: NDArray[Any]) -> NDArray[Any]:
    return points


def _mirrored(points: NDArray[Any]) -> NDArray[Any]:
    """Behind the fallboard, as it reflects."""
    return np.column_stack([points[:, 0], 2 * FALLBOARD - points[:, 1], points[:, 2]])


def _black_profile(low: tuple[float, float]) -> list[tuple[float, float]]:
    """y and z of a black key's outline: foot, front edge, back edge, back at the bottom."""
    edge_y = g.BLACK_FRONT + g.BLACK_SLOPE
    edge_z = g.BLACK_HEIGHT + _dip(low, edge_y)
    back_z = g.BLACK_HEIGHT + low[1]
    return [(g.BLACK_FRONT, 0.0), (edge_y, edge_z), (g.LENGTH, back_z), (g.LENGTH, 0.0)]
