# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The upper panels of the picture: keyboard, piano roll and pedals."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.collections import PolyCollection

from descant.arrays import Floats
from descant.picture import palette
from descant.picture.layout import ROLL, Panels
from descant.picture.note_bars import NoteBar, PedalCurve
from descant.types import HIGHEST_PIANO_KEY, LOWEST_PIANO_KEY

BLACK_KEYS = (1, 3, 6, 8, 10)
FEWEST_KEYS = 36
THINNEST, THICKEST = 1.2, 6.5  # bars, points
BAR_TO_KEY = 1.25  # bars are a little higher than a key: neighbours rarely sound together
GLOW = (4.4, 3.7, 3.0, 2.4, 1.9, 1.5)  # widths in bars, drawn on top of each other
GLOW_ALPHA = 0.05


def key_range(bars: Sequence[NoteBar]) -> tuple[int, int]:
    """Lowest and highest key drawn: two beyond the played ones, and at least `FEWEST_KEYS`."""
    low = min((bar.key for bar in bars), default=LOWEST_PIANO_KEY) - 2
    high = max((bar.key for bar in bars), default=HIGHEST_PIANO_KEY) + 2
    missing = max(0, FEWEST_KEYS - (high - low))
    return low - missing // 2, high + (missing + 1) // 2


def draw_keyboard(panels: Panels, low: int, high: int) -> None:
    """Draw a keyboard left of the roll, with the names of the Cs and a line at each."""
    for panel in (panels.keyboard, panels.roll):
        panel.set_ylim(low - 0.5, high + 0.5)
    keys = range(low, high + 1)
    black = [key for key in keys if key % 12 in BLACK_KEYS]
    panels.keyboard.axhspan(low - 0.5, high + 0.5, color=palette.KEYS_WHITE, lw=0)
    gaps = [key - 0.5 for key in keys if key % 12 in (0, 5)] + [float(key) for key in black]
    panels.keyboard.hlines(gaps, 0, 1, color=palette.KEYS_BLACK, lw=0.45)
    panels.keyboard.barh(black, 0.6, height=0.9, left=0.0, color=palette.KEYS_BLACK, lw=0)
    for key in (key for key in keys if key % 12 == 0):
        panels.roll.axhline(key - 0.5, color=palette.RULE, lw=0.8, zorder=0)
        panels.keyboard.text(
            -0.45, key, f"C{key // 12 - 1}", ha="right", va="center_baseline", **palette.label()
        )


def draw_bars(panels: Panels, bars: Sequence[NoteBar], threshold: float) -> None:
    """Draw notes as rounded bars: colour by the loss, brightness by the velocity."""
    if not bars:
        return
    low, high = panels.roll.get_ylim()
    key_points = panels.points(ROLL[1] - ROLL[0]) / (high - low)
    thickness = min(max(BAR_TO_KEY * key_points, THINNEST), THICKEST)
    colours = bar_colours(bars, threshold)
    brightness = np.array([bar.velocity / 127.0 for bar in bars])
    _draw_tails(panels, bars, colours, brightness, thickness / key_points)
    shade = np.clip(colours * (0.45 + 0.75 * brightness[:, None] ** 0.8), 0.0, 1.0)
    point = panels.seconds_per_point
    if is_crowded(bars, thickness * point):
        segments = bar_segments(bars, 0.0, point)
        palette.draw_lines(panels.roll, segments, shade, thickness, zorder=3.0)
        return
    segments = bar_segments(bars, 0.5 * thickness * point, 0.3 * point)
    glow = np.column_stack([shade, GLOW_ALPHA * brightness])
    for width in GLOW:
        palette.draw_lines(panels.roll, segments, glow, thickness * width, capstyle="round")
    palette.draw_lines(panels.roll, segments, shade, thickness, capstyle="round", zorder=3.0)


def is_crowded(bars: Sequence[NoteBar], round_ends_s: float) -> bool:
    """Whether most notes are shorter than round ends, which would hide their lengths."""
    return float(np.median([bar.end_s - bar.start_s for bar in bars])) < round_ends_s


def bar_colours(bars: Sequence[NoteBar], threshold: float) -> Floats:
    """RGB of every bar, shape (n, 3)."""
    losses = np.array([np.nan if bar.loss is None else bar.loss for bar in bars])
    colours = palette.loss_colours(losses, threshold)
    colours[[bar.loss is None for bar in bars]] = palette.unknown_colour()
    return colours


def bar_segments(bars: Sequence[NoteBar], cap_s: float, shortest_s: float) -> Floats:
    """Middle lines of the bars, shape (n, 2, 2). With round caps of `cap_s` they begin and end with
    the note. A note shorter than its caps is a dot that begins with it, with `shortest_s` > 0
    between the caps: a line without length would not be drawn.
    """
    start = np.array([bar.start_s for bar in bars]) + cap_s
    end = np.maximum(np.array([bar.end_s for bar in bars]) - cap_s, start + shortest_s)
    key = np.array([float(bar.key) for bar in bars])
    return np.stack([np.column_stack([start, key]), np.column_stack([end, key])], axis=1)


def _draw_tails(
    panels: Panels, bars: Sequence[NoteBar], colours: Floats, brightness: Floats, height: float
) -> None:
    """Draw what sounds on under the pedal as a wedge that ends where the note is damped."""
    sounding = np.array([bar.tail_s > bar.end_s for bar in bars])
    if not sounding.any():
        return
    half = 0.36 * height
    wedges = [
        [(b.end_s, b.key - half), (b.tail_s, b.key), (b.end_s, b.key + half)]
        for b, on in zip(bars, sounding, strict=True)
        if on
    ]
    faces = np.column_stack([colours[sounding], 0.08 + 0.22 * brightness[sounding]])
    panels.roll.add_collection(
        PolyCollection(wedges, facecolors=faces, edgecolors="none", zorder=1.0), autolim=False
    )


def draw_pedals(panels: Panels, sustain: PedalCurve, soft: PedalCurve) -> None:
    """Draw the sustain pedal as an area above its line, the soft pedal as a lower one below."""
    panels.pedals.set_ylim(-70, 127)
    for curve, sign, colour, alpha in (
        (sustain, 1.0, "#6f7a96", 0.42),
        (soft, -0.5, "#8a6f96", 0.42),
    ):
        if curve:
            time, value = np.array(curve).T
            panels.pedals.fill_between(
                time, sign * value, step="post", color=colour, alpha=alpha, lw=0, zorder=1
            )
            panels.pedals.step(time, sign * value, where="post", color=colour, lw=0.7, zorder=2)
    if not (sustain or soft):
        return
    panels.pedals.annotate(
        "pedals", (0, 0.42), (-7, 0), xycoords="axes fraction", textcoords="offset points",
        ha="right", va="center", **palette.label(italic=True),
    )  # fmt: skip
