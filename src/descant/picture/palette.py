# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Colours and fonts: dark background, light blue for notes in tune, red for notes out of tune."""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.colors import LinearSegmentedColormap, to_rgb
from matplotlib.font_manager import FontProperties

from descant.arrays import Floats
from descant.plain_text import plain

BACKGROUND = "#0b0c11"
RULE = "#1d2029"  # faint lines
KEYS_WHITE, KEYS_BLACK = "#807e7c", "#16171d"
TEXT, QUIET = "#e9e4d8", "#8d8b88"
BASS = "#7d7a86"
UNKNOWN = "#a9a6a0"  # a note played while nothing was learned

_LOSS_COLOURS = LinearSegmentedColormap.from_list(
    "loss",
    [
        (0.00, "#8fe3e8"),
        (0.22, "#b7e4cf"),
        (0.42, "#f1dfa6"),
        (0.62, "#f7ae62"),
        (0.82, "#ee6352"),
        (1.00, "#c9356e"),
    ],
)
IN_TUNE = "#8fe3e8"
DIVERGED = "#ff3d6e"
OUT_OF_TUNE = 2.0
"""Loss from which the colour is the last one: overtones are sharp by more than an octave."""


def loss_colours(losses: Floats, threshold: float) -> Floats:
    """RGB of losses, shape (n, 3): light blue at the threshold, red at 2, above and for NaN."""
    heat = np.nan_to_num(loss_heat(losses, threshold), nan=1.0)
    return np.asarray(_LOSS_COLOURS(heat))[:, :3]


def loss_heat(losses: Floats, threshold: float) -> Floats:
    """How far out of tune, on a log scale: 0 (threshold) .. 1 (`OUT_OF_TUNE` and above), or NaN."""
    low, high = math.log(max(threshold, 1e-6)), math.log(OUT_OF_TUNE)
    heat = (np.log(np.maximum(losses, 1e-12)) - low) / (high - low)
    return np.asarray(np.clip(heat, 0.0, 1.0))


def unknown_colour() -> Floats:
    """RGB of a note without a loss."""
    return np.array(to_rgb(UNKNOWN))


def draw_lines(
    panel: Axes,
    segments: Floats,
    colours: Floats,
    width: float,
    *,
    capstyle: Literal["butt", "round"] = "butt",
    zorder: float = 2.0,
) -> None:
    """Draw lines of shape (n, 2, 2), each with its RGB or RGBA: the fastest way in matplotlib."""
    rgba: Any = colours  # an array works, but the type hints want a list, which is slow
    lines: Any = segments
    # Snapped to whole pixels, a very short line would have no length and would not be drawn.
    collection = LineCollection(
        lines, colors=rgba, snap=False, linewidths=width, capstyle=capstyle, zorder=zorder
    )
    panel.add_collection(collection, autolim=False)


def literal(text: str) -> str:
    """Return `text` so that matplotlib draws it as it is: on one line, without formulas."""
    return plain(text).replace("$", r"\$")


@contextmanager
def no_glyph_warnings() -> Iterator[None]:
    """Draw characters that the font lacks as boxes, without a warning."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=r"Glyph \d+ .* missing from")
        yield


@lru_cache(maxsize=8)
def font(size: float, *, italic: bool = False) -> FontProperties:
    """STIX at `size` points: it comes with matplotlib, so the picture is the same everywhere."""
    name = "STIXGeneralItalic.ttf" if italic else "STIXGeneral.ttf"
    path = Path(matplotlib.get_data_path()) / "fonts" / "ttf" / name
    return FontProperties(fname=str(path), size=size)


def label(size: float = 12, *, italic: bool = False) -> dict[str, Any]:
    """Colour and font of an axis label, as arguments of matplotlib."""
    return {"color": QUIET, "fontproperties": font(size, italic=italic)}
