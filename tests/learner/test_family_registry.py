"""Families by name: those of the package, and one that is installed from outside."""

import importlib
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from scipy.optimize import approx_fprime

from descant.learner import family_registry
from descant.learner.settings import LOSSES, LearnerSettings
from descant.parameters import ParameterError

DOCS = Path(__file__).parents[2] / "docs"
EXAMPLE = DOCS / "examples" / "wave"


@pytest.fixture
def wave_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The worked example of the docs, installed by pip where this process can see it."""
    source = tmp_path / "source"
    source.mkdir()
    for file in ("pyproject.toml", "descant_wave.py"):
        (source / file).write_text((EXAMPLE / file).read_text())
    target = tmp_path / "site"
    pip = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--no-build-isolation"]
    run = subprocess.run(
        [*pip, "--target", str(target), str(source)],
        capture_output=True, text=True, timeout=100, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    monkeypatch.syspath_prepend(str(target))
    importlib.invalidate_caches()
    family_registry._outside.cache_clear()
    family_registry.family.cache_clear()


@pytest.fixture(autouse=True)
def forget() -> object:
    yield
    family_registry._outside.cache_clear()
    family_registry.family.cache_clear()


@pytest.mark.parametrize("name", family_registry.BUILT_IN)
@pytest.mark.parametrize("loss", LOSSES)
def test_every_familys_gradient_matches_finite_differences(name: str, loss: str) -> None:
    settings = LearnerSettings(knot_points=200)
    rng = np.random.default_rng(11)
    problem = family_registry.family(name).draw_problem(rng, settings)
    theta = family_registry.family(name).draw_start(rng, settings)
    numeric = approx_fprime(theta, lambda t: problem.evaluate(tuple(t), loss).loss, 1e-7)
    said = problem.evaluate(theta, loss)
    assert said.gradient == pytest.approx(numeric, abs=1e-5)
    assert len(said.gradient) == len(family_registry.family(name).parameter_names)


def test_a_family_from_outside_is_learned_by_its_name(wave_installed: None) -> None:
    from descant.learner.core import Learner
    from descant.types import LearningStatus, State
    from support.notes import strokes

    learner = Learner(LearnerSettings(family="wave", learning_rate=0.5, seed=3))
    notes = strokes([40, *[72] * 60])
    states = [o for note in notes for o in learner.take(note) if isinstance(o, State)]
    assert {s.family for s in states} == {"wave"}
    assert states[0].loss > 0.2
    assert states[-1].status is LearningStatus.CONVERGED


def test_its_curve_comes_with_it(wave_installed: None) -> None:
    from descant.stage import curves

    curves.curve.cache_clear()
    drawn = curves.curve("wave")
    assert drawn is not None
    x, y = drawn((1.0, 0.0, 0.0), None).T
    assert y == pytest.approx(np.sin(np.pi * x))
    curves.curve.cache_clear()


def test_a_name_that_is_no_family_is_refused_with_those_there_are() -> None:
    with pytest.raises(ParameterError, match="'knot_family' must be one of cubic, knot, harmon"):
        LearnerSettings(knot_family="knott")
    with pytest.raises(ParameterError, match="no function family 'knott'"):
        family_registry.family("knott")


def test_a_family_that_cannot_be_loaded_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    info = tmp_path / "broken-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: broken\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[descant.families]\nbroken = nowhere:Broken\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    family_registry._outside.cache_clear()
    with pytest.raises(ParameterError, match=r"'broken' \(nowhere:Broken\) cannot be loaded: No m"):
        family_registry.family("broken")


@pytest.mark.parametrize("file", ["descant_wave.py", "pyproject.toml"])
def test_the_docs_quote_the_example_as_it_is(file: str) -> None:
    assert (EXAMPLE / file).read_text().rstrip() in (DOCS / "families.md").read_text()
