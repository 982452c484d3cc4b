# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Threads in space (knots) on the screen: turning slowly, in perspective, nearer parts thicker."""

from __future__ import annotations

import numpy as np

from descant.arrays import Floats
from descant.stage.episode_curves import EpisodeCurve, PastEpisode
from descant.stage.frame import Stroke
from descant.stage.settings import StageSettings, screen_units

SIZE = 0.60  # on the screen, of something 1 long in the middle
DEEP = 1.6  # largest distance of a point from the middle, about
DIMMEST = 0.30  # brightness of the deepest point
NEAREST = 0.7  # largest z, as a fraction of the distance to the eye
WARM = np.array([0.72, 0.60, 0.45])  # fraction of its colour that the thinnest point loses
COOL = np.array([0.02, 0.07, 0.30])  # colour that the thinnest point gains
RAISED = 1.1  # the inlay is so many half widths of the target nearer: all of it on the surface
FULL_WIDTH_LENGTH = 38.0  # of the longest thread with its full width: that of the knot (3, 4, 7)
PAST_SCALE = 0.55
PAST_DEPTH = 4.0  # screen units


def rotation(angles: Floats) -> Floats:
    """Turn by angles[0] about x, then by angles[1] about y, then by angles[2] about z, radians."""
    (cx, cy, cz), (sx, sy, sz) = np.cos(angles), np.sin(angles)
    about_x = np.array([[1, 0, 0], [0, cx, -sx], [0, sx, cx]])
    about_y = np.array([[cy, 0, sy], [0, 1, 0], [-sy, 0, cy]])
    about_z = np.array([[cz, -sz, 0], [sz, cz, 0], [0, 0, 1]])
    return about_z @ about_y @ about_x  # type: ignore[no-any-return]


def _slimness(line: Floats, settings: StageSettings) -> float:
    """Factor of the width: less than 1 for a thread so long that it would fill the picture."""
    step = np.diff(line[::4, :3], axis=0)  # a length to a hundredth is exact enough
    length = float(np.sqrt((step * step).sum(axis=1)).sum())
    factor = (FULL_WIDTH_LENGTH / max(length, 1e-9)) ** 0.7
    return float(np.clip(factor, settings.knot_slimmest, 1.0))


def _tube(
    line: Floats,
    turn: Floats,
    colour: tuple[float, ...],
    alpha: float,
    width: float,
    *,
    distance: float,
    nearer: float = 0.0,
    scale: float = 1.0,
) -> Stroke:
    """Points in -1 .. 1 as a tube, seen from `distance`; `nearer` (screen units) brings it
    forward.
    """
    x, y, z = (line[:, :3] @ turn.T * scale).T  # z towards the viewer
    z = np.minimum(z, NEAREST * distance)  # while theta diverges, points stay before the eye
    nearness = distance / (distance - z)
    points = SIZE * nearness[:, None] * np.stack([x, y], axis=1)
    light = np.clip((z + DEEP) / (2.0 * DEEP), 0.0, 1.0)
    shade = DIMMEST + (1.0 - DIMMEST) * light
    rgba = np.empty((len(line), 4))
    rgba[:, :3] = np.asarray(colour) * shade[:, None]
    rgba[:, 3] = alpha
    half = screen_units(width) / 2.0 * nearness * scale
    if line.shape[1] > 3:
        thickness = np.clip(line[:, 3], 0.0, 1.0)
        half = half * thickness
        thin = 1.0 - thickness[:, None]
        rgba[:, :3] = rgba[:, :3] * (1.0 - thin * WARM) + COOL * thin * shade[:, None]
    return Stroke(points, half, -SIZE * z - nearer, rgba, round=True)


def current_episode(curve: EpisodeCurve, settings: StageSettings, turn: Floats) -> list[Stroke]:
    """Target and learned thread, the latter like an inlay where they have become one."""
    target = curve.target_points()
    width = settings.knot_width * _slimness(target, settings)
    far = settings.knot_distance
    return [
        _tube(target, turn, settings.target_colour, curve.shown, width, distance=far),
        _tube(
            curve.learned_points(),
            turn,
            settings.learned_colour,
            curve.shown,
            width * settings.knot_inlay,
            distance=far,
            nearer=RAISED * screen_units(width) / 2.0,
        ),
    ]


def past_episode(past: PastEpisode, settings: StageSettings, turn: Floats) -> list[Stroke]:
    """An episode that is over: it shrinks into the distance behind the current one, and fades."""
    scale = 1.0 + (PAST_SCALE - 1.0) * past.gone**0.5
    early = max(0.0, 1.0 - 4.0 * past.gone**0.5)  # it leaves the front at once, then lingers
    grey = np.asarray(settings.past_colour) * 0.5
    strokes = []
    for line, colour, size, rise in (
        (past.target, settings.target_colour, 1.0, 0.0),
        (past.learned, settings.learned_colour, settings.knot_inlay, RAISED),
    ):
        if line is None:
            continue
        tint = tuple((grey + (np.asarray(colour) - grey) * early).tolist())
        alpha = past.strength * (0.2 + 0.8 * early)
        whole = settings.knot_width * _slimness(line, settings)
        width = whole * size * (0.3 + 0.7 * early)
        nearer = rise * screen_units(whole) / 2.0 - PAST_DEPTH * past.gone**0.5
        far = settings.knot_distance
        strokes.append(
            _tube(line, turn, tint, alpha, width, distance=far, nearer=nearer, scale=scale)
        )
    return strokes
