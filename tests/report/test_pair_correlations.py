# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Lagged correlations: found where there are some, and not elsewhere."""

from __future__ import annotations

import numpy as np
import pytest

from descant.report.formatting import NBSP
from descant.report.pair_correlations import (
    PairCorrelation,
    holm_corrected,
    max_lag,
    pair_correlations,
)
from descant.report.time_series import STEP, TimeSeries
from descant.research.correlation import MIN_SURROGATES


def noise(length: float, *, follows: float | None = None) -> TimeSeries:
    """Four series of noise; with `follows` the density is the dissonance so many seconds later."""
    generator = np.random.default_rng(7)
    time = np.arange(0.0, length, STEP)
    count = len(time)
    dissonance, velocity, density = (generator.uniform(1.0, 2.0, count) for _ in range(3))
    if follows is not None:
        density = np.roll(dissonance, round(follows / STEP))
    smooth = np.convolve(density, np.ones(4) / 4, mode="full")[:count]
    return TimeSeries(time, dissonance, time, smooth, velocity, generator.uniform(0.1, 1.0, count))


def test_what_follows_is_found_with_its_lag_and_what_does_not_is_chance():
    found = {(r.first, r.second): r for r in pair_correlations(noise(900.0, follows=1.0))}
    one = found["dissonance", "density"]
    assert one.test is not None
    assert one.test.lag == pytest.approx(1.0)
    assert one.adjusted < 0.05
    assert f"note density 1 s after dissonance (r{NBSP}={NBSP}" in one.sentence()
    assert f"n{NBSP}={NBSP}{one.test.surrogates} shifts, seed 1" in one.sentence()
    others = [r for pair, r in found.items() if pair != ("dissonance", "density")]
    assert all("no more than chance" in r.sentence() for r in others)


def test_the_same_seed_gives_the_same_sentences():
    once, again = (pair_correlations(noise(600.0, follows=0.5), seed=3) for _ in range(2))
    assert [r.sentence() for r in once] == [r.sentence() for r in again]


def test_a_short_recording_is_not_tested_and_says_what_it_takes():
    for relation in pair_correlations(noise(10.0)):
        assert relation.test is None
        assert "it takes 25 s of learning, and there are 10" in relation.sentence()


def test_without_learning_there_is_nothing_to_test():
    one = noise(100.0)
    silent = TimeSeries(one.dissonance_time, one.dissonance, one.time, one.density, one.velocity,
                     np.full(len(one.time), np.nan))  # fmt: skip
    assert {r.why_not for r in pair_correlations(silent)} == {"nothing was learned"}


@pytest.mark.parametrize("length", [60.0, 300.0, 1_700.0, 10_000.0])
def test_the_longest_lag_leaves_room_for_enough_shifts(length):
    lag = max_lag(length)
    assert 0.5 <= lag <= 10.0
    shifts = length / (2 * lag + STEP) - 1
    assert shifts >= MIN_SURROGATES
    assert shifts >= 100 or lag == 0.5


def test_the_smallest_p_is_multiplied_by_the_number_of_tests():
    class Tested:
        def __init__(self, p: float) -> None:
            self.p = p

    ps = [0.04, 0.01, 0.03]
    found = holm_corrected([PairCorrelation("loss", "density", Tested(p)) for p in ps])  # type: ignore[arg-type]
    assert [r.adjusted for r in found] == pytest.approx([0.06, 0.03, 0.06])
