"""What a function family has to offer to be learned; docs/families.md builds one."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple, Protocol

import numpy as np

from descant.learner.registry import FAMILIES
from descant.learner.settings import LearnerSettings

Vector = tuple[float, ...]


class Evaluation(NamedTuple):
    """Loss, signed mean residual f_theta - f, and the loss's gradient, at one theta."""

    loss: float
    residual: float
    gradient: Vector


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
