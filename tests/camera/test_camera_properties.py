# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Any sequence of pictures: only repeated ones are dropped, and the rate is limited."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from descant.camera.frame_filters import RateLimiter, RepetitionDetector
from descant.types import NANOSECONDS
from support.notes import MS
from support.properties import examples

GAPS = st.one_of(st.integers(0, 200), st.sampled_from([0, 1, 33, 34, 10_000, 3_600_000]))
SPOTS = st.tuples(st.integers(0, 39), st.integers(0, 49), st.integers(0, 2), st.integers(0, 2))


@given(st.lists(GAPS, max_size=80), st.floats(0.5, 120.0))
@examples(120)
def test_no_stretch_of_time_has_more_pictures_than_its_rate(gaps: list[int], rate: float) -> None:
    pace, now, taken = RateLimiter(rate), 0, []
    for gap in gaps:
        now += gap * MS
        if pace.accepts(now):
            taken.append(now)
    assert bool(taken) == bool(gaps)
    for first in range(len(taken)):
        for last in range(first, len(taken)):
            seconds = (taken[last] - taken[first]) / NANOSECONDS
            # One at each end, and a third of a period that each may come early.
            assert last - first <= math.floor(seconds * rate + 1.0 + 2.0 / 3.0 + 1e-6)


@given(st.lists(st.floats(-0.16, 0.16), max_size=80), st.floats(1.0, 120.0))
@examples(80)
def test_a_source_of_the_same_rate_loses_no_picture_to_jitter(
    jitter: list[float], rate: float
) -> None:
    """That is less than a third of a period in all."""
    pace, period = RateLimiter(rate), NANOSECONDS / rate
    for number, early in enumerate(jitter):
        assert pace.accepts(int((number + 1 + early) * period))


@given(st.lists(st.one_of(st.none(), SPOTS), max_size=12))
@examples(80)
def test_a_picture_is_held_back_exactly_where_it_is_the_last_new_one_again(
    changes: list[tuple[int, int, int, int] | None],
) -> None:
    """Each picture is the one before, or has one value set to another."""
    seen, pixels = RepetitionDetector(), np.zeros((40, 50, 3), np.uint8)
    assert seen.is_new(pixels)
    last, repeated = pixels, 0
    for change in changes:
        pixels = pixels.copy()
        if change is not None:
            pixels[change[:3]] = change[3]
        same = np.array_equal(pixels, last)
        assert seen.is_new(pixels) is not same
        repeated += same
        last = last if same else pixels
    assert seen.repeated == repeated
    assert seen.is_new(np.zeros((50, 40, 3), np.uint8))
