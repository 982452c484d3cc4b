# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Lissajous knots g(t) = (cos(nx t + a), cos(ny t + b), cos(nz t + c)) (paper, section
"Lissajous knots").

The frequencies are integers and belong to the target; the phases are learned. With the cosines C
and sines S of n t at the sample times in a table, cos(n t + a) = cos a C - sin a S.

For the square losses over all sample times no array is needed in a step: with dc = cos a - cos a*
and ds = sin a - sin a*, the residual of an axis is dc C - ds S, so everything follows from the
table's means of C C, C S, S S, C and S.
"""

from __future__ import annotations

from functools import cached_property, lru_cache
from typing import Any, NamedTuple

import numpy as np

from descant.arrays import Floats
from descant.learner.arithmetic import cos_sin
from descant.learner.arithmetic_versions import ARITHMETICS, Arithmetic
from descant.learner.family import Evaluation, Vector
from descant.learner.settings import TURN, LearnerSettings

AXES = 3
_ALL = slice(None)

# The preset knots of the 2021 program: (nx, ny, nz, a, b, c).
PRESETS: tuple[Vector, ...] = (
    (3.0, 4.0, 7.0, 0.1, 0.7, 0.0),
    (3.0, 2.0, 7.0, 0.7, 0.2, 0.0),
    (3.0, 2.0, 5.0, 1.7, 0.2, 0.0),
    (3.0, 5.0, 7.0, 0.7, 1.2, 0.0),
    (4.0, 5.0, 41.0, 0.01, 0.16, 0.0),
)


class Row:
    """cos and sin of n t of one axis, shape (times,)."""

    def __init__(self, frequency: float, t: Vector, arithmetic: Arithmetic) -> None:
        self.cos, self.sin = arithmetic.cos_sins(frequency * np.array(t))
        self._total = arithmetic.total

    @cached_property
    def means(self) -> Vector:
        """The means of cos cos, cos sin, sin sin, cos and sin."""
        c, s = self.cos, self.sin
        return tuple((self._total(np.stack([c * c, c * s, s * s, c, s])) / len(c)).tolist())


class Points(NamedTuple):
    """Points of a curve and their slopes, each by its own axis's phase; shape (3, times)."""

    curve: Floats
    slope: Floats


@lru_cache(maxsize=16)
def times(span: float, count: int) -> Vector:
    """`count` sample times, evenly from 0 to `span`."""
    return tuple(span * i / (count - 1) for i in range(count))


@lru_cache(maxsize=256)
def table_row(frequency: float, t: Vector, arithmetic: Arithmetic) -> Row:
    """The row of one axis; a new episode takes most of its time for those that are not cached."""
    return Row(frequency, t, arithmetic)


class CurveProblem:
    """A target curve with a table of its axes over the sample times; `target` begins with the three
    frequencies.
    """

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
        self._rows = [table_row(n, t, arithmetic) for n in target[:AXES]]
        self._cos = np.stack([row.cos for row in self._rows])
        self._sin = np.stack([row.sin for row in self._rows])
        self._y = self._points(target[AXES:], _ALL).curve
        self.y: Vector = tuple(self._y.T.ravel().tolist())
        self._batch = batch if batch < len(t) else 0
        self._rng = rng

    def evaluate(self, theta: Vector, loss: str) -> Evaluation:
        """Loss and gradient at `theta`; with a batch, over times drawn for this step."""
        if not all(abs(value) <= self._arithmetic.largest_angle for value in theta):
            return Evaluation.none(len(theta))
        return self._at_points(theta, loss)

    def _at_points(self, theta: Vector, loss: str) -> Evaluation:
        chosen: Any = self._rng.integers(0, len(self.x), self._batch) if self._batch else _ALL
        points = self._points(theta, chosen)
        r = points.curve - self._y[:, chosen]
        common = self._common_slope(points, chosen)
        return of_residuals(r, points.slope, loss, self._arithmetic, common)

    def _points(self, theta: Vector, chosen: Any) -> Points:
        """cos(n t + phase) of each axis at the chosen times, and its slope."""
        cos, sin = self._cos[:, chosen], self._sin[:, chosen]
        turned = [self._arithmetic.cos_sin(phase) for phase in theta[:AXES]]
        c, s = np.array(turned).T[:, :, np.newaxis]
        return Points(c * cos - s * sin, -(c * sin + s * cos))

    def _common_slope(self, points: Points, chosen: Any) -> Floats | None:
        """The slopes of all axes by a parameter that they share, where there is one."""
        return None


