# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Cubic polynomials f(x) = a x^3 + b x^2 + c x + d (paper, section "Cubics").

With the error d = theta - theta*, the residual r = f_theta - f is itself the cubic with
coefficients d, so for the square losses everything follows from seven moments of the sample
points, m_k = mean(x^k):

    mean(r^2) = sum_ij d_i d_j m_(6-i-j),   d/d theta_i (half of it) = sum_j d_j m_(6-i-j)

which takes some thirty multiplications however many points there are. They are written out in
plain floats, always in the same order (a BLAS does not promise the same bits on every machine).
"""

from __future__ import annotations

import numpy as np

from descant.arrays import Floats
from descant.learner.arithmetic_versions import ARITHMETICS, Arithmetic
from descant.learner.family import Evaluation, Vector
from descant.learner.settings import LearnerSettings


def moments(x: Floats, arithmetic: Arithmetic) -> tuple[float, ...]:
    """The means of x^0 .. x^6 over the last axis's sample points, x of shape (points,)."""
    power = np.ones_like(x)
    means = []
    for _ in range(7):
        means.append(float(arithmetic.total(power)) / len(x))
        power = power * x
    return tuple(means)


class CubicProblem:
    """One target cubic over one set of sample points, x of shape (points,), sorted."""

    def __init__(self, x: Floats, target: Vector, arithmetic: Arithmetic = ARITHMETICS[2]) -> None:
        self.target = target
        self._x = x
        self.moments = moments(x, arithmetic)
        a, b, c, d = target
        self.x: Vector = tuple(x.tolist())
        self.y: Vector = tuple((((a * x + b) * x + c) * x + d).tolist())
        self._r = np.empty_like(x)
        self._sums = arithmetic.row_sums(4, len(x))
        self._powers = np.empty_like(self._sums.rows)  # as it lies in memory
        self._powers[...] = x * x * x, x * x, x, np.ones_like(x)

    def evaluate(self, theta: Vector, loss: str) -> Evaluation:
        """Loss and gradient at `theta`; see `Problem.evaluate`."""
        ta, tb, tc, td = self.target
        a, b, c, d = theta[0] - ta, theta[1] - tb, theta[2] - tc, theta[3] - td
        m0, m1, m2, m3, m4, m5, m6 = self.moments
        residual = a * m3 + b * m2 + c * m1 + d * m0
        if loss == "mae":
            return self._absolute(a, b, c, d, residual)
        ga = a * m6 + b * m5 + c * m4 + d * m3
        gb = a * m5 + b * m4 + c * m3 + d * m2
        gc = a * m4 + b * m3 + c * m2 + d * m1
        gd = residual
        square = max(a * ga + b * gb + c * gc + d * gd, 0.0)  # rounding can give -1e-33
        return Evaluation.of_square(square, residual, (ga, gb, gc, gd), loss)

    def _absolute(self, a: float, b: float, c: float, d: float, residual: float) -> Evaluation:
        """Mean of |r| with its subgradient mean(sign(r) x^k), sign(0) = 0.

        As |r| = sign(r) r, the loss is the gradient times (a, b, c, d).
        """
        x, r = self._x, self._r
        count = len(x)
        np.multiply(x, a, out=r)
        np.add(r, b, out=r)
        np.multiply(r, x, out=r)
        np.add(r, c, out=r)
        np.multiply(r, x, out=r)
        np.add(r, d, out=r)
        np.sign(r, out=r)
        np.multiply(self._powers, r, out=self._sums.rows)
        sa, sb, sc, sd = self._sums.total()
        ga, gb, gc, gd = sa / count, sb / count, sc / count, sd / count
        loss = max(a * ga + b * gb + c * gc + d * gd, 0.0)
        return Evaluation(loss, residual, (ga, gb, gc, gd))


class Cubic:
    """The family of cubics: theta = (a, b, c, d)."""

    name = "cubic"
    parameter_names: tuple[str, ...] = ("a", "b", "c", "d")

    def draw_problem(self, rng: np.random.Generator, settings: LearnerSettings) -> CubicProblem:
        """Sample points uniform in [x_low, x_high), sorted; target uniform in its range."""
        arithmetic = ARITHMETICS[settings.arithmetic]
        x = np.sort(arithmetic.uniform(rng, settings.x_low, settings.x_high, settings.points))
        target = arithmetic.uniform(rng, -settings.target_range, settings.target_range, 4)
        return CubicProblem(x, tuple(target.tolist()), arithmetic)

    def draw_start(self, rng: np.random.Generator, settings: LearnerSettings) -> Vector:
        """Start uniform in its range."""
        uniform = ARITHMETICS[settings.arithmetic].uniform
        return tuple(uniform(rng, -settings.start_range, settings.start_range, 4).tolist())
