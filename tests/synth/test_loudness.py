# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Touch, pedals and time."""

import itertools
import math

import pytest

from descant.synth.loudness import (
    damped_time,
    db_of_gain,
    decay_time,
    release_time,
    soft_pedal_gain,
    velocity_gain,
)
from descant.synth.settings import SynthSettings

PAPER = SynthSettings()


def test_velocity_follows_the_documented_curve() -> None:
    for velocity in (1, 32, 64, 100, 127):
        curve = 1.0 - math.sqrt(velocity / 127)
        assert db_of_gain(velocity_gain(velocity * 128, PAPER)) == pytest.approx(-40.0 * curve)


def test_every_one_of_the_14_bits_counts_and_nothing_leaves_the_range() -> None:
    gains = [velocity_gain(v, PAPER) for v in range(16_384)]
    assert all(a <= b for a, b in itertools.pairwise(gains))
    assert all(a < b for a, b in itertools.pairwise(gains[:16_257]))
    assert db_of_gain(gains[0]) == pytest.approx(-40.0)
    assert gains[-1] == 1.0


def test_velocity_can_be_ignored() -> None:
    assert velocity_gain(128, SynthSettings(use_velocity=False)) == 1.0


def test_soft_pedal_softens_as_far_as_it_is_down() -> None:
    assert soft_pedal_gain(0, PAPER) == 1.0
    assert db_of_gain(soft_pedal_gain(127, PAPER)) == pytest.approx(-4.0)


def test_times_shrink_from_key_to_key_or_at_the_split() -> None:
    assert decay_time(21, PAPER) == 16.0
    assert decay_time(108, PAPER) == pytest.approx(2.0)
    assert decay_time(0, PAPER) == 16.0
    assert decay_time(127, PAPER) == pytest.approx(2.0)
    assert 2.0 < decay_time(64, PAPER) < 16.0
    split = SynthSettings(decay_bass=8.0, decay_treble=2.0, decay_split=60)
    assert [decay_time(key, split) for key in (59, 60)] == [8.0, 2.0]


def test_half_pedal_goes_from_full_damping_to_none() -> None:
    times = [damped_time(60, pedal, PAPER) for pedal in range(128)]
    assert times[0] == times[32] == pytest.approx(release_time(60, PAPER))
    assert times == sorted(times)
    assert times[60] == pytest.approx(math.sqrt(release_time(60, PAPER) * decay_time(60, PAPER)))
    assert times[87] < decay_time(60, PAPER)
    assert times[88] == times[127] == math.inf


def test_half_pedal_bounds_the_wrong_way_round_make_a_switch() -> None:
    settings = SynthSettings(half_pedal_low=90, half_pedal_high=40)
    times = [damped_time(60, pedal, settings) for pedal in (0, 90, 91, 127)]
    assert times[0] == times[1] == release_time(60, settings)
    assert times[2] == times[3] == math.inf
