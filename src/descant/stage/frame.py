# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""One frame as plain arrays: the scene computes it, the renderer draws it."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from descant.arrays import Floats


def _empty(columns: int) -> Floats:
    return np.zeros((0, columns))


@dataclass(frozen=True, eq=False)
class Stroke:
    """A line on the screen.

    `points` (n, 2) in screen units; `half_width` and `depth` (n,), depth growing away from the
    viewer; `colour` (n, 4), not premultiplied. `round`: lit as a tube, with a dark halo; else flat,
    with `glow` as the strength of the light around it.
    """

    points: Floats
    half_width: Floats
    depth: Floats
    colour: Floats
    round: bool = False
    glow: float = 0.0


@dataclass(frozen=True, eq=False)
class Dots:
    """Discs: `points` (n, 2), `radius` (n,) in screen units, `colour` (n, 4)."""

    points: Floats
    radius: Floats
    colour: Floats


@dataclass(frozen=True, eq=False)
class Segments:
    """Straight thin lines: `ends` (n, 4) as x0 y0 x1 y1, `half_width` (n,), `colour` (n, 4)."""

    ends: Floats
    half_width: Floats
    colour: Floats


@dataclass(frozen=True, eq=False)
class Wave:
    """Distortion 2 inside the bubbles.

    A pixel at (x, y) shows the picture at (x + m A_x cos(phase_x + k y), y + m A_y cos(phase_y +
    k x)), with m the bubbles' mask there (0 .. 1). `amplitude` A and 1/k in screen units, `phase`
    in radians. `along`: k x in both. `over`: the picture distorted with m = 1 is blended over the
    undistorted one with an opacity of m.
    """

    amplitude: tuple[float, float] = (0.0, 0.0)
    phase: tuple[float, float] = (0.0, 0.0)
    k: float = 0.0
    along: bool = False
    over: bool = False
    light: float = 0.0  # brightness added inside the bubbles

    @property
    def at_rest(self) -> bool:
        """Nothing is moved and nothing lit."""
        return self.amplitude == (0.0, 0.0) and self.light == 0.0


@dataclass(frozen=True, eq=False)
class Frame:
    """Everything there is to see, back to front.

    `video`: brightness of the camera picture, 0 where none is shown. `shifts` (3, 2): distortion
    1, where red, green and blue have moved to, screen units. `bubbles` (n, 4): x, y, radius in
    screen units and strength 0 .. 1.
    """

    video: float = 0.0
    shifts: Floats = field(default_factory=lambda: np.zeros((3, 2)))
    bubbles: Floats = field(default_factory=lambda: _empty(4))
    wave: Wave = field(default_factory=Wave)
    segments: tuple[Segments, ...] = ()
    strokes: tuple[Stroke, ...] = ()
    dots: tuple[Dots, ...] = ()
    text: tuple[str, ...] = ()
