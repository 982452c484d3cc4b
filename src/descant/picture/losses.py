"""The lower half of the picture: the loss of every episode, on a logarithmic axis."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

import numpy as np
from matplotlib.collections import PolyCollection
from numpy.typing import NDArray

from descant.picture import palette
from descant.picture.frame import LOSSES, ROLL, Frame
from descant.picture.learning import Curve, Point, loss_range, on_axis
from descant.types import LearningStatus

MOST_DOTS = 1200
"""With more steps than this in all, the points are left out: they would be a smear."""
FEW_EPISODES = 40
"""With more of them the lines that connect the halves become fainter."""
LABEL_POINTS = (8.0, 7.0)
"""Room an episode's number takes, and each of its digits: one that would collide is left out."""
NUMBER_POINTS = 13.0
"""A number closer than this to the axis's name or the threshold's number is left out."""

GLOW = (6.5, 4.5, 3.0)  # widths in points, laid over each other

Floats = NDArray[np.float64]


def draw_losses(frame: Frame, lines: Sequence[Curve], threshold: float) -> None:
    """One curve per attempt, with its points, what became of it, and the threshold."""
    bounds = loss_range(lines, threshold)
    frame.losses.set_yscale("log")
    frame.losses.set_ylim(*bounds)
    _draw_axis(frame, bounds, threshold)
    if not lines:
        frame.losses.text(
            0.5,
            0.5,
            "nothing was learned",
            transform=frame.losses.transAxes,
            color=palette.QUIET,
            fontproperties=palette.font(13, italic=True),
            ha="center",
            va="center",
        )
        return
    dense = sum(len(line.points) for line in lines) > MOST_DOTS
    _draw_curves(frame, lines, bounds, threshold, dense=dense)
    if not dense:
        _draw_dots(frame, lines, bounds, threshold)
    _draw_fates(frame, lines, bounds, dense=dense)


def corners(line: Curve, bounds: tuple[float, float]) -> Floats:
    """The curve as it is drawn, shape (n, 2): the loss holds until the next step, then falls."""
    times = [p.time_s for p in line.points]
    losses = [on_axis(p.loss, bounds) for p in line.points]
    x = np.repeat([*times, line.end_s], 2)[1:-1]
    return np.column_stack([x, np.repeat(losses, 2)])


def _draw_curves(
    frame: Frame,
    lines: Sequence[Curve],
    bounds: tuple[float, float],
    threshold: float,
    *,
    dense: bool,
) -> None:
    paths = [corners(line, bounds) for line in lines]
    _fill(frame, paths, bounds[0], threshold)
    pieces = np.concatenate([np.stack([path[:-1], path[1:]], axis=1) for path in paths])
    if not dense:
        pieces = np.concatenate([_cut(piece) for piece in pieces])
    colours = palette.tuning(np.sqrt(pieces[:, 0, 1] * pieces[:, 1, 1]), threshold)
    for width in () if dense else GLOW:
        _add_pieces(frame, pieces, np.column_stack([colours, np.full(len(colours), 0.05)]), width)
    _add_pieces(frame, pieces, colours, 0.7 if dense else 1.5, capstyle="round")


def _fill(frame: Frame, paths: Sequence[Floats], bottom: float, threshold: float) -> None:
    """A breath of the first loss's colour below each curve."""
    shapes = [np.vstack([path, [(path[-1, 0], bottom), (path[0, 0], bottom)]]) for path in paths]
    faces = palette.tuning(np.array([path[0, 1] for path in paths]), threshold)
    frame.losses.add_collection(
        PolyCollection(
            shapes,
            facecolors=np.column_stack([faces, np.full(len(faces), 0.07)]),
            edgecolors="none",
            zorder=1,
        ),
        autolim=False,
    )


def _add_pieces(
    frame: Frame,
    pieces: Floats,
    colours: Floats,
    width: float,
    *,
    capstyle: Literal["butt", "round"] = "butt",
) -> None:
    frame.losses.add_collection(
        palette.lines(pieces, colours, linewidths=width, capstyle=capstyle, zorder=2),
        autolim=False,
    )


