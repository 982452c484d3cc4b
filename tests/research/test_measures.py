# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Measures beside independent computations and cases whose answer is known."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from scipy.stats import linregress

from descant.errors import UserError
from descant.research import measures


def test_a_loss_of_0_is_in_tune_and_005_is_84_cents_sharp():
    assert measures.detuning(0.0) == 0.0
    assert measures.detuning(0.05) == pytest.approx(84.467, abs=1e-3)
    assert measures.detuning(1.0) == pytest.approx(1200.0)


def test_harmonic_partials_have_no_inharmonicity_and_stretched_ones_a_known_one():
    harmonic = 220.0 * np.arange(1, 7)
    amplitudes = np.array([1, 0.5, 0.25, 0.2, 0.1, 0.1])
    assert measures.inharmonicity(harmonic, amplitudes, 220.0) == 0.0
    loss = 0.05
    stretched = harmonic * np.where(np.arange(1, 7) == 1, 1.0, 1.0 + loss)
    weights = amplitudes**2 / np.sum(amplitudes**2)
    expected = 2 * sum(w * k * loss for k, w in zip(range(2, 7), weights[1:], strict=True))
    assert measures.inharmonicity(stretched, amplitudes, 220.0) == pytest.approx(expected)
    assert math.isnan(measures.inharmonicity([1.0], [0.0], 1.0))


def test_gradient_norms_are_those_of_each_row():
    assert measures.gradient_norm([[3, 4], [0, -2]]).tolist() == [5.0, 2.0]
    assert measures.gradient_norm([[3, -4]], order=1).tolist() == [7.0]
    assert measures.gradient_norm([[3, -4]], order=math.inf).tolist() == [4.0]


def test_the_rate_of_convergence_is_the_slope_of_the_logarithm():
    rng = np.random.default_rng(1)
    steps = np.arange(50)
    losses = np.exp(-0.1 * steps + rng.normal(0, 0.2, 50))
    expected = linregress(steps, np.log(losses)).slope
    assert measures.convergence_rate(steps, losses) == pytest.approx(expected)
    assert measures.convergence_rate([0, 1, 2], [1.0, 0.5, 0.25]) == pytest.approx(-math.log(2))


@pytest.mark.parametrize("losses", [[], [1.0], [0.0, 1.0], [math.nan, math.inf, 1.0]])
def test_without_two_losses_there_is_no_rate(losses):
    assert math.isnan(measures.convergence_rate(range(len(losses)), losses))


def test_density_and_mean_velocity_count_what_lies_in_the_window():
    rng = np.random.default_rng(2)
    onsets, velocities = rng.uniform(0, 60, 300), rng.integers(1, 128, 300)
    at = np.concatenate([np.arange(0, 60, 0.5), onsets[:20]])
    density = measures.note_density(onsets, at, 2.0)
    mean = measures.mean_velocity(onsets, velocities, at, 2.0)
    for time, rate, level in zip(at, density, mean, strict=True):
        inside = [v for t, v in zip(onsets, velocities, strict=True) if time - 2.0 < t <= time]
        assert rate == len(inside) / 2.0
        assert level == pytest.approx(np.mean(inside)) if inside else math.isnan(level)


def test_a_velocity_of_half_is_12_decibels_below_the_hardest():
    assert measures.velocity_level(127 * 128) == 0.0
    assert measures.velocity_level(127 * 64) == pytest.approx(-12.04, abs=0.01)
    assert measures.velocity_level(0) == -math.inf


def test_the_dynamic_range_leaves_out_the_extremes():
    assert measures.dynamic_range([*([50] * 50), *([90] * 50), 1]) == 40.0
    assert math.isnan(measures.dynamic_range([]))


def test_keys_sound_from_their_onset_up_to_their_release():
    onsets, releases, keys = [0, 1, 2], [2, math.nan, 3], [60, 50, 70]
    assert measures.held_keys(onsets, releases, keys, 1.0) == [50, 60]
    assert measures.held_keys(onsets, releases, keys, 2.0) == [50, 70]
    assert measures.held_keys(onsets, releases, keys, 9.0) == [50]


@pytest.mark.parametrize(
    ("keys", "vector"),
    [
        ([60, 64, 67], (0, 0, 1, 1, 1, 0)),  # major triad, 3-11
        ([57, 60, 64], (0, 0, 1, 1, 1, 0)),  # minor triad, 3-11
        ([60, 63, 66, 69], (0, 0, 4, 0, 0, 2)),  # diminished seventh, 4-28
        ([60, 62, 64, 66, 68, 70], (0, 6, 0, 6, 0, 3)),  # whole tone, 6-35
        (list(range(60, 72)), (12, 12, 12, 12, 12, 6)),  # all twelve, 12-1
        ([60, 72, 48], (0, 0, 0, 0, 0, 0)),  # octaves are one pitch class
    ],
)
def test_interval_vectors_are_those_of_fortes_table(keys, vector):
    assert measures.interval_classes(keys) == vector


def test_interval_vectors_of_any_chord_are_the_pairs_counted_one_by_one():
    rng = np.random.default_rng(3)
    for size in range(8):
        keys = [int(k) for k in rng.integers(21, 109, size)]
        expected = [0] * 6
        for a, b in itertools.combinations({k % 12 for k in keys}, 2):
            expected[min((a - b) % 12, (b - a) % 12) - 1] += 1
        assert measures.interval_classes(keys) == tuple(expected)


def test_a_held_series_keeps_its_last_value():
    series = measures.held_series([1.0, 2.0], [10.0, 20.0], [0.0, 1.0, 1.9, 2.0, 9.0])
    assert series.tolist()[1:] == [10.0, 10.0, 20.0, 20.0]
    assert math.isnan(series[0])
    assert np.isnan(measures.held_series([], [], [1.0])).all()


def test_arrays_of_different_length_are_one_line():
    with pytest.raises(UserError, match=r"the same length, not \(2,\) and \(3,\)"):
        measures.convergence_rate([1, 2], [1, 2, 3])
    with pytest.raises(UserError, match="above 0 s, not 0"):
        measures.note_density([1], [1], 0.0)
