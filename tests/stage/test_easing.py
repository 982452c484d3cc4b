# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Motion that does not depend on the frame rate."""

import numpy as np
import pytest

from descant.stage.easing import approach, ramp, share, smooth


def test_two_halves_of_a_time_come_to_the_whole() -> None:
    goal = np.array([1.0])
    once = approach(np.array([0.0]), goal, 0.2, 0.1)
    twice = approach(approach(np.array([0.0]), goal, 0.1, 0.1), goal, 0.1, 0.1)
    assert np.allclose(once, twice, rtol=1e-14)


def test_within_rest_of_the_goal_it_is_there_exactly() -> None:
    goal = np.array([0.0, 1.0])
    assert np.array_equal(approach(np.array([1e-3, 0.9]), goal, 10.0, 0.1, rest=1e-4), goal)


def test_no_time_at_all_is_at_once() -> None:
    assert share(0.01, 0.0) == 1.0
    assert ramp(0.0, 1.0, 0.01, 0.0) == 1.0


def test_a_ramp_stops_at_its_goal_in_both_directions() -> None:
    assert ramp(0.9, 1.0, 1.0, 2.0) == 1.0
    assert ramp(0.5, 0.0, 0.5, 2.0) == pytest.approx(0.25)


@pytest.mark.parametrize(("x", "y"), [(-1.0, 0.0), (0.0, 0.0), (0.5, 0.5), (1.0, 1.0), (2.0, 1.0)])
def test_smooth_starts_and_ends_without_speed(x: float, y: float) -> None:
    assert smooth(x) == y
