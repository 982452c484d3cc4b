"""Who follows whom: found where it is so, and not where it is not."""

from __future__ import annotations

import numpy as np
import pytest

from descant.report.formatting import HARD
from descant.report.relations import Relation, corrected, longest_lag, relations
from descant.report.time_series import STEP, Courses
from descant.research.correlation import FEWEST


def courses(length: float, *, follows: float | None = None) -> Courses:
    """Four series of noise; with `follows` the density is the dissonance so many seconds later."""
    generator = np.random.default_rng(7)
    time = np.arange(0.0, length, STEP)
    count = len(time)
    dissonance, velocity, density = (generator.uniform(1.0, 2.0, count) for _ in range(3))
    if follows is not None:
        density = np.roll(dissonance, round(follows / STEP))
    smooth = np.convolve(density, np.ones(4) / 4, mode="full")[:count]
    return Courses(time, dissonance, time, smooth, velocity, generator.uniform(0.1, 1.0, count))


def test_what_follows_is_found_with_its_lag_and_what_does_not_is_chance():
    found = {(r.first, r.second): r for r in relations(courses(900.0, follows=1.0))}
    one = found["dissonance", "density"]
    assert one.test is not None
    assert one.test.lag == pytest.approx(1.0)
    assert one.adjusted < 0.05
    assert f"note density 1 s after dissonance (r{HARD}={HARD}" in one.sentence()
    assert f"n{HARD}={HARD}{one.test.surrogates} shifts, seed 1" in one.sentence()
    others = [r for pair, r in found.items() if pair != ("dissonance", "density")]
    assert all("no more than chance" in r.sentence() for r in others)


def test_the_same_seed_gives_the_same_sentences():
    once, again = (relations(courses(600.0, follows=0.5), seed=3) for _ in range(2))
    assert [r.sentence() for r in once] == [r.sentence() for r in again]


def test_a_short_recording_is_not_tested_and_says_what_it_takes():
    for relation in relations(courses(10.0)):
        assert relation.test is None
        assert "it takes 25 s of learning, and there are 10" in relation.sentence()


def test_without_learning_there_is_nothing_to_test():
    one = courses(100.0)
    silent = Courses(one.fine_time, one.dissonance, one.time, one.density, one.velocity,
                     np.full(len(one.time), np.nan))  # fmt: skip
    assert {r.why for r in relations(silent)} == {"nothing was learned"}


@pytest.mark.parametrize("length", [60.0, 300.0, 1_700.0, 10_000.0])
def test_the_longest_lag_leaves_room_for_enough_shifts(length):
    lag = longest_lag(length)
    assert 0.5 <= lag <= 10.0
    shifts = length / (2 * lag + STEP) - 1
    assert shifts >= FEWEST
    assert shifts >= 100 or lag == 0.5


def test_the_smallest_p_is_multiplied_by_the_number_of_tests():
    class Tested:
        def __init__(self, p: float) -> None:
            self.p = p

    ps = [0.04, 0.01, 0.03]
    found = corrected([Relation("loss", "density", Tested(p)) for p in ps])  # type: ignore[arg-type]
    assert [r.adjusted for r in found] == pytest.approx([0.06, 0.03, 0.06])
