"""Both distortions as numbers: from partial gradients to shifts and waves."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from descant.stage.frame import Wave
from descant.stage.seeded_random import uniform
from descant.stage.settings import StageSettings, screen_units

Floats = NDArray[np.float64]
SLOTS = 60
"""The 2021 program's frames a second."""
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


def is_seen(now: float, loss: float, settings: StageSettings) -> bool:
    """Whether distortion 1 is drawn at `now`, seconds: always, or, as in the 2021 program, in each
    1/60 s with a probability in proportion to the loss, so that it flickers near convergence.

    Each 1/60 s has its own chance, which neither the frame rate nor what was before can change.
    """
    probability = settings.shift_chance * loss
    if settings.shift_chance == 0.0 or not probability < 1.0:  # nan: as far off as can be
        return True
    return uniform(settings.seed, "shift", max(0, math.floor(now * SLOTS))) < probability


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
        counted = _counted(gradient, settings)
        self._phase = (self._phase + settings.wave_rate * counted * dt) % (2.0 * math.pi)

    def wave(self, gradient: Floats, settings: StageSettings, weight: float) -> Wave:
        """The wave now; `weight` 0 .. 1 scales it as part 4 comes and goes."""
        limit = screen_units(settings.wave_limit)
        way = np.abs(_counted(gradient, settings)) * screen_units(settings.wave_amplitude)
        amplitude = np.minimum(way, limit) * weight
        full = math.hypot(limit, limit)
        tension = math.hypot(*amplitude) / full if full else 0.0
        return Wave(
            amplitude=(float(amplitude[0]), float(amplitude[1])),
            phase=(float(self._phase[0]), float(self._phase[1])),
            k=2.0 * math.pi / screen_units(settings.wave_length),
            light=settings.bubble_light * (1.0 - math.exp(-3.0 * tension)),
            over=settings.bubble_over,
        )


def running_wave(
    gradient: Floats, now: float, settings: StageSettings, weight: float, aspect: float
) -> Wave:
    """Distortion 2 as the 2021 program had it, `now` seconds into the run.

    A pixel shows what lies off by A cos(r g_1 t + x / l) to the right and A sin(r g_2 t + x / l)
    down, x counted from the left edge. The phase is gradient times running time: the longer it
    runs, the further a small change of the gradient leaps; at zero gradient a still wave remains.
    """
    k = 2.0 * math.pi / screen_units(settings.wave_length)
    amplitude = min(screen_units(settings.wave_amplitude), screen_units(settings.wave_limit))
    turned = settings.wave_rate * _counted(gradient, settings) * now
    from_left = k * aspect  # our x is counted from the middle, our y up: -sin(p) = cos(p + pi / 2)
    return Wave(
        amplitude=(amplitude * weight, amplitude * weight),
        phase=(
            float((turned[0] + from_left) % (2.0 * math.pi)),
            float((turned[1] + from_left + math.pi / 2) % (2.0 * math.pi)),
        ),
        k=k,
        along=True,
        light=settings.bubble_light * weight,
        over=settings.bubble_over,
    )


def _counted(gradient: Floats, settings: StageSettings) -> Floats:
    """The first two partial gradients, within what counts."""
    return np.clip(gradient[:2], -settings.wave_gradient, settings.wave_gradient)
