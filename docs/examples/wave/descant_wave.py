# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Waves f(x) = a sin(pi x) + b sin(2 pi x) + c sin(3 pi x): a function family of one's own."""

import numpy as np

from descant.learner.arithmetic import sin, total, uniform
from descant.learner.family import Evaluation


class WaveProblem:
    """One target wave over one set of sample points."""

    def __init__(self, x, target):
        self.target = target
        self._waves = sin(np.pi * np.array([[1.0], [2.0], [3.0]]) * x)  # (3, points)
        self._y = self._curve(target)
        self.x, self.y = tuple(x.tolist()), tuple(self._y.tolist())

    def _curve(self, theta):
        a, b, c = theta
        return a * self._waves[0] + b * self._waves[1] + c * self._waves[2]

    def evaluate(self, theta, loss):
        """Loss, mean residual and gradient at theta = (a, b, c)."""
        r = self._curve(theta) - self._y
        if loss == "mae":
            value, slope = np.abs(r), np.sign(r)
        else:
            scale = {"mse": 1.0, "half_mse": 0.5}[loss]
            value, slope = scale * (r * r), scale * 2.0 * r
        gradient = tuple((total(self._waves * slope) / len(r)).tolist())
        return Evaluation(float(total(value)) / len(r), float(total(r)) / len(r), gradient)


class Wave:
    """The family of waves."""

    name = "wave"
    parameter_names = ("a", "b", "c")

    def draw_problem(self, rng, settings):
        x = np.sort(uniform(rng, settings.x_low, settings.x_high, settings.points))
        return WaveProblem(x, self.draw_start(rng, settings))

    def draw_start(self, rng, settings):
        return tuple(uniform(rng, -1.0, 1.0, 3).tolist())


def points(target, theta):
    """The wave for the stage: the target's where `theta` is None."""
    x = np.linspace(-1.3, 1.3, 161)
    a, b, c = target if theta is None else theta
    y = a * np.sin(np.pi * x) + b * np.sin(2 * np.pi * x) + c * np.sin(3 * np.pi * x)
    return np.stack([x, y], axis=1)
