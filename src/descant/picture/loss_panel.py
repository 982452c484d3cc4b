# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The loss panel of the picture: the loss of every episode, on a logarithmic axis."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.collections import PolyCollection

from descant.arrays import Floats
from descant.picture import palette
from descant.picture.layout import LOSSES, ROLL, Panels
from descant.picture.loss_curves import LossCurve, LossPoint, loss_range, on_axis
from descant.types import LearningStatus

MAX_DOTS = 1200
"""With more steps than this in all, the dots are left out: they would overlap."""
FEW_EPISODES = 40
"""With more of them the lines that connect the panels become fainter."""
LABEL_POINTS = (8.0, 7.0)
"""Width of an episode's number without digits, and of each digit: numbers that would overlap are
left out."""
NUMBER_POINTS = 13.0
"""A number closer than this to the axis's name or the threshold's number is left out."""

GLOW = (6.5, 4.5, 3.0)  # widths in points, drawn on top of each other


def draw_losses(panels: Panels, curves: Sequence[LossCurve], threshold: float) -> None:
    """Draw one curve per attempt with its points and its end, and the threshold."""
    bounds = loss_range(curves, threshold)
    panels.losses.set_yscale("log")
    panels.losses.set_ylim(*bounds)
    _draw_axis(panels, bounds, threshold)
    if not curves:
        panels.losses.text(
            0.5, 0.5, "nothing was learned", transform=panels.losses.transAxes,
            ha="center", va="center", **palette.label(13, italic=True),
        )  # fmt: skip
        return
    dense = sum(len(curve.points) for curve in curves) > MAX_DOTS
    _draw_curves(panels, curves, bounds, threshold, dense=dense)
    if not dense:
        _draw_dots(panels, curves, bounds, threshold)
    _draw_ends(panels, curves, bounds, dense=dense)


def corners(curve: LossCurve, bounds: tuple[float, float]) -> Floats:
    """The curve as it is drawn, shape (n, 2): the loss holds until the next step, then falls."""
    times = [p.time_s for p in curve.points]
    losses = [on_axis(p.loss, bounds) for p in curve.points]
    x = np.repeat([*times, curve.end_s], 2)[1:-1]
    return np.column_stack([x, np.repeat(losses, 2)])


def _draw_curves(
    panels: Panels,
    curves: Sequence[LossCurve],
    bounds: tuple[float, float],
    threshold: float,
    *,
    dense: bool,
) -> None:
    paths = [corners(curve, bounds) for curve in curves]
    _fill(panels, paths, bounds[0], threshold)
    pieces = np.concatenate([np.stack([path[:-1], path[1:]], axis=1) for path in paths])
    if not dense:
        pieces = np.concatenate([_cut(piece) for piece in pieces])
    colours = palette.loss_colours(np.sqrt(pieces[:, 0, 1] * pieces[:, 1, 1]), threshold)
    for width in () if dense else GLOW:
        glow = np.column_stack([colours, np.full(len(colours), 0.05)])
        palette.draw_lines(panels.losses, pieces, glow, width)
    width = 0.7 if dense else 1.5
    palette.draw_lines(panels.losses, pieces, colours, width, capstyle="round")


def _fill(panels: Panels, paths: Sequence[Floats], bottom: float, threshold: float) -> None:
    """Fill the area below each curve faintly with the colour of its first loss."""
    shapes = [np.vstack([path, [(path[-1, 0], bottom), (path[0, 0], bottom)]]) for path in paths]
    faces = palette.loss_colours(np.array([path[0, 1] for path in paths]), threshold)
    rgba = np.column_stack([faces, np.full(len(faces), 0.07)])
    polygons = PolyCollection(shapes, facecolors=rgba, edgecolors="none", zorder=1)
    panels.losses.add_collection(polygons, autolim=False)


def _cut(piece: Floats) -> Floats:
    """A long line cut into shorter ones, so that each has its own colour, shape (n, 2, 2)."""
    (x0, y0), (x1, y1) = piece
    cuts = 1 + int(4 * abs(math.log10(y1 / y0)))
    x, y = np.linspace(x0, x1, cuts + 1), np.geomspace(y0, y1, cuts + 1)
    ends = np.column_stack([x, y])
    return np.stack([ends[:-1], ends[1:]], axis=1)


