"""Mixing, limiting, rounding off."""

import numpy as np
import pytest

from descant.synth.master import (
    CEILING,
    KNEE,
    SEATS,
    Master,
    pan_matrix,
    seat_of,
    seat_power,
    soft_ceiling,
)
from descant.synth.settings import SynthSettings

RATE, FRAMES = 48_000, 256


def master(**parameters: object) -> Master:
    return Master(SynthSettings(**parameters), FRAMES, RATE)


def seats(rng: np.random.Generator, size: float) -> np.ndarray:
    return (rng.standard_normal((SEATS, FRAMES)) * size).astype(np.float32)


def test_low_keys_sit_left_and_every_seat_has_the_same_power() -> None:
    assert [seat_of(key) for key in (0, 21, 64, 65, 108, 127)] == [0, 0, 3, 4, 7, 7]
    matrix = pan_matrix(1.0)
    np.testing.assert_allclose((matrix**2).sum(axis=0), 1.0)
    assert matrix[0, 0] == pytest.approx(1.0)
    assert matrix[1, -1] == pytest.approx(1.0)
    np.testing.assert_allclose(pan_matrix(0.0), np.sqrt(0.5))
    for seat in range(SEATS):
        np.testing.assert_allclose(pan_matrix(0.7)[:, seat] ** 2, seat_power(seat, 0.7))


def test_what_is_not_loud_passes_as_it_is() -> None:
    it = master()
    block = seats(np.random.default_rng(1), 0.02)
    expected = pan_matrix(0.7) @ block
    np.testing.assert_allclose(it.bound(it.mix(block, 0.001)), expected, atol=1e-6)
    assert it.gain == 1.0


def test_the_gain_goes_down_within_a_block_and_comes_back_slowly() -> None:
    it = master()
    ones = np.ones((SEATS, FRAMES), np.float32) * 0.01
    it.mix(ones, 0.0)
    quiet = it.mix(ones, 1.0).copy()
    assert it.gain == pytest.approx(KNEE / 3.6)
    assert np.abs(np.diff(quiet)).max() < 1e-3 * quiet.max() * 10
    blocks = 0
    while it.gain < 1.0:
        it.mix(ones, 0.0)
        blocks += 1
    assert 0.5 < blocks * FRAMES / RATE < 3.0


def test_the_ceiling_leaves_the_rest_alone_and_has_no_corner() -> None:
    x = np.linspace(-3.0, 3.0, 60_001).astype(np.float32)
    y = x.copy()
    soft_ceiling(y)
    inside = np.abs(x) <= KNEE
    np.testing.assert_array_equal(y[inside], x[inside])
    assert np.abs(y).max() <= CEILING
    assert np.all(np.diff(y) >= 0.0)
    slope = np.diff(y) / np.diff(x)
    assert np.abs(np.diff(slope)).max() < 0.02


@pytest.mark.parametrize("bad", [1.001, np.inf, -np.inf, 1e30])
def test_whatever_comes_in_stays_below_full_scale(bad: float) -> None:
    it = master()
    samples = np.full((2, FRAMES), 0.1, np.float32)
    samples[1, 7] = bad
    out = it.bound(samples)
    assert np.isfinite(out).all()
    assert np.abs(out).max() <= CEILING
    assert it.take_peak() <= CEILING


def test_the_peak_is_that_since_it_was_last_taken() -> None:
    it = master()
    samples = np.zeros((2, FRAMES), np.float32)
    samples[0, 3] = -0.5
    it.bound(samples)
    it.bound(np.zeros((2, FRAMES), np.float32))
    assert it.take_peak() == 0.5
    assert it.take_peak() == 0.0
