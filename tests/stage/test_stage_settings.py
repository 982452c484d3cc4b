# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The stage's parameters."""

import pytest

from descant.parameters import ParameterError
from descant.stage.settings import StageSettings, screen_units


def test_a_colour_is_three_numbers() -> None:
    with pytest.raises(ParameterError, match="'target_colour' must be three numbers"):
        StageSettings(target_colour=(1.0, 0.5))


def test_a_canvas_that_does_not_exist_is_refused_with_those_that_do() -> None:
    with pytest.raises(ParameterError, match="one of auto, window, offscreen"):
        StageSettings(canvas="wall")


def test_a_full_height_of_pixels_is_a_full_height_of_the_screen() -> None:
    assert screen_units(1080) == 2.0
