# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Where the low-pass stands."""

import numpy as np
import pytest

from descant.synth.cutoff import Cutoff
from descant.synth.settings import SynthSettings

STEP = 1_024 / 48_000


def test_by_default_there_is_none() -> None:
    assert not Cutoff(SynthSettings(), STEP, 48_000).on


@pytest.mark.parametrize(
    ("asked", "stands"), [(2_000.0, 2_000.0), (3.0, 20.0), (2e4, 0.45 * 8_000)]
)
def test_a_fixed_cutoff_is_bounded_to_what_a_filter_can_do(asked: float, stands: float) -> None:
    wander = Cutoff(SynthSettings(cutoff=asked), STEP, 8_000)
    assert wander.on
    assert [wander.step(), wander.step()] == [stands, stands]


def test_a_wandering_cutoff_stays_in_its_range_and_is_the_same_for_the_same_seed() -> None:
    def walk(seed: int) -> list[float]:
        settings = SynthSettings(cutoff_wanders=True, cutoff_rate=5.0, cutoff_seed=seed)
        wander = Cutoff(settings, STEP, 48_000)
        return [wander.step() for _ in range(2_000)]

    places = walk(1)
    assert places == walk(1)
    assert places != walk(2)
    assert 1_000.0 <= min(places) < 1_100.0
    assert 2_900.0 < max(places) <= 3_000.0
    assert np.abs(np.diff(places)).max() < 2_000.0 * 5.0 * STEP * 1.2
