# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Thousands of cubic episodes stepped as one: the arithmetic of `descant.learner.cubic` on arrays.

Every operation is the one of `CubicProblem.evaluate`, in the same order, element by element, so
each episode of a batch has the same bits as that episode learned alone.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from descant.learner.core import episode_seed
from descant.learner.cubic import Cubic
from descant.learner.settings import LearnerSettings

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Steps:
    """Results of a batch: loss and residual (steps + 1, episodes), theta (4, episodes)."""

    loss: Floats
    residual: Floats
    theta: Floats


class CubicBatch:
    """Episodes 1 .. `episodes` of a performance, learned side by side.

    Converged episodes rest as they do alone; diverged ones go on to infinity, where `Learner`
    would give them a new start.
    """

    def __init__(self, settings: LearnerSettings, episodes: int) -> None:
        if settings.loss == "mae":
            raise ValueError("a batch steps the square losses, not 'mae'")
        self._settings = settings
        family = Cubic()
        moments, targets, starts = [], [], []
        for number in range(1, episodes + 1):
            rng = np.random.Generator(np.random.PCG64(episode_seed(settings.seed, number)))
            problem = family.draw_problem(rng, settings)
            moments.append(problem.moments)
            targets.append(problem.target)
            starts.append(family.draw_start(rng, settings))
        self._m = np.array(moments).T.copy()  # (7, episodes)
        self._target = np.array(targets).T.copy()  # (4, episodes)
        self.theta: Floats = np.array(starts).T.copy()

    def evaluate(self) -> tuple[Floats, Floats, Floats]:
        """Loss (episodes,), residual (episodes,) and gradient (4, episodes) at `theta`."""
        a, b, c, d = self.theta - self._target
        m0, m1, m2, m3, m4, m5, m6 = self._m
        ga = a * m6 + b * m5 + c * m4 + d * m3
        gb = a * m5 + b * m4 + c * m3 + d * m2
        gc = a * m4 + b * m3 + c * m2 + d * m1
        residual = a * m3 + b * m2 + c * m1 + d * m0
        square = a * ga + b * gb + c * gc + d * residual
        np.maximum(square, 0.0, out=square)
        gradient = np.stack([ga, gb, gc, residual])
        if self._settings.loss == "half_mse":
            return 0.5 * square, residual, gradient
        return square, residual, 2.0 * gradient

    def run(self, steps: int) -> Steps:
        """Make `steps` gradient steps on every episode that has not converged."""
        count = self.theta.shape[1]
        losses, residuals = np.empty((steps + 1, count)), np.empty((steps + 1, count))
        rate, threshold = self._settings.learning_rate, self._settings.threshold
        for step in range(steps + 1):
            losses[step], residuals[step], gradient = self.evaluate()
            if step < steps:
                moved = self.theta - rate * gradient
                self.theta = np.where(losses[step] > threshold, moved, self.theta)
        return Steps(losses, residuals, self.theta)
