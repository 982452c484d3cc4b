"""Harmonographs g(t) = exp(-d t / 2 pi) (cos(nx t + a), cos(ny t + b), cos(nz t + c)).

A Lissajous knot drawn by damped pendulums: the curve winds into its middle. The phases are learned
as a knot's are, and with them the damping d, the negative logarithm of the amplitude that is left
after one turn. The loss is much flatter in d than in the phases: it falls quickly at first, and its
last part slowly.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from descant.arrays import Floats
from descant.learner.family import Evaluation, Vector
from descant.learner.knot import AXES, distance, table, times
from descant.learner.settings import TURN, LearnerSettings


class HarmonographProblem:
    """One target over its sample times; `target` is (nx, ny, nz, a, b, c, d)."""

    def __init__(self, t: Vector, target: Vector, batch: int, rng: np.random.Generator) -> None:
        self.target = target
        self.x = t
        frequencies = tuple(int(n) for n in target[:AXES])
        self._cos = table("cos", frequencies, t)
        self._sin = table("sin", frequencies, t)
        self._turns = np.array([value / TURN for value in t])
        self._most = float(self._turns[-1])
        self._y = self._points(target[AXES:], slice(None))[0]
        self.y: Vector = tuple(self._y.T.ravel().tolist())
        self._batch = batch if batch < len(t) else 0
        self._rng = rng

    def evaluate(self, theta: Vector, loss: str) -> Evaluation:
        """Loss and gradient at (a, b, c, d); with a batch, over times drawn for this step."""
        grown = max(abs(theta[AXES]), -theta[AXES] * self._most)
        if not all(map(math.isfinite, theta)) or grown > 500.0:  # exp would overflow
            return Evaluation(math.nan, math.nan, (math.nan,) * (AXES + 1))
        chosen: Any = (
            self._rng.integers(0, len(self.x), self._batch) if self._batch else slice(None)
        )
        points, slopes = self._points(theta, chosen)
        r = points - self._y[:, chosen]
        count = r.shape[1]
        residual = float(np.add.reduce(r, axis=None)) / count
        fading = -self._turns[chosen] * points  # d points / d d
        if loss == "mae":
            return distance(r, slopes, residual, fading)
        square = float(np.add.reduce(r * r, axis=None)) / count
        gradient = [float(g) / count for g in np.add.reduce(r * slopes, axis=1)]
        gradient.append(float(np.add.reduce(r * fading, axis=None)) / count)
        if loss == "half_mse":
            return Evaluation(0.5 * square, residual, tuple(gradient))
        return Evaluation(square, residual, tuple(2.0 * g for g in gradient))

    def _points(self, theta: Vector, chosen: Any) -> tuple[Floats, Floats]:
        """The curve and its slopes by the phases, both of shape (3, times)."""
        cos, sin = self._cos[:, chosen], self._sin[:, chosen]
        c = np.array([[math.cos(p)] for p in theta[:AXES]])
        s = np.array([[math.sin(p)] for p in theta[:AXES]])
        # By the C library, as the tables: NumPy's exp differs from processor to processor.
        fade = np.array([math.exp(-theta[AXES] * u) for u in self._turns[chosen].tolist()])
        return (c * cos - s * sin) * fade, -(c * sin + s * cos) * fade


class Harmonograph:
    """The family of harmonographs: theta = (a, b, c, d)."""

    name = "harmonograph"
    parameter_names: tuple[str, ...] = ("a", "b", "c", "d")
    periods = (TURN, TURN, TURN, 0.0)

    def draw_problem(
        self, rng: np.random.Generator, settings: LearnerSettings
    ) -> HarmonographProblem:
        """Frequencies, phases and times as a knot's, then the damping uniform in its range."""
        low, high = settings.knot_lowest, settings.knot_highest
        frequencies = tuple(float(n) for n in rng.integers(low, high + 1, AXES))
        t = times(settings.knot_span, settings.knot_points)
        target = frequencies + self.draw_start(rng, settings)
        return HarmonographProblem(t, target, settings.knot_batch, rng)

    def draw_start(self, rng: np.random.Generator, settings: LearnerSettings) -> Vector:
        """Phases uniform in their range, the damping in its."""
        phases = tuple(float(p) for p in rng.uniform(0.0, settings.knot_phase_range, AXES))
        return (*phases, float(rng.uniform(settings.damping_low, settings.damping_high)))
