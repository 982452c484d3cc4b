"""Colours and type: a dark stage, embers for what is out of tune, ice for what is in tune."""

from __future__ import annotations

import math
from functools import lru_cache
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
from matplotlib.collections import LineCollection
from matplotlib.colors import LinearSegmentedColormap, to_rgb
from matplotlib.font_manager import FontProperties
from numpy.typing import NDArray

BACKGROUND = "#0b0c11"
RULE = "#1d2029"  # lines one should hardly see
KEYS_WHITE, KEYS_BLACK = "#807e7c", "#16171d"
TEXT, QUIET = "#e9e4d8", "#8d8b88"
BASS = "#7d7a86"
UNKNOWN = "#a9a6a0"  # a note played while nothing was learned

_TUNING = LinearSegmentedColormap.from_list(
    "tuning",
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
"""From this loss on a colour is the hottest: the overtones are off by more than an octave."""


def tuning(losses: NDArray[np.float64], threshold: float) -> NDArray[np.float64]:
    """RGB of losses, shape (n, 3): ice at the threshold, embers at 2 and beyond, NaN as beyond."""
    low = math.log(max(threshold, 1e-6))
    high = math.log(OUT_OF_TUNE)
    heat = (np.log(np.maximum(losses, 1e-12)) - low) / (high - low)
    return np.asarray(_TUNING(np.clip(np.nan_to_num(heat, nan=1.0), 0.0, 1.0)))[:, :3]


def unknown() -> NDArray[np.float64]:
    """RGB of a note without a loss."""
    return np.array(to_rgb(UNKNOWN))


def lines(
    segments: NDArray[np.float64], colours: NDArray[np.float64], **how: Any
) -> LineCollection:
    """Lines of shape (n, 2, 2), each in its RGB or RGBA: what matplotlib draws fastest."""
    rgba: Any = colours  # an array is taken as it is; its type hints want a list, which is slow
    made: Any = segments
    # Snapped to whole pixels, a very short line would have no length, and not be drawn at all.
    return LineCollection(made, colors=rgba, snap=False, **how)


@lru_cache(maxsize=8)
def font(size: float, *, italic: bool = False) -> FontProperties:
    """STIX at `size` points: it comes with matplotlib, so the picture is the same everywhere."""
    name = "STIXGeneralItalic.ttf" if italic else "STIXGeneral.ttf"
    path = Path(matplotlib.get_data_path()) / "fonts" / "ttf" / name
    return FontProperties(fname=str(path), size=size)
