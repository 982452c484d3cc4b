# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Families by name: those of the package, and one that is installed from outside."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from scipy.optimize import approx_fprime

from descant.learner.core import Learner
from descant.learner.family import load_family
from descant.learner.registry import FAMILIES
from descant.learner.settings import LOSSES, LearnerSettings
from descant.parameters import ParameterError
from descant.types import LearningStatus, State
from support.notes import strokes
from support.plugins import EXAMPLES, installed_example, outside_package

PAGE = EXAMPLES.parent / "families.md"


@pytest.fixture
def wave_installed(tmp_path: Path) -> Iterator[None]:
    """The worked example of docs/families.md, installed by pip."""
    with installed_example("wave", tmp_path):
        yield


@pytest.mark.parametrize("name", FAMILIES.built_in)
@pytest.mark.parametrize("loss", LOSSES)
def test_every_familys_gradient_matches_finite_differences(name: str, loss: str) -> None:
    settings = LearnerSettings(knot_points=200)
    rng = np.random.default_rng(11)
    problem = load_family(name).draw_problem(rng, settings)
    theta = load_family(name).draw_start(rng, settings)
    numeric = approx_fprime(theta, lambda t: problem.evaluate(tuple(t), loss).loss, 1e-7)
    evaluation = problem.evaluate(theta, loss)
    assert evaluation.gradient == pytest.approx(numeric, abs=1e-5)
    assert len(evaluation.gradient) == len(load_family(name).parameter_names)


@pytest.mark.parametrize("name", FAMILIES.built_in)
def test_a_family_has_a_period_for_each_parameter_or_none_at_all(name: str) -> None:
    family = load_family(name)
    assert len(getattr(family, "periods", family.parameter_names)) == len(family.parameter_names)


@pytest.mark.slow
def test_a_family_from_outside_is_learned_by_its_name(wave_installed: None) -> None:
    learner = Learner(LearnerSettings(family="wave", learning_rate=0.5, seed=3))
    notes = strokes([40, *[72] * 60])
    states = [o for note in notes for o in learner.take(note) if isinstance(o, State)]
    assert {s.family for s in states} == {"wave"}
    assert states[0].loss > 0.2
    assert states[-1].status is LearningStatus.CONVERGED


@pytest.mark.slow
def test_its_curve_comes_with_it(wave_installed: None) -> None:
    from descant.stage import curves

    curves.curve.cache_clear()
    drawn = curves.curve("wave")
    assert drawn is not None
    x, y = drawn((1.0, 0.0, 0.0), None).T
    assert y == pytest.approx(np.sin(np.pi * x))
    curves.curve.cache_clear()


def test_a_name_that_is_no_family_is_refused_with_those_there_are() -> None:
    with pytest.raises(ParameterError, match="'family' must be one of cubic, knot, harmon"):
        LearnerSettings(family="knott")
    with pytest.raises(ParameterError, match="no function family 'knott'"):
        load_family("knott")


def test_a_family_that_cannot_be_loaded_is_one_line(tmp_path: Path) -> None:
    expected = r"'broken' \(nowhere:Broken\) cannot be loaded: No m"
    with (
        outside_package(tmp_path, "descant.families", "broken = nowhere:Broken"),
        pytest.raises(ParameterError, match=expected),
    ):
        load_family("broken")


@pytest.mark.parametrize("file", ["descant_wave.py", "pyproject.toml"])
def test_the_docs_quote_the_example_as_it_is(file: str) -> None:
    _licence, _, text = (EXAMPLES / "wave" / file).read_text().partition("\n\n")
    assert text.rstrip() in PAGE.read_text()
