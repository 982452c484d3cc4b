# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The figure of the time axis for print: piano roll, loss, dissonance and note density."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from descant.arrays import Floats
from descant.picture.palette import loss_heat
from descant.report import style
from descant.report.attempts import Attempt
from descant.report.formatting import clock
from descant.report.note_arrays import NoteArrays
from descant.report.time_series import TimeSeries

HEIGHTS = (2.4, 1.1, 0.8, 0.8)
COLUMNS = 1400
"""Number of intervals of the width, for each of which the lowest and highest value are drawn."""
MANY = 4000
"""More notes than these are drawn as pixels (600 per inch), as a file would take long to open."""
LOWEST = 1e-6


def timeline(
    notes: NoteArrays, every: tuple[Attempt, ...], series: TimeSeries, threshold: float
) -> Figure:
    """All panels over the same time axis; every peak is visible, however long the recording is."""
    figure, panels = style.figure(
        style.PAGE, 4.6, nrows=len(HEIGHTS), sharex=True, height_ratios=HEIGHTS
    )
    _roll(panels[0], notes, threshold)
    _losses(panels[1], every, threshold)
    _envelope(panels[2], series.dissonance_time, series.dissonance, "dissonance")
    panels[2].set_ylabel("dissonance")
    _envelope(panels[3], series.time, series.density, "density")
    panels[3].set_ylabel("notes/s")
    for axes in panels:
        axes.yaxis.set_label_coords(-0.055, 0.5)
        axes.grid(visible=True, axis="x")
    panels[-1].set_xlim(float(series.dissonance_time[0]), float(series.dissonance_time[-1]))
    panels[-1].xaxis.set_major_locator(MaxNLocator(10, steps=[1, 1.5, 2, 3, 6, 10]))
    panels[-1].xaxis.set_major_formatter(FuncFormatter(lambda t, _: clock(t)))
    panels[-1].set_xlabel("time (min:s)")
    return figure


def envelope(time: Floats, values: Floats, columns: int) -> tuple[Floats, Floats, Floats]:
    """Centres of `columns` intervals of equal length, with their lowest and highest values."""
    edges = np.linspace(time[0], time[-1], columns + 1)
    starts = np.searchsorted(time, edges[:-1])
    starts, kept = np.unique(starts, return_index=True)
    middles = (edges[:-1] + edges[1:])[kept] / 2.0
    return middles, np.minimum.reduceat(values, starts), np.maximum.reduceat(values, starts)


def _roll(axes: Axes, notes: NoteArrays, threshold: float) -> None:
    segments = np.stack(
        [np.column_stack([notes.start, notes.key]), np.column_stack([notes.end, notes.key])], axis=1
    )
    heat = loss_heat(notes.loss, threshold)
    rgba = style.heat()(np.nan_to_num(heat))
    rgba[:, 3] = 0.45 + 0.55 * notes.velocity / 127.0
    low, high = float(notes.key.min()) - 1.0, float(notes.key.max()) + 1.0
    width = min(3.0, 0.8 * HEIGHTS[0] / sum(HEIGHTS) * 4.0 * 72.0 / (high - low))
    many = len(notes.key) > MANY
    lines: list[Floats] = list(segments)
    made = LineCollection(lines, colors=[tuple(c) for c in rgba], linewidths=width, rasterized=many)
    made.set_capstyle("butt")
    axes.add_collection(made, autolim=False)
    axes.set_ylim(low, high)
    axes.set_yticks([k for k in range(24, 109, 12) if low <= k <= high])
    axes.yaxis.set_major_formatter(FuncFormatter(lambda key, _: f"C{int(key) // 12 - 1}"))
    axes.set_ylabel("key")


def _losses(axes: Axes, every: tuple[Attempt, ...], threshold: float) -> None:
    ordered = sorted(every, key=lambda attempt: float(attempt.time[0]))
    ends = [float(after.time[0]) for after in ordered[1:]] + [a.time[-1] for a in ordered[-1:]]
    lines = [  # a loss holds until the next, so a single one is visible too
        (np.append(a.time, max(end, a.time[-1])), np.maximum(np.append(a.loss, a.loss[-1]), LOWEST))
        for a, end in zip(ordered, ends, strict=True)
    ]
    style.draw_lines(axes, lines, "loss", lw=0.5, alpha=0.8)
    if every:
        places = [(a, a.converged_at) for a in every if a.converged_at is not None]
        converged = [(a.time[n], max(a.loss[n], LOWEST)) for a, n in places]
        x, y = np.array(converged).reshape(-1, 2).T
        axes.plot(
            x, y, ls="none", marker=".", ms=2, color=style.colour("converged"), rasterized=True
        )
        axes.set_yscale("log")
        axes.axhline(threshold, color=style.colour("text"), lw=0.5, ls=(0, (1, 2)))
    axes.set_ylabel("loss")


def _envelope(axes: Axes, time: Floats, values: Floats, role: str) -> None:
    tone = style.colour(role)
    if len(time) > 2 * COLUMNS:
        middles, low, high = envelope(time, values, COLUMNS)
        axes.fill_between(middles, low, high, color=tone, lw=0.4)
    else:
        axes.fill_between(time, 0.0, values, color=tone, alpha=0.15, lw=0)
        axes.plot(time, values, color=tone, lw=0.6)
    axes.set_ylim(bottom=0.0)
