"""A batch has the bits of its episodes learned alone."""

import numpy as np
import pytest

from descant.learner.batch import CubicBatch
from descant.learner.core import Learner
from descant.learner.settings import LearnerSettings
from descant.types import State
from support.notes import strokes


@pytest.mark.parametrize("kind", ["mse", "half_mse"])
def test_every_episode_has_the_bits_of_the_one_learned_alone(kind: str) -> None:
    settings = LearnerSettings(loss=kind, learning_rate=0.45, seed=9)
    steps, episodes = 25, 12
    batch = CubicBatch(settings, episodes).run(steps)
    learner = Learner(settings)
    notes = strokes(([36] + [72] * steps) * episodes)
    said = [o for note in notes for o in learner.take(note) if isinstance(o, State)]
    alone = np.array([s.loss for s in said]).reshape(episodes, steps + 1).T
    residual = np.array([s.residual for s in said]).reshape(episodes, steps + 1).T
    assert np.array_equal(batch.loss, alone)
    assert np.array_equal(batch.residual, residual)


def test_the_absolute_loss_is_refused() -> None:
    with pytest.raises(ValueError, match="square losses, not 'mae'"):
        CubicBatch(LearnerSettings(loss="mae"), 1)
