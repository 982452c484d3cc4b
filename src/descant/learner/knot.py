"""Lissajous knots g(t) = (cos(nx t + a), cos(ny t + b), cos(nz t + c)) (paper, section
"Lissajous knots").

The frequencies are integers and belong to the target; the phases are learned. With the cosines and
sines of n t at the sample times in a table, cos(n t + a) = cos a cos n t - sin a sin n t, so a step
needs two values of cos and sin an axis and otherwise only sums and products, element by element.
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np

from descant.arrays import Floats
from descant.learner.family import Evaluation, Vector
from descant.learner.settings import TURN, LearnerSettings

AXES = 3


# The preset knots of the 2021 program: (nx, ny, nz, a, b, c).
PRESETS: tuple[Vector, ...] = (
    (3.0, 4.0, 7.0, 0.1, 0.7, 0.0),
    (3.0, 2.0, 7.0, 0.7, 0.2, 0.0),
    (3.0, 2.0, 5.0, 1.7, 0.2, 0.0),
    (3.0, 5.0, 7.0, 0.7, 1.2, 0.0),
    (4.0, 5.0, 41.0, 0.01, 0.16, 0.0),
)


@lru_cache(maxsize=16)
def times(span: float, count: int) -> Vector:
    """`count` sample times, evenly from 0 to `span`."""
    return tuple(span * i / (count - 1) for i in range(count))


def table(function: str, frequencies: tuple[int, ...], t: Vector) -> Floats:
    """cos or sin of n t for each axis, shape (3, times)."""
    return np.stack([_row(function, n, t) for n in frequencies])


@lru_cache(maxsize=256)
def _row(function: str, n: int, t: Vector) -> Floats:
    """cos or sin of n t, by the C library one value at a time: the last bit of NumPy's differs from
    processor to processor."""
    value = {"cos": math.cos, "sin": math.sin}[function]
    return np.array([value(n * x) for x in t])


class KnotProblem:
    """One target knot over its sample times; `target` is (nx, ny, nz, a, b, c)."""

    def __init__(self, t: Vector, target: Vector, batch: int, rng: np.random.Generator) -> None:
        self.target = target
        self.x = t
        self._cos = table("cos", tuple(int(n) for n in target[:AXES]), t)
        self._sin = table("sin", tuple(int(n) for n in target[:AXES]), t)
        phases = target[AXES:]
        self._y = self._points(phases, self._cos, self._sin)
        self.y: Vector = tuple(self._y.T.ravel().tolist())
        self._batch = batch if batch < len(t) else 0
        self._rng = rng

    def evaluate(self, theta: Vector, loss: str) -> Evaluation:
        """Loss and gradient at the phases `theta`; with a batch, over times drawn for this step."""
        if not all(map(math.isfinite, theta)):
            return Evaluation(math.nan, math.nan, (math.nan,) * AXES)
        cos, sin, y = self._cos, self._sin, self._y
        if self._batch:
            chosen = self._rng.integers(0, len(self.x), self._batch)
            cos, sin, y = cos[:, chosen], sin[:, chosen], y[:, chosen]
        r = self._points(theta, cos, sin) - y
        slope = -self._points(theta, sin, -cos)  # d cos(n t + a) / d a = -sin(n t + a)
        count = r.shape[1]
        residual = float(np.add.reduce(r, axis=None)) / count
        if loss == "mae":
            return distance(r, slope, residual)
        square = float(np.add.reduce(r * r, axis=None)) / count
        gradient = (np.add.reduce(r * slope, axis=1) / count).tolist()
        if loss == "half_mse":
            return Evaluation(0.5 * square, residual, tuple(gradient))
        return Evaluation(square, residual, tuple(2.0 * g for g in gradient))

    @staticmethod
    def _points(phases: Vector, cos: Floats, sin: Floats) -> Floats:
        """cos(n t + phase) for each axis, shape (3, times)."""
        c = np.array([[math.cos(p)] for p in phases])
        s = np.array([[math.sin(p)] for p in phases])
        return np.asarray(c * cos - s * sin)


def distance(r: Floats, slope: Floats, residual: float, common: Floats | None = None) -> Evaluation:
    """Mean distance between two curves, and its subgradient (0 where they touch).

    `r` (3, times) points from one to the other; `slope` (3, times) is each axis's slope by its own
    parameter, `common` (3, times) all axes' slopes by one more parameter, where there is one.
    """
    count = r.shape[1]
    far = np.sqrt(r[0] * r[0] + r[1] * r[1] + r[2] * r[2])
    unit = np.divide(r, far, out=np.zeros_like(r), where=far > 0.0)
    gradient = (np.add.reduce(unit * slope, axis=1) / count).tolist()
    if common is not None:
        gradient.append(float(np.add.reduce(unit * common, axis=None)) / count)
    return Evaluation(float(np.add.reduce(far)) / count, residual, tuple(gradient))


class Knot:
    """The family of Lissajous knots: theta = (a, b, c)."""

    name = "knot"
    parameter_names: tuple[str, ...] = ("a", "b", "c")
    periods = (TURN, TURN, TURN)

    def draw_problem(self, rng: np.random.Generator, settings: LearnerSettings) -> KnotProblem:
        """Frequencies from their range, phases uniform; times evenly over their span.

        Two equal frequencies make a flat curve but a fair one; 0 makes a degenerate axis and is
        drawn only where the range allows it. A preset takes the place of what was drawn.
        """
        low, high = settings.knot_lowest, settings.knot_highest
        frequencies = tuple(float(n) for n in rng.integers(low, high + 1, AXES))
        phases = tuple(float(p) for p in rng.uniform(0.0, settings.knot_phase_range, AXES))
        t = times(settings.knot_span, settings.knot_points)
        target = frequencies + phases
        if settings.knot_preset:
            target = PRESETS[settings.knot_preset - 1]
        return KnotProblem(t, target, settings.knot_batch, rng)

    def draw_start(self, rng: np.random.Generator, settings: LearnerSettings) -> Vector:
        """Phases uniform in their range."""
        return tuple(float(p) for p in rng.uniform(0.0, settings.knot_phase_range, AXES))
