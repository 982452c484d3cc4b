# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Curves from outside the package, as docs/curves.md says; its example is the one that is drawn."""

import re
import sys
from collections.abc import Callable, Iterator
from importlib.metadata import EntryPoint
from pathlib import Path

import numpy as np
import pytest

from descant import plugins
from descant.errors import UserError
from descant.stage import curves
from descant.stage.scene import Scene
from support.staging import give, paper, run, state

PAGE = (Path(__file__).parents[2] / "docs" / "curves.md").read_text(encoding="utf-8")
TARGET, THETA = (0.9, -0.5, 0.3), (-0.4, 0.8, 0.1)
Install = Callable[[str, str], None]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Install]:
    """install(code, function): module `shapes`, whose function draws the family `wave`."""

    def installed(code: str, function: str) -> None:
        (tmp_path / "shapes.py").write_text(code, encoding="utf-8")
        point = EntryPoint("wave", f"shapes:{function}", curves.CURVES.group)
        monkeypatch.setattr(plugins, "installed", lambda group: {"wave": point})
        monkeypatch.setattr(curves, "installed", plugins.installed)
        monkeypatch.syspath_prepend(str(tmp_path))

    curves.curve.cache_clear()
    yield installed
    curves.curve.cache_clear()
    sys.modules.pop("shapes", None)


def told() -> Scene:
    scene = Scene(paper(2))
    said = state(1, TARGET, THETA)._replace(family="wave")
    give(scene, said)
    return scene


def test_the_example_of_the_docs_is_drawn(install: Install, draw) -> None:
    [code] = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    assert 'wave = "shapes:ring"' in PAGE
    install(code, "ring")
    target, learned = (curves.curve("wave")(TARGET, theta) for theta in (None, THETA))
    assert target.shape == learned.shape == (361, 4)
    assert np.allclose(target[0], target[-1]), "closed"
    frame = run(told(), 0.0, 1.0)
    assert len(frame.strokes) == 2
    assert all(stroke.round for stroke in frame.strokes)
    red, _, blue = np.moveaxis(draw(frame).astype(int), 2, 0)
    assert (red - blue > 60).mean() > 0.002, "the learned ring"
    assert (blue > 100).mean() > 0.002, "the target's"


def test_a_curve_that_cannot_be_loaded_is_named(install: Install) -> None:
    install("import nothing_of_that_name", "ring")
    with pytest.raises(UserError, match=r"curve 'wave' \(shapes:ring\) cannot be loaded: No mod"):
        told()


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("return 1 / 0", r"'wave' \(shapes:ring\) raises ZeroDivisionError: division by zero"),
        (
            "return [1.0, 2.0]",
            r"returns an array of shape \(2,\); expected \(n, 2\), \(n, 3\) or \(n, 4\)",
        ),
        ("return [[0.0] * 5] * 9", r"'wave' \(shapes:ring\) returns an array of shape \(9, 5\)"),
    ],
)
def test_a_curve_that_is_none_is_named(install: Install, body: str, said: str) -> None:
    install(f"def ring(target, theta):\n    {body}\n", "ring")
    with pytest.raises(UserError, match=said):
        run(told(), 0.0, 0.1)


def test_points_that_are_no_numbers_stay_finite(install: Install) -> None:
    body = "[[float('nan'), 0, 1e300], [1, float('inf'), 5], [0, 0, 0]]"
    install(f"def ring(target, theta):\n    return {body}\n", "ring")
    for stroke in run(told(), 0.0, 1.0).strokes:
        assert np.all(np.isfinite(stroke.points))
        assert np.all(np.isfinite(stroke.half_width))