def _draw_dots(
    panels: Panels, curves: Sequence[LossCurve], bounds: tuple[float, float], threshold: float
) -> None:
    points = [p for curve in curves for p in curve.points if p.status is LearningStatus.LEARNING]
    if not points:
        return
    losses = np.array([on_axis(p.loss, bounds) for p in points])
    panels.losses.scatter(
        [p.time_s for p in points],
        losses,
        s=9,
        c=palette.loss_colours(losses, threshold),
        edgecolors=palette.BACKGROUND,
        linewidths=0.5,
        zorder=4,
    )


def _draw_ends(
    panels: Panels, curves: Sequence[LossCurve], bounds: tuple[float, float], *, dense: bool
) -> None:
    """Draw a ring where an episode converged, a cross where an attempt diverged."""
    converged = [curve.converged for curve in curves if curve.converged is not None]
    diverged = [p for curve in curves for p in curve.points if p.status is LearningStatus.DIVERGED]
    size = 14.0 if dense else 34.0
    ring: dict[str, Any] = {"facecolors": palette.BACKGROUND, "edgecolors": palette.IN_TUNE}
    _mark(panels, converged, bounds, s=size, marker="o", **ring)
    _mark(panels, diverged, bounds, s=size, marker="x", c=palette.DIVERGED)


def _mark(
    panels: Panels, points: Sequence[LossPoint], bounds: tuple[float, float], **how: Any
) -> None:
    x, y = [p.time_s for p in points], [on_axis(p.loss, bounds) for p in points]
    panels.losses.scatter(x, y, linewidths=1.5, zorder=5, clip_on=False, **how)


def _draw_axis(panels: Panels, bounds: tuple[float, float], threshold: float) -> None:
    """Draw the axis's name, a line for every power of ten, and the threshold with its value."""
    low, high = bounds
    height = panels.points(LOSSES[1] - LOSSES[0])
    powers = range(math.ceil(math.log10(low)), math.floor(math.log10(high)) + 1)
    taken = [high]
    if low <= threshold <= high:
        panels.losses.axhline(
            threshold, color=palette.IN_TUNE, lw=0.8, alpha=0.55, ls=(0, (1, 3)), zorder=1
        )
        _draw_number(panels, f"{threshold:g}", threshold)
        taken.append(threshold)
    for loss in (10.0**power for power in powers):
        panels.losses.axhline(loss, color=palette.RULE, lw=0.8, zorder=0)
        room = min(abs(math.log(loss / other)) for other in taken) / math.log(high / low)
        if room * height >= NUMBER_POINTS:
            _draw_number(panels, f"{loss:g}", loss)
    _draw_number(panels, "loss", high, italic=True)


def _draw_number(panels: Panels, text: str, loss: float, *, italic: bool = False) -> None:
    panels.losses.annotate(
        text,
        (0, loss),
        (-7, 0),
        xycoords=("axes fraction", "data"),
        textcoords="offset points",
        ha="right",
        va="center",
        annotation_clip=False,
        **palette.label(italic=italic),
    )


def draw_episodes(panels: Panels, starts: Sequence[tuple[float, int, float]]) -> None:
    """Draw a line through all panels where an episode begins: (time s, number, figure y)."""
    if not starts:
        return
    crowding = max(1.0, len(starts) / FEW_EPISODES)
    panels.behind.vlines(
        [time for time, _, _ in starts],
        LOSSES[0],
        [top for _, _, top in starts],
        color=palette.BASS,
        lw=0.8 if crowding == 1.0 else 0.5,
        alpha=0.75 / crowding,
    )
    free_from = -math.inf
    for time, number, _ in starts:
        if time < free_from:
            continue
        width = LABEL_POINTS[0] + LABEL_POINTS[1] * len(str(number))
        free_from = time + width * panels.seconds_per_point
        panels.behind.text(
            time, ROLL[1] + 0.006, str(number), ha="center", va="bottom", **palette.label()
        )
