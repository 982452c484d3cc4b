# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""A batch has the bits of its episodes learned alone."""

import sys
from pathlib import Path

import numpy as np
import pytest

from descant.learner.core import Learner
from descant.learner.settings import LearnerSettings
from descant.types import State
from support.notes import strokes

BENCH = Path(__file__).resolve().parents[2] / "bench"


@pytest.fixture(scope="module")
def cubic_batch():
    """The module of bench/, whose modules find one another by their folder."""
    sys.path.insert(0, str(BENCH))
    try:
        import cubic_batch
    finally:
        sys.path.remove(str(BENCH))
    return cubic_batch


@pytest.mark.parametrize("kind", ["mse", "half_mse"])
def test_every_episode_has_the_bits_of_the_one_learned_alone(cubic_batch, kind: str) -> None:
    settings = LearnerSettings(loss=kind, learning_rate=0.45, seed=9)
    steps, episodes = 25, 12
    batch = cubic_batch.CubicBatch(settings, episodes).run(steps)
    learner = Learner(settings)
    notes = strokes(([36] + [72] * steps) * episodes)
    states = [o for note in notes for o in learner.take(note) if isinstance(o, State)]
    loss = np.array([s.loss for s in states]).reshape(episodes, steps + 1).T
    residual = np.array([s.residual for s in states]).reshape(episodes, steps + 1).T
    assert np.array_equal(batch.loss, loss)
    assert np.array_equal(batch.residual, residual)


def test_the_absolute_loss_is_refused(cubic_batch) -> None:
    with pytest.raises(ValueError, match="square losses, not 'mae'"):
        cubic_batch.CubicBatch(LearnerSettings(loss="mae"), 1)
