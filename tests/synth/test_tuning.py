"""The formulas of pitch."""

import math

import numpy as np
import pytest

from descant.synth.settings import SynthSettings
from descant.synth.tuning import (
    audible_partials,
    bounded_stretch,
    key_frequency,
    overtone_wave,
    partial_amplitudes,
    partial_frequency,
    stretch_of,
)
from support.states import state


def test_keys_are_twelve_tone_equal_from_a4() -> None:
    assert key_frequency(69, 440.0) == 440.0
    assert key_frequency(57, 442.0) == 221.0
    assert key_frequency(60, 440.0) == pytest.approx(261.6255653)
    assert key_frequency(0, 440.0) == pytest.approx(8.1757989)


def test_the_papers_example_in_tune_and_detuned() -> None:
    assert [partial_frequency(69, k, 0.0, 440.0) for k in (1, 2, 3, 4)] == [440, 880, 1320, 1760]
    assert [partial_frequency(69, k, 0.25, 440.0) for k in (1, 2, 3, 4)] == [440, 1100, 1650, 2200]


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


def test_the_2021_program_stretches_by_the_residual() -> None:
    settings = SynthSettings(detune_from="residual", detune_scale=0.05)
    assert stretch_of(state(0, 9.0, residual=-0.4), settings) == pytest.approx(-0.02)


def test_amplitudes_are_given_and_then_fall_with_the_square() -> None:
    settings = SynthSettings(partials=4, partial_balance=(0.5, 0.25))
    assert partial_amplitudes(settings) == (1.0, 0.5, 0.5 * 4 / 9, 0.5 * 4 / 16)


@pytest.mark.parametrize("sample_rate", [44_100, 48_000, 96_000])
def test_no_partial_of_any_key_can_come_near_half_the_sample_rate(sample_rate: int) -> None:
    settings = SynthSettings(partials=8, max_detune=1.0)
    counts = [audible_partials(key, settings, sample_rate) for key in range(128)]
    for key, count in enumerate(counts):
        if count > 1:
            assert partial_frequency(key, count, 1.0, 440.0) < 0.45 * sample_rate
    assert counts[21] == 8
    assert counts[60] == 8
    assert counts == sorted(counts, reverse=True)


def test_the_table_holds_the_overtones_and_no_fundamental() -> None:
    table = overtone_wave((1.0, 0.5, 0.25, 0.125), 4)
    size = np.abs(np.fft.rfft(table)) / len(table) * 2
    np.testing.assert_allclose(size[:6], [0, 0, 0.5, 0.25, 0.125, 0], atol=1e-7)
