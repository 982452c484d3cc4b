"""Harmonographs g(t) = exp(-d t / 2 pi) (cos(nx t + a), cos(ny t + b), cos(nz t + c)).

A Lissajous knot drawn by damped pendulums: the curve winds into its middle. The phases are learned
as a knot's are, and with them the damping d, the negative logarithm of the amplitude that is left
after one turn. The loss is much flatter in d than in the phases: it falls quickly at first, and its
last part slowly.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from descant.learner.arithmetic import ARITHMETICS, Arithmetic
from descant.learner.family import Evaluation, Vector
from descant.learner.knot import (
    AXES,
    Points,
    combined,
    draw_frequencies,
    draw_phases,
    of_residuals,
    table_row,
    times,
)
from descant.learner.settings import TURN, LearnerSettings

MOST_GROWTH = 500.0
"""Largest exponent of an amplitude, and largest damping: exp would overflow."""
_ALL = slice(None)


class HarmonographProblem:
    """One target over its sample times; `target` is (nx, ny, nz, a, b, c, d)."""

    def __init__(
        self,
        t: Vector,
        target: Vector,
        batch: int,
        rng: np.random.Generator,
        arithmetic: Arithmetic = ARITHMETICS[2],
    ) -> None:
        self.target = target
        self.x = t
        self._arithmetic = arithmetic
        rows = [table_row(n, t, arithmetic) for n in target[:AXES]]
        self._cos, self._sin = np.stack([r.cos for r in rows]), np.stack([r.sin for r in rows])
        self._turns = np.array(t) / TURN
        self._most = float(self._turns[-1])
        self._y = self._points(target[AXES:], _ALL).curve
        self.y: Vector = tuple(self._y.T.ravel().tolist())
        self._batch = batch if batch < len(t) else 0
        self._rng = rng

    def evaluate(self, theta: Vector, loss: str) -> Evaluation:
        """Loss and gradient at (a, b, c, d); with a batch, over times drawn for this step."""
        damping = theta[AXES]
        within = max(abs(damping), -damping * self._most) <= MOST_GROWTH
        if not within or not all(abs(v) <= self._arithmetic.largest_angle for v in theta):
            return Evaluation.none(AXES + 1)
        chosen: Any = self._rng.integers(0, len(self.x), self._batch) if self._batch else _ALL
        points = self._points(theta, chosen)
        fading = -self._turns[chosen] * points.curve  # d points / d d
        r = points.curve - self._y[:, chosen]
        return of_residuals(r, points.slope, loss, self._arithmetic, fading)

    def _points(self, theta: Vector, chosen: Any) -> Points:
        """The curve and its slopes by the phases."""
        arithmetic = self._arithmetic
        cos, sin = self._cos[:, chosen], self._sin[:, chosen]
        points = combined(theta[:AXES], cos, sin, arithmetic)
        exponent = np.maximum(-theta[AXES] * self._turns[chosen], -arithmetic.largest_exponent)
        fade = arithmetic.exp(exponent)
        return Points(points.curve * fade, points.slope * fade)


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
