# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Colours and fonts of the report: on paper, on a light page and on a dark one.

Figures are drawn once, in the light colours. On the page each colour is replaced by a variable of
the style sheet, so that it follows the reader's preference. Hues are those of Okabe and Ito ("Color
Universal Design", 2008), which colour-blind readers can distinguish, with more contrast.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import matplotlib
import matplotlib.style
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure

from descant.arrays import Floats
from descant.picture import palette

# role: (light, dark)
ROLES = {
    "page": ("#fcfbf8", palette.BACKGROUND),
    "text": ("#1d1c1a", palette.TEXT),
    "quiet": ("#66625b", "#a19e98"),
    "rule": ("#dcd8ce", "#2a2e3a"),
    "loss": ("#c2470d", "#f58a5b"),
    "dissonance": ("#0867a3", "#6fbaf2"),
    "density": ("#007a5a", "#4ecfa4"),
    "velocity": ("#a34a7d", "#e79fc6"),
    "gradient": ("#7d6300", "#e3c14b"),
    "converged": ("#0b7a87", palette.IN_TUNE),
    "fault": ("#b0183f", palette.DIVERGED),
}
HEAT = ("#17808f", "#55917e", "#a3822b", "#cc661c", "#bd302a", "#84114f")
"""Colours of notes from in tune to out of tune on the light page; below those on the dark one."""
HEAT_DARK = ("#8fe3e8", "#b7e4cf", "#f1dfa6", "#f7ae62", "#ee6352", "#d9488a")
COLUMN, PAGE = 3.4, 7.0
"""Inches: one column of a paper (86 mm), and two."""
POINTS = 8.0
GROUPS = 8  # overlapping lines darken each other only between groups

_RC: Any = {
    "font.family": "STIXGeneral",
    "mathtext.fontset": "stix",
    "font.size": POINTS,
    "axes.labelsize": POINTS,
    "axes.titlesize": POINTS,
    "xtick.labelsize": POINTS - 0.5,
    "ytick.labelsize": POINTS - 0.5,
    "legend.fontsize": POINTS - 0.5,
    "text.color": ROLES["text"][0],
    "axes.edgecolor": ROLES["quiet"][0],
    "axes.labelcolor": ROLES["text"][0],
    "xtick.color": ROLES["quiet"][0],
    "ytick.color": ROLES["quiet"][0],
    "grid.color": ROLES["rule"][0],
    "grid.linewidth": 0.5,
    "axes.linewidth": 0.6,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "xtick.minor.width": 0.4,
    "ytick.minor.width": 0.4,
    "xtick.major.size": 2.5,
    "ytick.major.size": 2.5,
    "xtick.minor.size": 1.5,
    "ytick.minor.size": 1.5,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "axes.unicode_minus": True,
    "legend.frameon": False,
    "legend.handlelength": 1.2,
    "figure.facecolor": "none",
    "axes.facecolor": "none",
    "savefig.facecolor": "none",
    "figure.constrained_layout.use": True,
    "figure.constrained_layout.h_pad": 0.02,
    "figure.constrained_layout.w_pad": 0.02,
    "svg.fonttype": "none",
    "svg.hashsalt": "descant",  # the same ids, so the same bytes every time
    "pdf.fonttype": 42,  # embedded TrueType: text stays text
    "path.simplify": False,
}


def colour(role: str) -> str:
    """The light colour of a role."""
    return ROLES[role][0]


def heat() -> LinearSegmentedColormap:
    """Colours of notes by how far out of tune they are, 0 .. 1."""
    return LinearSegmentedColormap.from_list("heat", list(HEAT))


@contextmanager
def style() -> Iterator[None]:
    """Draw and save with these settings only, whatever a matplotlibrc contains."""
    with (
        matplotlib.style.context("default"),
        matplotlib.rc_context(_RC),
        palette.no_glyph_warnings(),
    ):
        yield


@contextmanager
def outlines() -> Iterator[None]:
    """Save SVG files with letters as outlines, so that they need no font."""
    with matplotlib.rc_context({"svg.fonttype": "path"}):
        yield


def figure(width: float, height: float, **panels: Any) -> tuple[Figure, Any]:
    """An empty figure (inches) and its panels; without pyplot, which would keep it in memory."""
    made = Figure(figsize=(width, height))
    return made, made.subplots(**panels)


def draw_lines(axes: Axes, lines: list[tuple[Floats, Floats]], role: str, **how: Any) -> None:
    """Draw many lines as `GROUPS` paths, so that the file stays small."""
    for group in range(min(GROUPS, len(lines))):
        xs = [part for x, _ in lines[group::GROUPS] for part in (x, [np.nan])]
        ys = [part for _, y in lines[group::GROUPS] for part in (y, [np.nan])]
        axes.plot(np.concatenate(xs), np.concatenate(ys), color=colour(role), **how)


def draw_points(axes: Axes, x: Floats, y: Floats, role: str, *, size: float, alpha: float) -> None:
    """Draw points, those at the same pixel only once; limits and scales must be set."""
    places = axes.transAxes.inverted().transform(
        axes.transData.transform(np.column_stack([x, y])).round(0)
    )
    inside = np.isfinite(places).all(axis=1)
    places = np.unique(places[inside].round(5), axis=0)
    gap = np.full(len(places), np.nan)  # each dot is a very short line
    across = np.column_stack([places[:, 0], places[:, 0] + 1e-4, gap])
    up = np.column_stack([places[:, 1], places[:, 1], gap])
    axes.plot(
        across.ravel(), up.ravel(), transform=axes.transAxes, color=colour(role), lw=size,
        alpha=alpha, solid_capstyle="round",
    )  # fmt: skip


def empty_panel(axes: Axes, why: str) -> None:
    """Write into a panel why it is empty."""
    axes.set_axis_off()
    axes.text(0.5, 0.5, why, transform=axes.transAxes, ha="center", va="center",
              color=colour("quiet"), style="italic", wrap=True)  # fmt: skip
