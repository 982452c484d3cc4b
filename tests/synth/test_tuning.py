# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Frequencies of keys, and the stretch of their overtones."""

import math
import re

import pytest

from descant.parameters import ParameterError
from descant.synth.settings import SynthSettings
from descant.synth.tuning import bounded_stretch, key_frequency, stretch_of
from support.states import state


def test_keys_are_twelve_tone_equal_from_a4() -> None:
    assert key_frequency(69, 440.0) == 440.0
    assert key_frequency(57, 442.0) == 221.0
    assert key_frequency(60, 440.0) == pytest.approx(261.6255653)
    assert key_frequency(0, 440.0) == pytest.approx(8.1757989)


@pytest.mark.parametrize(
    ("loss", "stretch"),
    [(0.0, 0.0), (0.3, 0.3), (7.0, 1.0), (1e300, 1.0), (-0.5, -0.5), (-1e300, -0.9)],
)
def test_stretch_stays_within_bounds(loss: float, stretch: float) -> None:
    assert bounded_stretch(loss, SynthSettings()) == stretch


@pytest.mark.parametrize("loss", [math.nan, math.inf, -math.inf])
def test_what_is_not_finite_asks_for_nothing(loss: float) -> None:
    assert bounded_stretch(loss, SynthSettings()) is None


def test_a_huge_loss_times_a_huge_scale_is_bounded_too() -> None:
    assert bounded_stretch(1e308, SynthSettings(detune_scale=100.0)) == 1.0


@pytest.mark.parametrize(
    ("detune", "scale"), [("residual", 0.05), ("0.05 * residual", 1.0), ("0.1 * residual", 0.5)]
)
def test_the_2021_program_stretches_by_the_residual(detune: str, scale: float) -> None:
    settings = SynthSettings(detune=detune, detune_scale=scale)
    assert stretch_of(state(0, 9.0, residual=-0.4), settings) == pytest.approx(-0.02)


def test_any_signal_of_the_state_can_stretch() -> None:
    learning = state(0, 0.1)._replace(theta=(1.0, 2.0), target=(0.0, 0.0), gradient=(0.3, 0.4))
    settings = SynthSettings(detune="gradient_length + 0.25 * gradient[1]", detune_scale=0.5)
    assert stretch_of(learning, settings) == pytest.approx(0.5 * (0.5 + 0.1))


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"detune": "mood"}, "parameter 'detune': no signal 'mood'"),
        ({"detune": "los"}, "did you mean 'loss'"),
        ({"detune": "loss, residual"}, "parameter 'detune' must be at most 1 signal, not 2"),
        ({"detune_from": "loss"}, "'detune_from' is now 'detune'"),
        ({"voice": "organ"}, "parameter 'voice' must be one of paper, bright, not 'organ'"),
    ],
)
def test_a_wrong_parameter_is_one_line(parameters: dict[str, str], message: str) -> None:
    with pytest.raises(ParameterError, match=re.escape(message)):
        SynthSettings.of(parameters)
