# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Harmonographs g(t) = exp(-d t / 2 pi) (cos(nx t + a), cos(ny t + b), cos(nz t + c)).

A Lissajous knot drawn by damped pendulums: the curve winds into its middle. The phases are learned
as a knot's are, and with them the damping d, the negative logarithm of the amplitude that is left
after one turn. The loss is much flatter in d than in the phases: it falls quickly at first, and its
last part slowly.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np

from descant.arrays import Floats
from descant.learner.arithmetic_versions import ARITHMETICS
from descant.learner.family import Evaluation, Vector
from descant.learner.knot import AXES, CurveProblem, Points, draw_frequencies, draw_phases, times
from descant.learner.settings import TURN, LearnerSettings

MOST_GROWTH = 500.0
"""Largest exponent of an amplitude, and largest damping: exp would overflow."""


class HarmonographProblem(CurveProblem):
    """One target over its sample times; `target` is (nx, ny, nz, a, b, c, d)."""

    def evaluate(self, theta: Vector, loss: str) -> Evaluation:
        """Loss and gradient at (a, b, c, d); with a batch, over times drawn for this step."""
        damping = theta[AXES]
        if not max(abs(damping), -damping * float(self._turns[-1])) <= MOST_GROWTH:
            return Evaluation.none(len(theta))
        return super().evaluate(theta, loss)

    @cached_property
    def _turns(self) -> Floats:
        """The sample times in turns."""
        return np.array(self.x) / TURN

    def _points(self, theta: Vector, chosen: Any) -> Points:
        points = super()._points(theta, chosen)
        exponent = -theta[AXES] * self._turns[chosen]
        fade = self._arithmetic.exp(np.maximum(exponent, -self._arithmetic.largest_exponent))
        return Points(points.curve * fade, points.slope * fade)

    def _common_slope(self, points: Points, chosen: Any) -> Floats:
        """d points / d d."""
        slopes: Floats = -self._turns[chosen] * points.curve
        return slopes


class Harmonograph:
    """The family of harmonographs: theta = (a, b, c, d)."""

    name = "harmonograph"
    parameter_names: tuple[str, ...] = ("a", "b", "c", "d")
    periods = (TURN, TURN, TURN, 0.0)

    def draw_problem(
        self, rng: np.random.Generator, settings: LearnerSettings
    ) -> HarmonographProblem:
        """Frequencies, phases and times as a knot's, then the damping uniform in its range."""
        target = draw_frequencies(rng, settings) + self.draw_start(rng, settings)
        t = times(settings.knot_span, settings.knot_points)
        arithmetic = ARITHMETICS[settings.arithmetic]
        return HarmonographProblem(t, target, settings.knot_batch, rng, arithmetic)

    def draw_start(self, rng: np.random.Generator, settings: LearnerSettings) -> Vector:
        """Phases uniform in their range, the damping in its."""
        uniform = ARITHMETICS[settings.arithmetic].uniform
        phases = draw_phases(rng, settings)
        [damping] = uniform(rng, settings.damping_low, settings.damping_high, 1).tolist()
        return (*phases, damping)
