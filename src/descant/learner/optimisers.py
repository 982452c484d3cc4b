"""Optimisers: gradient descent, which is the paper's, and three others.

An optimiser is made for each attempt and computes one step at a time. `rate` is the learning rate
alpha, g the gradient at theta. Arithmetic is in plain floats in a fixed order, for the same bits on
every machine; only L-BFGS-B is SciPy's, with the bits of the installed SciPy.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Protocol

from descant.learner.family import Evaluation, Vector

Evaluate = Callable[[Vector], Evaluation]


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

    def __init__(self) -> None:
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
        c1, c2 = 1.0 - b1**self._steps, 1.0 - b2**self._steps
        moves = zip(theta, self._mean, self._square, strict=True)
        return tuple(
            [t - rate * (m / c1) / (math.sqrt(s / c2) + self.EPSILON) for t, m, s in moves]
        )


class LBFGS:
    """The iterates of SciPy's L-BFGS-B, one per step; the learning rate is ignored.

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


OPTIMISERS: dict[str, Callable[[], Optimiser]] = {
    "descent": Descent,
    "momentum": Momentum,
    "adam": Adam,
    "lbfgs": LBFGS,
}