class KnotProblem(CurveProblem):
    """One target knot over its sample times; `target` is (nx, ny, nz, a, b, c)."""

    @cached_property
    def _axes(self) -> list[tuple[float, ...]]:
        """cos and sin of the target's phase, and the table's means, of each axis."""
        phases = zip(self.target[AXES:], self._rows, strict=True)
        return [(*cos_sin(phase), *row.means) for phase, row in phases]

    def _at_points(self, theta: Vector, loss: str) -> Evaluation:
        if not self._arithmetic.portable or self._batch or loss == "mae":
            return super()._at_points(theta, loss)
        square = residual = 0.0
        gradient = []
        for phase, (ct, st, cc, cs, ss, c1, s1) in zip(theta, self._axes, strict=True):
            c, s = cos_sin(phase)
            dc, ds = c - ct, s - st
            residual += dc * c1 - ds * s1
            u = dc * cc - ds * cs
            v = dc * cs - ds * ss
            square += dc * u - ds * v
            gradient.append(-(s * u + c * v))
        return Evaluation.of_square(max(square, 0.0), residual, gradient, loss)


def of_residuals(
    r: Floats, slope: Floats, loss: str, arithmetic: Arithmetic, common: Floats | None = None
) -> Evaluation:
    """The loss of two curves that are `r` (3, times) apart.

    `slope` (3, times) is each axis's slope by its own parameter, `common` (3, times) all axes'
    slopes by one more parameter, where there is one. The loss `mae` is the mean distance, with its
    subgradient (0 where the curves touch).
    """
    count = r.shape[1]
    if loss == "mae":
        far = np.sqrt(r[:1] * r[:1] + r[1:2] * r[1:2] + r[2:] * r[2:])
        weight = np.divide(r, far, out=np.zeros_like(r), where=far > 0.0)
    else:
        far, weight = r * r, r
    summands = [r, far, weight * slope] + ([] if common is None else [weight * common])
    residual, mean, gradients, *rest = arithmetic.axis_sums(summands)
    gradient = [g / count for g in (*gradients.axes, *[more.all for more in rest])]
    if loss == "mae":
        return Evaluation(mean.all / count, residual.all / count, tuple(gradient))
    return Evaluation.of_square(mean.all / count, residual.all / count, gradient, loss)


def draw_frequencies(rng: np.random.Generator, settings: LearnerSettings) -> Vector:
    """Three integers from their range."""
    drawn = rng.integers(settings.knot_lowest, settings.knot_highest + 1, AXES)
    return tuple(float(n) for n in drawn)


def draw_phases(rng: np.random.Generator, settings: LearnerSettings) -> Vector:
    """Three phases, uniform in their range."""
    uniform = ARITHMETICS[settings.arithmetic].uniform
    return tuple(uniform(rng, 0.0, settings.knot_phase_range, AXES).tolist())


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
        target = draw_frequencies(rng, settings) + draw_phases(rng, settings)
        if settings.knot_preset:
            target = PRESETS[settings.knot_preset - 1]
        t = times(settings.knot_span, settings.knot_points)
        return KnotProblem(t, target, settings.knot_batch, rng, ARITHMETICS[settings.arithmetic])

    def draw_start(self, rng: np.random.Generator, settings: LearnerSettings) -> Vector:
        """Phases uniform in their range."""
        return draw_phases(rng, settings)
