# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Figures of distributions: latency and jitter, and a comparison of recordings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from descant.arrays import Floats
from descant.picture.palette import literal
from descant.report import style
from descant.report.timing import Timing

SHORTEST = 0.01
"""Latency and jitter (ms) below this are drawn at this."""
BINS_A_DECADE = 10
_ROLES = {
    "notes": ("dissonance", "-"),
    "learner": ("loss", "--"),
    "camera": ("density", "-."),
    "synthesiser": ("velocity", ":"),
}


@dataclass(frozen=True)
class ComparedMeasure:
    """One measure of several recordings: all its values in each; `log`: logarithmic axis."""

    name: str
    unit: str
    role: str
    values: tuple[Floats, ...]
    log: bool = False


def latencies(timings: Sequence[Timing]) -> Figure:
    """Histograms of latency and jitter of each topic's messages."""
    figure, panels = style.figure(style.COLUMN, 2.1, ncols=2, sharey=True)
    for axes, name in zip(panels, ("latency", "jitter"), strict=True):
        values = [(t.name, getattr(t, name)) for t in timings]
        _histogram(axes, values)
        axes.set_xlabel(f"{name} (ms)")
    panels[0].set_ylabel("messages (%)")
    if timings:
        panels[1].set_ylim(top=1.2 * panels[1].get_ylim()[1])  # room for the legend
        panels[1].legend(loc="upper right", borderaxespad=0.0, labelspacing=0.15, fontsize=7)
    return figure


def comparison(names: Sequence[str], measures: Sequence[ComparedMeasure]) -> Figure:
    """A panel for each measure, a row for each recording: median, quartiles, 5, 95 %, extremes."""
    columns = 3
    rows = -(-len(measures) // columns)
    height = rows * (0.62 + 0.17 * len(names))
    figure, panels = style.figure(
        style.PAGE, height, nrows=rows, ncols=columns, squeeze=False, sharey=True
    )
    for axes in panels.flat[len(measures) :]:
        axes.set_axis_off()
    for axes, measure in zip(panels.flat, measures, strict=False):
        for place, values in enumerate(measure.values):
            _row(axes, place, values, measure)
        axes.set_xlabel(f"{measure.name} ({measure.unit})" if measure.unit else measure.name)
        axes.set_ylim(len(names) - 0.5, -0.5)
        axes.set_yticks(range(len(names)), list(map(literal, names)))
        axes.tick_params(axis="y", length=0)
        axes.grid(visible=True, axis="x")
    return figure


def _histogram(axes: Axes, values: list[tuple[str, Floats]]) -> None:
    if not values:
        style.empty_panel(axes, "no message carries a stamp")
        return
    every = np.maximum(np.concatenate([v for _, v in values]), SHORTEST)
    low, high = np.floor(np.log10(every.min())), np.ceil(np.log10(every.max()) + 1e-9)
    high = max(high, low + 2)
    edges = np.logspace(low, high, int((high - low) * BINS_A_DECADE) + 1)
    for name, found in values:
        role, dash = _ROLES[name]
        share = np.histogram(np.clip(found, edges[0], edges[-1]), edges)[0] / len(found) * 100.0
        axes.stairs(share, edges, color=style.colour(role), lw=1.0, ls=dash, label=name)
        axes.stairs(share, edges, color=style.colour(role), alpha=0.08, fill=True)
    axes.set_xscale("log")
    axes.xaxis.set_major_locator(LogLocator(numticks=4))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:g}"))
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.set_xlim(edges[0], edges[-1])
    axes.set_ylim(bottom=0)


def _row(axes: Axes, place: int, values: Floats, measure: ComparedMeasure) -> None:
    found = values[np.isfinite(values)]
    if measure.log:
        found = found[found > 0.0]
        axes.set_xscale("log")
    if not len(found):
        return
    marks = np.percentile(found, [0, 5, 25, 50, 75, 95, 100])
    tone = style.colour(measure.role)
    axes.plot(marks[[1, 5]], [place, place], color=tone, lw=0.8, solid_capstyle="butt")
    axes.plot(marks[[2, 4]], [place, place], color=tone, lw=4.0, alpha=0.45, solid_capstyle="butt")
    axes.plot(marks[[0, 6]], [place, place], ls="none", marker=".", ms=2.0, color=tone)
    axes.plot(marks[3], place, ls="none", marker="|", ms=8, mew=1.4, color=style.colour("text"))