def _cut(piece: Floats) -> Floats:
    """A long fall cut into shorter ones, so that each can have its colour, shape (n, 2, 2)."""
    (x0, y0), (x1, y1) = piece
    cuts = 1 + int(4 * abs(math.log10(y1 / y0)))
    x, y = np.linspace(x0, x1, cuts + 1), np.geomspace(y0, y1, cuts + 1)
    ends = np.column_stack([x, y])
    return np.stack([ends[:-1], ends[1:]], axis=1)


def _draw_dots(
    frame: Frame, lines: Sequence[Curve], bounds: tuple[float, float], threshold: float
) -> None:
    points = [p for line in lines for p in line.points if p.status is LearningStatus.LEARNING]
    if not points:
        return
    losses = np.array([on_axis(p.loss, bounds) for p in points])
    frame.losses.scatter(
        [p.time_s for p in points],
        losses,
        s=9,
        c=palette.tuning(losses, threshold),
        edgecolors=palette.BACKGROUND,
        linewidths=0.5,
        zorder=4,
    )


def _draw_fates(
    frame: Frame, lines: Sequence[Curve], bounds: tuple[float, float], *, dense: bool
) -> None:
    """A ring where an episode came to rest, a cross where it diverged."""
    rests = [line.converged for line in lines if line.converged is not None]
    broken = [p for line in lines for p in line.points if p.status is LearningStatus.DIVERGED]
    size = 14.0 if dense else 34.0
    frame.losses.scatter(
        *_places(rests, bounds),
        s=size,
        marker="o",
        facecolors=palette.BACKGROUND,
        edgecolors=palette.IN_TUNE,
        linewidths=1.5,
        zorder=5,
        clip_on=False,
    )
    frame.losses.scatter(
        *_places(broken, bounds),
        s=size,
        marker="x",
        c=palette.DIVERGED,
        linewidths=1.5,
        zorder=5,
        clip_on=False,
    )


def _places(
    points: Sequence[Point], bounds: tuple[float, float]
) -> tuple[list[float], list[float]]:
    return [p.time_s for p in points], [on_axis(p.loss, bounds) for p in points]


def _draw_axis(frame: Frame, bounds: tuple[float, float], threshold: float) -> None:
    """The axis's name, a line for every power of ten, and the threshold with its value."""
    low, high = bounds
    height = frame.points(LOSSES[1] - LOSSES[0])
    powers = range(math.ceil(math.log10(low)), math.floor(math.log10(high)) + 1)
    taken = [high]
    if low <= threshold <= high:
        frame.losses.axhline(
            threshold, color=palette.IN_TUNE, lw=0.8, alpha=0.55, ls=(0, (1, 3)), zorder=1
        )
        _draw_number(frame, f"{threshold:g}", threshold)
        taken.append(threshold)
    for loss in (10.0**power for power in powers):
        frame.losses.axhline(loss, color=palette.RULE, lw=0.8, zorder=0)
        room = min(abs(math.log(loss / other)) for other in taken) / math.log(high / low)
        if room * height >= NUMBER_POINTS:
            _draw_number(frame, f"{loss:g}", loss)
    _draw_number(frame, "loss", high, italic=True)


def _draw_number(frame: Frame, text: str, loss: float, *, italic: bool = False) -> None:
    frame.losses.annotate(
        text,
        (0, loss),
        (-7, 0),
        xycoords=("axes fraction", "data"),
        textcoords="offset points",
        color=palette.QUIET,
        fontproperties=palette.font(12, italic=italic),
        ha="right",
        va="center",
        annotation_clip=False,
    )


def draw_episodes(frame: Frame, starts: Sequence[tuple[float, int, float]]) -> None:
    """A line through both halves where an episode begins: (time s, its number, figure y)."""
    if not starts:
        return
    crowding = max(1.0, len(starts) / FEW_EPISODES)
    frame.behind.vlines(
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
        free_from = time + width * frame.seconds_per_point
        frame.behind.text(
            time,
            ROLL[1] + 0.006,
            str(number),
            color=palette.QUIET,
            fontproperties=palette.font(12),
            ha="center",
            va="bottom",
        )
