# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The path of a loss curve."""

import math

import numpy as np

from descant.picture.loss_curves import LossCurve, LossPoint
from descant.picture.loss_panel import corners
from descant.types import LearningStatus


def test_a_loss_holds_until_the_next_step_and_the_last_one_to_the_end():
    points = (
        LossPoint(1.0, 0.5, LearningStatus.LEARNING),
        LossPoint(3.0, 0.1, LearningStatus.LEARNING),
    )
    path = corners(LossCurve(1, 0, 7.0, points), (0.001, 1.0))
    assert np.array_equal(path, [[1.0, 0.5], [3.0, 0.5], [3.0, 0.1], [7.0, 0.1]])


def test_a_path_never_leaves_the_axis():
    points = (
        LossPoint(1.0, math.nan, LearningStatus.DIVERGED),
        LossPoint(3.0, 0.0, LearningStatus.CONVERGED),
    )
    path = corners(LossCurve(1, 0, 4.0, points), (0.001, 10.0))
    assert path[:, 1].tolist() == [10.0, 10.0, 0.001, 0.001]
