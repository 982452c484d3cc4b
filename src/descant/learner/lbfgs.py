# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""L-BFGS: our own, with the same bits on every machine, and SciPy's, of descant 0.1 and 0.2.

Both ignore the learning rate.
"""

from __future__ import annotations

import math

from descant.learner.arithmetic import dot
from descant.learner.family import Evaluate, Vector

MEMORY = 10  # pairs of a step and the change of the gradient over it
TRIALS = 30  # of a line search
DECREASE, CURVATURE = 1e-4, 0.9  # of the weak Wolfe conditions
LEAST_CURVATURE = 1e-10


class LBFGS:
    """One iteration of L-BFGS a step (Nocedal and Wright 2006, algorithms 7.4 and 7.5).

    The line search is Lewis and Overton's (2013, algorithm 2.6): bisection for the weak Wolfe
    conditions, which serves a loss with kinks, as `mae`, too.
    """

    def __init__(self) -> None:
        self._pairs: list[tuple[Vector, Vector, float]] = []  # s, y and 1 / (s . y), oldest first
        self._theta: Vector | None = None  # returned last
        self._start: Vector = ()  # theta and gradient of the step before
        self._gradient: Vector = ()

    def step(self, theta: Vector, gradient: Vector, rate: float, evaluate: Evaluate) -> Vector:
        """See `Optimiser.step`."""
        if theta == self._theta:
            self._remember(_difference(theta, self._start), _difference(gradient, self._gradient))
        else:
            self._pairs.clear()
        self._start, self._gradient = theta, gradient
        self._theta = self._next(theta, gradient, evaluate)
        return self._theta

    def _remember(self, s: Vector, y: Vector) -> None:
        """Keep a pair along which the gradient grew."""
        sy, yy = dot(s, y), dot(y, y)
        if sy > LEAST_CURVATURE * yy > 0.0:
            self._pairs = [*self._pairs[1 - MEMORY :], (s, y, 1.0 / sy)]

    def _next(self, theta: Vector, gradient: Vector, evaluate: Evaluate) -> Vector:
        if all(g == 0.0 for g in gradient):
            return theta
        direction = self._direction(gradient)
        slope = dot(gradient, direction)
        if slope >= 0.0:
            self._pairs.clear()
            direction = self._direction(gradient)
            slope = dot(gradient, direction)
        length = 1.0 if self._pairs else _first_length(gradient)
        found = _search(theta, direction, slope, length, evaluate)
        if found is None:
            self._pairs.clear()
            return theta
        return found

    def _direction(self, gradient: Vector) -> Vector:
        """Minus the inverse Hessian, as the pairs have it, times the gradient."""
        q = gradient
        factors = []
        for s, y, inverse in reversed(self._pairs):
            factor = inverse * dot(s, q)
            factors.append(factor)
            q = _moved(q, -factor, y)
        if self._pairs:
            s, y, _ = self._pairs[-1]
            scale = dot(s, y) / dot(y, y)
            q = tuple([scale * v for v in q])
        for (s, y, inverse), factor in zip(self._pairs, reversed(factors), strict=True):
            q = _moved(q, factor - inverse * dot(y, q), s)
        return tuple([-v for v in q])


def _first_length(gradient: Vector) -> float:
    """The first length to try without a memory: a step of at most 1 in all."""
    size = 0.0
    for g in gradient:
        size += abs(g)
    return min(1.0, 1.0 / size) if size > 0.0 else 1.0


def _search(
    theta: Vector, direction: Vector, slope: float, length: float, evaluate: Evaluate
) -> Vector | None:
    """Theta at an acceptable length along `direction`; None where none was found that is better."""
    start = evaluate(theta).loss
    low, high = 0.0, None
    for _ in range(TRIALS):
        tried = _moved(theta, length, direction)
        there = evaluate(tried)
        if not there.loss <= start + DECREASE * length * slope:
            high = length
        elif dot(there.gradient, direction) < CURVATURE * slope:
            low = length
        else:
            return tried
        length = 2.0 * low if high is None else 0.5 * (low + high)
    return tried if -math.inf < there.loss < start else None


def _moved(theta: Vector, length: float, direction: Vector) -> Vector:
    return tuple([t + length * d for t, d in zip(theta, direction, strict=True)])


def _difference(a: Vector, b: Vector) -> Vector:
    return tuple([x - y for x, y in zip(a, b, strict=True)])


class SciPyLBFGSB:
    """The iterates of SciPy's L-BFGS-B, one per step, with the bits of the installed SciPy.

    They are computed at the first step and stored. Where theta is not the last of them, or none is
    left, they are computed again from theta.
    """

    def __init__(self) -> None:
        self._ahead: list[Vector] = []
        self._last: Vector | None = None

    def step(self, theta: Vector, gradient: Vector, rate: float, evaluate: Evaluate) -> Vector:
        """See `Optimiser.step`."""
        if not self._ahead or theta != self._last:
            self._ahead = _iterates(theta, evaluate)
        self._last = self._ahead.pop(0) if self._ahead else theta
        return self._last


def _iterates(theta: Vector, evaluate: Evaluate) -> list[Vector]:
    """The iterates of SciPy's L-BFGS-B (Byrd, Lu, Nocedal and Zhu 1995) from `theta` on."""
    from scipy.optimize import minimize  # noqa: PLC0415 -- 0.2 s, for the one who asks for it

    def loss_and_gradient(at: list[float]) -> tuple[float, Vector]:
        there = evaluate(tuple(float(v) for v in at))
        return there.loss, there.gradient

    found: list[Vector] = []
    minimize(
        loss_and_gradient,
        theta,
        jac=True,
        method="L-BFGS-B",
        callback=lambda at: found.append(tuple(at.tolist())),
    )
    return found
