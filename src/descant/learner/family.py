"""What a function family has to offer to be learned."""

from __future__ import annotations

from typing import NamedTuple, Protocol

import numpy as np

from descant.learner.settings import LearnerSettings

Vector = tuple[float, ...]


class Evaluation(NamedTuple):
    """Loss, signed mean residual f_theta - f, and the loss's gradient, at one theta."""

    loss: float
    residual: float
    gradient: Vector


class Problem(Protocol):
    """One target over one set of sample points."""

    target: Vector
    x: Vector
    y: Vector

    def evaluate(self, theta: Vector, loss: str) -> Evaluation:
        """Loss of the kind `loss` (see `LOSSES`) and its analytic gradient at `theta`.

        Non-finite values are returned as they come out, never raised.
        """


class Family(Protocol):
    """A family of functions with parameters theta."""

    name: str
    parameter_names: tuple[str, ...]

    def draw_problem(self, rng: np.random.Generator, settings: LearnerSettings) -> Problem:
        """Draw the sample points, then the target."""

    def draw_start(self, rng: np.random.Generator, settings: LearnerSettings) -> Vector:
        """Draw a start for theta."""
