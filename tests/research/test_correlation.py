# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Lagged correlation and its test: known lags, an independent sum, and chance that stays chance."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import kstest, pearsonr

from descant.errors import UserError
from descant.research.correlation import QUANTILES, _shifts, lagged_correlation, surrogate_test

pytestmark = pytest.mark.slow


def smooth(rng: np.random.Generator, count: int) -> np.ndarray:
    """Noise with a rhythm of its own."""
    return np.convolve(rng.normal(size=count + 20), np.ones(21) / 21, mode="valid")


@pytest.mark.parametrize("late", [-7, 0, 3, 15])
def test_the_lag_of_a_shifted_copy_is_found_with_its_sign(late):
    noise = smooth(np.random.default_rng(1), 500)
    first, second = noise[50:450], noise[50 - late : 450 - late]  # the second comes later
    lag, r = lagged_correlation(first, second, step=0.1, max_lag=2.0).peak
    assert lag == pytest.approx(0.1 * late)
    assert r == pytest.approx(1.0)
    lag, r = lagged_correlation(first, -3.0 * second + 7.0, step=0.1, max_lag=2.0).peak
    assert (lag, r) == (pytest.approx(0.1 * late), pytest.approx(-1.0))


def test_every_lag_is_pearsons_correlation_of_what_overlaps():
    rng = np.random.default_rng(2)
    x, y = 5.0 + smooth(rng, 120), 1e3 * smooth(rng, 120) - 40.0
    found = lagged_correlation(x, y, step=0.5, max_lag=10.0)
    assert found.lags.tolist() == [0.5 * k for k in range(-20, 21)]
    for lag, r in zip(range(-20, 21), found.r, strict=True):
        a, b = (x[: 120 - lag], y[lag:]) if lag >= 0 else (x[-lag:], y[: 120 + lag])
        assert r == pytest.approx(pearsonr(a, b).statistic, abs=1e-10)


@pytest.mark.parametrize(("count", "max_lag"), [(101, 0.0), (500, 5.0), (2013, 20.0)])
def test_surrogates_are_the_strongest_correlations_of_shifted_series(count, max_lag):
    random = np.random.default_rng(count)
    x, y = random.normal(size=count).cumsum(), random.normal(size=count)
    found = surrogate_test(x, y, step=0.5, max_lag=max_lag)
    width = 2 * round(max_lag / 0.5) + 1
    strongest = [
        np.abs(lagged_correlation(x, np.roll(y, shift), step=0.5, max_lag=max_lag).r).max()
        for shift in _shifts(count, width, 1).tolist()
    ]
    assert found.surrogates == len(strongest)
    for quantile, value in found.quantiles.items():
        assert value == pytest.approx(np.quantile(strongest, quantile), abs=1e-12)


def test_white_noise_has_p_values_spread_evenly():
    rng = np.random.default_rng(3)
    values = np.array([
        surrogate_test(rng.normal(size=440), rng.normal(size=440), step=1.0, max_lag=5.0, seed=s).p
        for s in range(400)
    ])  # fmt: skip
    # 39 surrogates: p is one of 1/40, 2/40 .. 1, each as likely as the others.
    assert sorted(set(np.round(values * 40))) == list(range(1, 41))
    spread = values - np.random.default_rng(0).uniform(0, 1 / 40, len(values))
    assert kstest(spread, "uniform").pvalue > 0.05
    assert 0.02 <= np.mean(values <= 0.05) <= 0.08


def test_slow_series_without_relation_are_not_taken_for_related():
    """Both wander slowly, which a test of single values would take for a relation."""
    rng = np.random.default_rng(4)
    values = [
        surrogate_test(smooth(rng, 840), smooth(rng, 840), step=1.0, max_lag=20.0, seed=s).p
        for s in range(200)
    ]
    assert 0.01 <= np.mean(np.array(values) <= 0.05) <= 0.10


def test_a_follower_in_noise_is_found_and_said_to_be_no_chance():
    rng = np.random.default_rng(5)
    leader = smooth(rng, 3000)
    follower = np.roll(leader, 12) + rng.normal(0, leader.std(), 3000)
    result = surrogate_test(leader, follower, step=0.25, max_lag=5.0, seed=7)
    assert result.lag == pytest.approx(3.0)
    assert result.r > 0.6
    assert result.surrogates == 3000 // 41 - 1
    assert result.p == 1 / (1 + result.surrogates)
    assert result.r > result.quantiles[0.99] > result.quantiles[0.5] > 0.0
    assert tuple(result.quantiles) == QUANTILES


def test_the_same_seed_gives_the_same_test():
    rng = np.random.default_rng(6)
    x, y = rng.normal(size=300), rng.normal(size=300)
    one, same, other = (surrogate_test(x, y, step=1.0, max_lag=5.0, seed=s) for s in (1, 1, 2))
    assert (one.p, one.quantiles) == (same.p, same.quantiles)
    assert one.quantiles != other.quantiles
    assert (one.seed, one.surrogates) == (1, 300 // 11 - 1)


def test_what_cannot_be_correlated_is_one_line():
    with pytest.raises(UserError, match="not finite"):
        lagged_correlation([1.0, np.nan, 2.0], [1, 2, 3], step=1.0, max_lag=0.0)
    with pytest.raises(UserError, match="a constant series has no correlation"):
        lagged_correlation([1, 1, 1], [1, 2, 3], step=1.0, max_lag=0.0)
    with pytest.raises(UserError, match=r"the same length, not \(2,\) and \(3,\)"):
        lagged_correlation([1, 2], [1, 2, 3], step=1.0, max_lag=0.0)
    with pytest.raises(UserError, match="lags up to 5 s do not fit into 3 s"):
        lagged_correlation([1, 2, 3], [1, 2, 4], step=1.0, max_lag=5.0)
    with pytest.raises(UserError, match="need series of at least 220 s, not 10 s"):
        surrogate_test(range(10), [*range(9), 3], step=1.0, max_lag=5.0)
