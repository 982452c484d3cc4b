# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Optimisers: gradient descent, which is the paper's, and three others.

An optimiser is made for each attempt and computes one step at a time. `rate` is the learning rate
alpha, g the gradient at theta. All is computed in plain floats in a fixed order.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Protocol

from descant.learner.arithmetic import power
from descant.learner.arithmetic_versions import ARITHMETICS
from descant.learner.family import Evaluate, Vector
from descant.learner.lbfgs import LBFGS, SciPyLBFGSB


class Optimiser(Protocol):
    """Updates theta, for one attempt."""

    def step(self, theta: Vector, gradient: Vector, rate: float, evaluate: Evaluate) -> Vector:
        """Return theta after one step; `evaluate` gives loss and gradient at other points."""


class Descent:
    """theta <- theta - alpha g (paper, section "Gradient descent")."""

    def step(self, theta: Vector, gradient: Vector, rate: float, evaluate: Evaluate) -> Vector:
        """See `Optimiser.step`."""
        return tuple([t - rate * g for t, g in zip(theta, gradient, strict=True)])


class Momentum:
    """v <- 0.9 v + g, theta <- theta - alpha v (Polyak 1964)."""

    MOMENTUM = 0.9

    def __init__(self) -> None:
        self._velocity: Vector = ()

    def step(self, theta: Vector, gradient: Vector, rate: float, evaluate: Evaluate) -> Vector:
        """See `Optimiser.step`."""
        velocity = self._velocity or (0.0,) * len(theta)
        self._velocity = tuple(
            [self.MOMENTUM * v + g for v, g in zip(velocity, gradient, strict=True)]
        )
        return tuple([t - rate * v for t, v in zip(theta, self._velocity, strict=True)])


class Adam:
    """Running means of g and g^2, corrected for their start (Kingma and Ba 2015, algorithm 1)."""

    BETA1, BETA2, EPSILON = 0.9, 0.999, 1e-8

    def __init__(self, power: Callable[[float, int], float] = power) -> None:
        self._power = power
        self._mean: Vector = ()
        self._square: Vector = ()
        self._steps = 0

    def step(self, theta: Vector, gradient: Vector, rate: float, evaluate: Evaluate) -> Vector:
        """See `Optimiser.step`."""
        zero = (0.0,) * len(theta)
        b1, b2 = self.BETA1, self.BETA2
        self._steps += 1
        means = zip(self._mean or zero, gradient, strict=True)
        squares = zip(self._square or zero, gradient, strict=True)
        self._mean = tuple([b1 * m + (1.0 - b1) * g for m, g in means])
        self._square = tuple([b2 * s + (1.0 - b2) * g * g for s, g in squares])
        c1, c2 = 1.0 - self._power(b1, self._steps), 1.0 - self._power(b2, self._steps)
        moves = zip(theta, self._mean, self._square, strict=True)
        return tuple(
            [t - rate * (m / c1) / (math.sqrt(s / c2) + self.EPSILON) for t, m, s in moves]
        )


def make_optimiser(name: str, arithmetic: int) -> Optimiser:
    """A fresh optimiser; `arithmetic` is the learner's parameter."""
    if name == "adam":
        return Adam(ARITHMETICS[arithmetic].power)
    if name == "lbfgs":
        return LBFGS() if ARITHMETICS[arithmetic].portable else SciPyLBFGSB()
    return Momentum() if name == "momentum" else Descent()
