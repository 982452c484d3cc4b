"""Both distortions as numbers: from partial gradients to shifts and waves."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from descant.stage.frame import Wave
from descant.stage.settings import StageSettings, screen_units

Floats = NDArray[np.float64]
REST = 2e-4
"""Gradients this small are nought: a thirtieth of a pixel at the default amplitudes."""


def shifts(gradient: Floats, settings: StageSettings) -> Floats:
    """Distortion 1 (paper, "Distortions"): where red, green and blue go, (3, 2) screen units.

    Each goes in its own direction by an amount proportional to its partial gradient.
    """
    angles = np.radians(settings.shift_angles)
    limit = screen_units(settings.shift_limit)
    way = np.clip(screen_units(settings.shift_amplitude) * gradient[:3], -limit, limit)
    directions: Floats = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    return way[:, None] * directions


class WaveMotion:
    """Distortion 2's phases, carried along by integrating their rate.

    A change of the gradient changes the speed of a phase, never the phase itself, so nothing
    jumps however long the piece has run; and the amplitude follows the gradient, so at rest the
    picture is itself (with cos alone, as printed, it never would be).
    """

    def __init__(self) -> None:
        self._phase = np.array([0.0, math.pi / 2])

    def advance(self, gradient: Floats, dt: float, settings: StageSettings) -> None:
        """`dt` seconds pass, at the first two partial gradients."""
        self._phase = (self._phase + settings.wave_rate * gradient[:2] * dt) % (2.0 * math.pi)

    def wave(self, gradient: Floats, settings: StageSettings, weight: float) -> Wave:
        """The wave now; `weight` 0 .. 1 scales it as part 4 comes and goes."""
        limit = screen_units(settings.wave_limit)
        way = np.abs(gradient[:2]) * screen_units(settings.wave_amplitude)
        amplitude = np.minimum(way, limit) * weight
        full = math.hypot(limit, limit)
        tension = math.hypot(*amplitude) / full if full else 0.0
        return Wave(
            amplitude=(float(amplitude[0]), float(amplitude[1])),
            phase=(float(self._phase[0]), float(self._phase[1])),
            k=2.0 * math.pi / screen_units(settings.wave_length),
            light=settings.bubble_light * (1.0 - math.exp(-3.0 * tension)),
        )
