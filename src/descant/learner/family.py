# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""What a function family has to offer to be learned; docs/families.md builds one."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import cache
from typing import NamedTuple, Protocol

import numpy as np

from descant.learner.arithmetic import with_one_nan
from descant.learner.registry import FAMILIES
from descant.learner.settings import LearnerSettings

Vector = tuple[float, ...]


class Evaluation(NamedTuple):
    """Loss, signed mean residual f_theta - f, and the loss's gradient, at one theta."""

    loss: float
    residual: float
    gradient: Vector

    @classmethod
    def none(cls, count: int) -> Evaluation:
        """Of a theta of `count` parameters for which there are no numbers: a divergence."""
        return cls(math.nan, math.nan, (math.nan,) * count)

    def with_one_nan(self) -> Evaluation:
        """The same, with every NaN the same."""
        loss, residual = with_one_nan((self.loss, self.residual))
        return Evaluation(loss, residual, with_one_nan(self.gradient))

    @classmethod
    def of_square(
        cls, square: float, residual: float, half_gradient: Sequence[float], loss: str
    ) -> Evaluation:
        """Of the mean of r^2 (`square`) and the gradient of half of it, for `mse` or `half_mse`."""
        if loss == "half_mse":
            return cls(0.5 * square, residual, tuple(half_gradient))
        return cls(square, residual, tuple([2.0 * g for g in half_gradient]))


Evaluate = Callable[[Vector], Evaluation]
"""Evaluates a problem at another theta, for an optimiser."""


class Problem(Protocol):
    """One target over one set of sample points.

    `target` ends with the values that theta is to reach; what is not learned stands before them.
    """

    target: Vector
    x: Vector
    y: Vector

    def evaluate(self, theta: Vector, loss: str) -> Evaluation:
        """Loss of the kind `loss` (see `LOSSES`) and its analytic gradient at `theta`.

        Return non-finite values as they come out; do not raise for them.
        """


class Family(Protocol):
    """A family of functions with parameters theta.

    A family may also have `periods`: for each parameter its full turn where it is an angle, else 0.
    """

    name: str
    parameter_names: tuple[str, ...]

    def draw_problem(self, rng: np.random.Generator, settings: LearnerSettings) -> Problem:
        """Draw the sample points, then the target."""

    def draw_start(self, rng: np.random.Generator, settings: LearnerSettings) -> Vector:
        """Draw a start for theta."""


@cache
def load_family(name: str) -> Family:
    """The family of this name; `ParameterError` where there is none or it cannot be loaded."""
    family: Family = FAMILIES.make(name)
    return family
