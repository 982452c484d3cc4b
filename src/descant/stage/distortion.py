# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Both distortions as numbers: from the values of their signals to shifts and waves."""

from __future__ import annotations

import math

import numpy as np

from descant.arrays import Floats
from descant.stage.frame import Wave
from descant.stage.seeded_random import uniform
from descant.stage.settings import StageSettings, screen_units

SLOTS = 60
"""The 2021 program's frames a second."""
REST = 2e-4
"""Values this small are 0: a thirtieth of a pixel at the default amplitudes."""


def shifts(drive: Floats, settings: StageSettings) -> Floats:
    """Distortion 1 (paper, "Distortions"): where red, green and blue go, (3, 2) screen units.

    Each goes in its own direction by an amount proportional to its value of `drive`, in the paper
    its partial gradient.
    """
    angles = np.radians(settings.shift_angles)
    limit = screen_units(settings.shift_limit)
    distance = np.clip(screen_units(settings.shift_amplitude) * drive[:3], -limit, limit)
    directions: Floats = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    return distance[:, None] * directions


def is_shown(now: float, loss: float, settings: StageSettings) -> bool:
    """Whether distortion 1 is drawn at `now`, seconds: always, or, as in the 2021 program, in each
    1/60 s with a probability in proportion to the loss, so that it flickers near convergence.

    Each 1/60 s has a random number of its own, whatever the frame rate and the past.
    """
    probability = settings.shift_chance * loss
    if settings.shift_chance == 0.0 or not probability < 1.0:  # a loss of nan counts as infinite
        return True
    return uniform(settings.seed, "shift", max(0, math.floor(now * SLOTS))) < probability


class WaveMotion:
    """Distortion 2's phases: the integrals of their rates.

    A change of a signal changes the speed of a phase, never the phase itself, so nothing jumps
    however long the piece has run; and the amplitude follows the signal, so at rest the picture is
    undistorted (with cos alone, as printed, it never would be).
    """

    def __init__(self) -> None:
        self._phase = np.array([0.0, math.pi / 2])

    def advance(self, drive: Floats, dt: float, settings: StageSettings) -> None:
        """`dt` seconds pass, with the first two values of `drive`."""
        counted = _counted(drive, settings)
        self._phase = (self._phase + settings.wave_rate * counted * dt) % (2.0 * math.pi)

    def wave(self, drive: Floats, settings: StageSettings, weight: float) -> Wave:
        """The wave now; `weight` 0 .. 1 scales it as the distortion appears and disappears."""
        limit = screen_units(settings.wave_limit)
        distance = np.abs(_counted(drive, settings)) * screen_units(settings.wave_amplitude)
        amplitude = np.minimum(distance, limit) * weight
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
    drive: Floats, now: float, settings: StageSettings, weight: float, aspect: float
) -> Wave:
    """Distortion 2 as the 2021 program had it, `now` seconds into the run.

    A pixel shows the point that is A cos(r g_1 t + x / l) to the right and A sin(r g_2 t + x / l)
    down from it, x counted from the left edge. The phase is signal (there a partial gradient) times
    running time: the longer it runs, the further a small change of the signal makes the phase jump;
    at a signal of 0 a still wave remains.
    """
    k = 2.0 * math.pi / screen_units(settings.wave_length)
    amplitude = min(screen_units(settings.wave_amplitude), screen_units(settings.wave_limit))
    turned = settings.wave_rate * _counted(drive, settings) * now
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


def _counted(drive: Floats, settings: StageSettings) -> Floats:
    """The first two values of `drive`, clipped."""
    return np.clip(drive[:2], -settings.wave_gradient, settings.wave_gradient)
