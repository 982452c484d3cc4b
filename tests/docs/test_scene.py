# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The example of docs/extend/scene.md: checked, and drawn off-screen."""

from __future__ import annotations

import numpy as np
import pytest

from descant.errors import UserError
from descant.learner.core import Learner
from descant.learner.settings import LearnerSettings
from descant.programme.layers import PartLayers
from descant.programme.programme import Programme
from descant.programme.reading import read_programme
from descant.stage.canvas import read_back
from descant.stage.offscreen import Offscreen
from descant.stage.renderer import Renderer
from descant.stage.scene import Scene
from descant.stage.settings import StageSettings
from descant.types import Part
from support.notes import on
from support.pages import ROOT
from support.staging import picture, run

EXAMPLE = ROOT / "docs" / "examples" / "scene" / "aurora.yaml"
SIZE = (320, 180)
CHORD = [on(0, 48, 1), on(20, 52, 2), on(40, 55, 3)]


@pytest.fixture
def programme() -> Programme:
    read, mistakes = read_programme(EXAMPLE)
    assert mistakes == []
    assert read is not None
    return read


@pytest.fixture
def scene(programme: Programme) -> Scene:
    """The part's scene after a second of its chord."""
    part = Part(0, 1, 0, "launch", programme.part(1).to_json())
    learner = Learner(PartLayers(LearnerSettings(), "learner").begin(part))
    stage = Scene(PartLayers(StageSettings(), "stage").begin(part))
    outputs = [output for note in CHORD for output in learner.take(note)]
    for output in outputs + learner.advance(1_000_000_000):
        stage.take(output, 0.0)
    return stage


def test_its_signals_move_the_colours_apart(scene: Scene) -> None:
    frame = run(scene, 0.0, 1.0, camera=True)
    assert frame.video == pytest.approx(0.5)
    assert np.all(np.any(frame.shifts != 0.0, axis=1))
    assert len(frame.strokes) == 2, "the target and the learned thread"


def test_its_frame_is_not_black(scene: Scene) -> None:
    try:
        canvas = Offscreen(*SIZE, software=True)
    except UserError as error:
        pytest.skip(f"no off-screen OpenGL here: {error}")
    try:
        renderer = Renderer()
        renderer.take_picture(picture(*SIZE))
        renderer.draw(run(scene, 0.0, 1.0, camera=True), SIZE)
        canvas.show()
        red, green, blue = np.moveaxis(read_back(SIZE)[..., :3].astype(int), 2, 0)
    finally:
        canvas.close()
    assert (red + green + blue).mean() > 60, "the camera picture"
    assert (green - red > 60).mean() > 0.005, "the green threads"
