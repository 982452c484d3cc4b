# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Seats, the limiter and the ceiling, as numbers."""

import itertools
import random

import numpy as np
import pytest

from descant.synth.master import (
    CEILING,
    CREST,
    KNEE,
    PAN_POSITIONS,
    Limiter,
    ceiling_curve,
    ceiling_table,
    pan_gains,
    pan_position,
)

GRID = 4


class Rig:
    """A limiter whose gain is followed: at the start and end of every block."""

    def __init__(self) -> None:
        self._line = (1.0, 1.0, 1)
        self.gains: list[tuple[float, float]] = []
        self.now = 0
        self.limiter = Limiter(self._quick, self._slow, grid=GRID, recover=0.1)

    def _quick(self, before: float, after: float) -> None:
        self._line = (before, after, 1)

    def _slow(self, before: float, after: float) -> None:
        self._line = (before, after, GRID)

    def go(self, power: float, blocks: int = 1) -> None:
        for _ in range(blocks):
            self.limiter.follow(self.now, power)
            before, after, length = self._line
            place = self.now % length
            ends = [before + (after - before) * (place + n) / length for n in (0, 1)]
            self.gains.append((ends[0], ends[1]))
            self.now += 1

    def continuous(self) -> bool:
        return all(abs(a[1] - b[0]) < 1e-9 for a, b in itertools.pairwise(self.gains))


def test_low_keys_play_left_and_every_position_has_the_same_power() -> None:
    assert [pan_position(key) for key in (0, 21, 64, 65, 108, 127)] == [0, 0, 3, 4, 7, 7]
    for position in range(PAN_POSITIONS):
        left, right = pan_gains(position, 0.7)
        assert left**2 + right**2 == pytest.approx(1.0)
        assert pan_gains(position, 0.0) == pytest.approx((0.5**0.5, 0.5**0.5))
    assert pan_gains(0, 1.0) == pytest.approx((1.0, 0.0))
    assert pan_gains(PAN_POSITIONS - 1, 1.0) == pytest.approx((0.0, 1.0))


def test_what_is_not_loud_is_left_alone() -> None:
    rig = Rig()
    rig.go((KNEE / CREST) ** 2, 20)
    assert set(rig.gains) == {(1.0, 1.0)}


@pytest.mark.parametrize("place", range(GRID))
def test_the_gain_is_down_within_the_block_that_gets_loud(place: int) -> None:
    rig = Rig()
    rig.go(0.0, place)
    rig.go(1.0)
    assert rig.gains[-1] == pytest.approx((1.0, KNEE / CREST))
    rig.go(1.0, 10)
    assert rig.gains[-1] == pytest.approx((KNEE / CREST, KNEE / CREST))


def test_it_comes_back_slowly_and_all_the_way() -> None:
    rig = Rig()
    rig.go(1.0, 3)
    rig.go(0.0, 20)
    assert KNEE / CREST < rig.gains[-1][1] < 0.9
    rig.go(0.0, 400)
    assert rig.gains[-GRID:] == [(1.0, 1.0)] * GRID
    assert rig.continuous()


@pytest.mark.parametrize("seed", range(20))
def test_whatever_the_power_does_the_gain_never_jumps_and_is_never_too_high(seed: int) -> None:
    rng = random.Random(seed)
    rig = Rig()
    for _ in range(500):
        power = rng.choice([0.0, 0.01, 0.1, 0.3, 1.0, 4.0])
        rig.go(power, rng.choice([1, 1, 2, 7]))
        wanted = min(1.0, KNEE / (CREST * power**0.5)) if power else 1.0
        assert rig.gains[-1][1] <= wanted + 1e-9
    assert rig.continuous()


def test_the_ceiling_leaves_the_rest_alone_and_has_no_corner() -> None:
    x = np.linspace(-9.0, 9.0, 180_001)
    y = ceiling_curve(x)
    inside = np.abs(x) <= KNEE
    np.testing.assert_array_equal(y[inside], x[inside])
    assert np.abs(y).max() <= CEILING
    assert np.all(np.diff(y) >= 0.0)
    assert np.abs(np.diff(np.diff(y) / np.diff(x))).max() < 0.01


def test_the_table_is_the_curve_as_lookup_reads_it() -> None:
    table = ceiling_table(4_096, 4.0)
    for value in (-5.0, -0.9, -0.5, 0.0, 0.3, 0.79, 1.5, 4.0):
        place = (min(max(value / 4.0, -1.0), 1.0) * 0.495 + 0.5) * 4_096
        read = np.interp(place, np.arange(4_096), table)
        assert read == pytest.approx(float(ceiling_curve(np.array(value))), abs=2e-4)
