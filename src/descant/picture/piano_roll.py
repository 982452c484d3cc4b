"""The upper half of the picture: keyboard, piano roll and pedals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
from matplotlib.collections import PolyCollection
from numpy.typing import NDArray

from descant.picture import palette
from descant.picture.frame import ROLL, Frame
from descant.picture.note_bars import Bar, PedalCurve
from descant.types import HIGHEST_PIANO_KEY, LOWEST_PIANO_KEY

BLACK_KEYS = (1, 3, 6, 8, 10)
FEWEST_KEYS = 36
THINNEST, THICKEST = 1.2, 6.5  # bars, points
BAR_TO_KEY = 1.25  # bars are a little higher than a key: neighbours rarely sound together
GLOW = (4.4, 3.7, 3.0, 2.4, 1.9, 1.5)  # widths in bars, laid over each other
GLOW_ALPHA = 0.05

Floats = NDArray[np.float64]


def key_range(bars: Sequence[Bar]) -> tuple[int, int]:
    """Lowest and highest key drawn: those that were played with two more on either side."""
    low = min((bar.key for bar in bars), default=LOWEST_PIANO_KEY) - 2
    high = max((bar.key for bar in bars), default=HIGHEST_PIANO_KEY) + 2
    missing = max(0, FEWEST_KEYS - (high - low))
    return low - missing // 2, high + (missing + 1) // 2


def draw_keyboard(frame: Frame, low: int, high: int) -> None:
    """A slim keyboard left of the roll, its Cs named and drawn through as lines."""
    for panel in (frame.keyboard, frame.roll):
        panel.set_ylim(low - 0.5, high + 0.5)
    keys = range(low, high + 1)
    black = [key for key in keys if key % 12 in BLACK_KEYS]
    frame.keyboard.axhspan(low - 0.5, high + 0.5, color=palette.KEYS_WHITE, lw=0)
    gaps = [key - 0.5 for key in keys if key % 12 in (0, 5)] + [float(key) for key in black]
    frame.keyboard.hlines(gaps, 0, 1, color=palette.KEYS_BLACK, lw=0.45)
    frame.keyboard.barh(black, 0.6, height=0.9, left=0.0, color=palette.KEYS_BLACK, lw=0)
    for key in (key for key in keys if key % 12 == 0):
        frame.roll.axhline(key - 0.5, color=palette.RULE, lw=0.8, zorder=0)
        frame.keyboard.text(
            -0.45,
            key,
            f"C{key // 12 - 1}",
            color=palette.QUIET,
            fontproperties=palette.font(12),
            ha="right",
            va="center_baseline",
        )


def draw_bars(frame: Frame, bars: Sequence[Bar], threshold: float) -> None:
    """Notes as rounded bars: the colour is the loss they sounded with, the light their velocity."""
    if not bars:
        return
    low, high = frame.roll.get_ylim()
    key_points = frame.points(ROLL[1] - ROLL[0]) / (high - low)
    thickness = min(max(BAR_TO_KEY * key_points, THINNEST), THICKEST)
    colours = bar_colours(bars, threshold)
    light = np.array([bar.velocity / 127.0 for bar in bars])
    _draw_tails(frame, bars, colours, light, thickness / key_points)
    shade = np.clip(colours * (0.45 + 0.75 * light[:, None] ** 0.8), 0.0, 1.0)
    point = frame.seconds_per_point
    if is_crowded(bars, thickness * point):
        _add_bars(frame, bar_segments(bars, 0.0, point), shade, thickness, "butt")
        return
    segments = bar_segments(bars, 0.5 * thickness * point, 0.3 * point)
    for width in GLOW:
        glow = np.column_stack([shade, GLOW_ALPHA * light])
        _add_bars(frame, segments, glow, thickness * width, "round", order=2.0)
    _add_bars(frame, segments, shade, thickness, "round")


def is_crowded(bars: Sequence[Bar], roundest_s: float) -> bool:
    """Whether round ends would hide how long the notes are: most are shorter than their caps."""
    return float(np.median([bar.end_s - bar.start_s for bar in bars])) < roundest_s


def _add_bars(
    frame: Frame,
    segments: Floats,
    colours: Floats,
    width: float,
    capstyle: Literal["butt", "round"],
    *,
    order: float = 3.0,
) -> None:
    lines = palette.lines(segments, colours, linewidths=width, capstyle=capstyle, zorder=order)
    frame.roll.add_collection(lines, autolim=False)


def bar_colours(bars: Sequence[Bar], threshold: float) -> Floats:
    """RGB of every bar, shape (n, 3)."""
    losses = np.array([np.nan if bar.loss is None else bar.loss for bar in bars])
    colours = palette.tuning(losses, threshold)
    colours[[bar.loss is None for bar in bars]] = palette.unknown()
    return colours


def bar_segments(bars: Sequence[Bar], cap_s: float, shortest_s: float) -> Floats:
    """Middle lines of the bars, shape (n, 2, 2): with round caps of `cap_s` they begin and end
    where the note does; a note shorter than its caps is a dot that begins with it (of
    `shortest_s` > 0 between its caps: a line of no length at all would not be drawn)."""
    start = np.array([bar.start_s for bar in bars]) + cap_s
    end = np.maximum(np.array([bar.end_s for bar in bars]) - cap_s, start + shortest_s)
    key = np.array([float(bar.key) for bar in bars])
    return np.stack([np.column_stack([start, key]), np.column_stack([end, key])], axis=1)


def _draw_tails(
    frame: Frame, bars: Sequence[Bar], colours: Floats, light: Floats, height: float
) -> None:
    """What sounds on under the pedal: a wedge that thins out as the sound dies away."""
    sounding = np.array([bar.tail_s > bar.end_s for bar in bars])
    if not sounding.any():
        return
    half = 0.36 * height
    wedges = [
        [(b.end_s, b.key - half), (b.tail_s, b.key), (b.end_s, b.key + half)]
        for b, on in zip(bars, sounding, strict=True)
        if on
    ]
    faces = np.column_stack([colours[sounding], 0.08 + 0.22 * light[sounding]])
    frame.roll.add_collection(
        PolyCollection(wedges, facecolors=faces, edgecolors="none", zorder=1.0), autolim=False
    )


def draw_pedals(frame: Frame, sustain: PedalCurve, soft: PedalCurve) -> None:
    """Sustain as a band above its line, the soft pedal as a thin one below."""
    frame.pedals.set_ylim(-70, 127)
    for curve, sign, colour, alpha in (
        (sustain, 1.0, "#6f7a96", 0.42),
        (soft, -0.5, "#8a6f96", 0.42),
    ):
        if curve:
            time, value = np.array(curve).T
            frame.pedals.fill_between(
                time, sign * value, step="post", color=colour, alpha=alpha, lw=0, zorder=1
            )
            frame.pedals.step(time, sign * value, where="post", color=colour, lw=0.7, zorder=2)
    if not (sustain or soft):
        return
    frame.pedals.annotate(
        "pedals",
        (0, 0.42),
        (-7, 0),
        xycoords="axes fraction",
        textcoords="offset points",
        color=palette.QUIET,
        fontproperties=palette.font(12, italic=True),
        ha="right",
        va="center",
    )
