# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Which pictures the rate limiter accepts."""

import random

import pytest

from descant.camera.frame_filters import RateLimiter
from descant.types import NANOSECONDS


def taken(rate, times_s):
    pace = RateLimiter(rate)
    return [t for t in times_s if pace.accepts(round(t * NANOSECONDS))]


def test_a_source_of_the_same_rate_loses_nothing_to_jitter():
    jitter = random.Random(5)
    times = [n / 30 + jitter.uniform(-0.004, 0.004) for n in range(1, 900)]
    assert taken(30.0, times) == times


@pytest.mark.parametrize("rate", [48.0, 50.0, 60.0, 120.0])
def test_of_a_faster_source_as_many_are_taken_as_are_wanted(rate):
    times = [n / rate for n in range(int(20 * rate))]
    assert len(taken(30.0, times)) == pytest.approx(600, abs=2)


def test_a_slower_source_is_taken_whole():
    times = [n / 12.5 for n in range(250)]
    assert taken(30.0, times) == times


def test_what_a_gap_missed_is_not_made_up_for():
    before = [n / 60 for n in range(60)]
    after = [10 + n / 60 for n in range(60)]
    assert len(taken(30.0, before + after)) == pytest.approx(60, abs=2)
