# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Valid values pass: every episode that a learner publishes, in every family."""

from dataclasses import replace

import numpy as np
import pytest

from descant.learner.family import load_family
from descant.learner.registry import FAMILIES
from descant.learner.settings import LearnerSettings
from descant.types import Episode
from descant.validation import validate_episode


def _episode(name: str) -> Episode:
    """One as a learner draws it."""
    family, settings, rng = load_family(name), LearnerSettings(), np.random.default_rng(3)
    problem = family.draw_problem(rng, settings)
    theta = family.draw_start(rng, settings)
    names = family.parameter_names
    return Episode(0, 1, 0, 3, name, names, problem.target, theta, problem.x, problem.y)


@pytest.mark.parametrize("name", FAMILIES.built_in)
def test_an_episode_of_every_family_can_be(name: str) -> None:
    episode = _episode(name)
    assert validate_episode(episode) is episode


@pytest.mark.parametrize("name", FAMILIES.built_in)
def test_an_episode_with_a_point_too_few_cannot(name: str) -> None:
    episode = _episode(name)
    with pytest.raises(ValueError, match=r"\d+ x, \d+ y of sample points"):
        validate_episode(replace(episode, x=episode.x[:-1]))
    with pytest.raises(ValueError, match=r"0 x, \d+ y of sample points"):
        validate_episode(replace(episode, x=()))


def test_an_episode_without_points_can_be() -> None:
    episode = replace(_episode("cubic"), x=(), y=())
    assert validate_episode(episode) is episode
