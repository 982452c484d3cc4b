# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The picture of the 2021 program, by the parameters of the profile `original`."""

import math
from pathlib import Path

import numpy as np
import pytest
import yaml

from descant.programme.reading import load_programme
from descant.stage.frame import Frame
from descant.stage.scene import Scene
from descant.stage.settings import StageSettings, screen_units
from support.staging import (
    CUBIC_TARGET,
    KNOT_START,
    KNOT_TARGET,
    episode,
    give,
    key,
    paper,
    run,
    state,
)

CONFIG = Path(__file__).parents[2] / "config" / "original.yaml"
SLOT_S = 1.0 / 60.0
ASPECT = 16.0 / 9.0


def original(part: int, **more: object) -> StageSettings:
    profile = yaml.safe_load(CONFIG.read_text())["/**/stage"]["ros__parameters"]
    overrides = load_programme("original").part(part).stage
    return StageSettings.of({**profile, **overrides, "part": part, **more})


def learning(part: int, loss: float, gradient: tuple[float, ...], **more: object) -> Scene:
    scene = Scene(original(part=part, **more), ASPECT)
    target = (KNOT_TARGET, KNOT_START) if part in (2, 3) else (CUBIC_TARGET, CUBIC_TARGET)
    give(scene, state(1, *target, gradient=gradient)._replace(loss=loss))
    return scene


def shifting(loss: float, **more: object) -> Scene:
    """Part 3 with nothing but its distortion to compute."""
    scene = Scene(original(part=3, **more), ASPECT)
    started = state(1, KNOT_TARGET, KNOT_START, gradient=(0.1, 0.1, 0.1))
    give(scene, started._replace(loss=loss, family="drawn by nobody"))
    return scene


def seen_in(scene: Scene, rate: float, seconds: float) -> list[bool]:
    """Whether distortion 1 is seen in each slot, asked `rate` times a second."""
    found: dict[int, set[bool]] = {}
    for index in range(1, round(seconds * rate)):
        now = index / rate
        frame = scene.at(now)
        if now > 1.0 and 0.05 < now / SLOT_S % 1.0 < 0.95:
            found.setdefault(math.floor(now / SLOT_S), set()).add(bool(np.any(frame.shifts)))
    assert all(len(answers) == 1 for answers in found.values()), "one answer in each 1/60 s"
    return [found[slot].pop() for slot in sorted(found)]


def test_each_colour_goes_100_px_right_and_down_for_a_gradient_of_1() -> None:
    frame = run(learning(3, 1.0, (1.0, -0.5, 0.2)), 0.0, 1.0)
    expected = screen_units(100.0) * np.array([[1, -1], [-0.5, 0.5], [0.2, -0.2]])
    assert np.allclose(frame.shifts, expected, rtol=1e-4)


@pytest.mark.slow
def test_near_convergence_distortion_1_is_seen_with_a_probability_of_100_times_the_loss() -> None:
    seen = seen_in(shifting(0.003), 240.0, 21.0)
    assert 0.26 < np.mean(seen) < 0.34
    assert all(seen_in(shifting(0.01), 60.0, 3.0)), "always, from 0.01 on"
    assert not any(seen_in(shifting(0.0), 60.0, 3.0))


@pytest.mark.slow
def test_the_flicker_is_the_seeds_and_not_the_frame_rates() -> None:
    def flicker(rate: float, seed: int) -> list[bool]:
        return seen_in(shifting(0.005, seed=seed), rate, 4.0)

    assert flicker(240.0, 1) == flicker(480.0, 1)
    assert flicker(240.0, 1) != flicker(240.0, 2)


def test_a_loss_that_is_no_number_is_as_far_off_as_can_be() -> None:
    assert all(seen_in(shifting(math.nan), 60.0, 2.0))


def way(frame: Frame, x_px: float) -> tuple[float, float]:
    """Right and down, px of 1080 lines, of a fully distorted pixel `x_px` from the left."""
    w = frame.wave
    x = screen_units(x_px) - ASPECT
    right = w.amplitude[0] * math.cos(w.phase[0] + w.k * x)
    up = w.amplitude[1] * math.cos(w.phase[1] + w.k * x)
    return right / screen_units(1.0), -up / screen_units(1.0)


@pytest.mark.parametrize("now", [1.0, 1000.0])
@pytest.mark.parametrize("gradient", [(0.0, 0.0), (0.03, -0.07), (5.0, -5.0)])
def test_distortion_2_is_the_wave_of_2021(now: float, gradient: tuple[float, float]) -> None:
    scene = learning(4, 1.0, (*gradient, 0.0, 0.0))
    give(scene, key(1, 60), now)
    run(scene, now - 1.0, now)
    frame = scene.at(now)
    g1, g2 = np.clip(gradient, -0.1, 0.1)
    assert frame.wave.along
    for x in (0.0, 300.0, 1111.0):
        expected = (
            100.0 * math.cos(5.0 * g1 * now + x / 300.0),
            100.0 * math.sin(5.0 * g2 * now + x / 300.0),
        )
        assert way(frame, x) == pytest.approx(expected, abs=0.05)


def test_small_changes_of_the_gradient_jump_further_the_longer_it_runs() -> None:
    def jump(now: float) -> float:
        scene = learning(4, 1.0, (0.050, 0.0, 0.0, 0.0))
        before = run(scene, now - 1.0, now).wave.phase[0]
        give(scene, state(gradient=(0.051, 0.0, 0.0, 0.0), step=1))
        return abs(math.remainder(scene.at(now).wave.phase[0] - before, 2.0 * math.pi))

    assert jump(10.0) == pytest.approx(0.05, abs=1e-6)
    assert jump(100.0) == pytest.approx(0.5, abs=1e-6)


def test_bubbles_are_at_random_places_that_are_the_same_again() -> None:
    def places(seed: int) -> np.ndarray:
        scene = Scene(original(part=4, seed=seed), ASPECT)
        for number in range(40):
            give(scene, key(number + 10**18, 60, velocity=1 + number), 0.0)
        return run(scene, 0.0, 0.5).bubbles

    first = places(1)
    assert np.array_equal(first, places(1))
    assert not np.allclose(first[:, :2], places(2)[:, :2])
    for axis, reach in ((0, ASPECT), (1, 1.0)):
        assert np.abs(first[:, axis]).max() < reach
        assert first[:, axis].min() < -0.5 * reach
        assert first[:, axis].max() > 0.5 * reach
    assert np.ptp(first[:, 2]) == 0.0, "velocity is ignored"


def test_radius_and_opacity_shrink_to_nothing() -> None:
    scene = Scene(original(part=4), ASPECT)
    give(scene, key(1, 60), 0.0)
    for now in (0.0, 3.0, 6.0, 9.0):
        [bubble] = scene.at(now).bubbles
        pixels = 135.0 - 0.2 * 60.0 * now
        assert bubble[2] == pytest.approx(screen_units(pixels))
        assert bubble[3] == pytest.approx(0.53 * pixels / 135.0)
    assert not len(scene.at(11.26).bubbles)


def test_a_bass_note_clears_the_bubbles_and_makes_none() -> None:
    scene = Scene(original(part=4), ASPECT)
    for number, pitch in enumerate((48, 60, 72)):
        give(scene, key(number, pitch), 0.0)
    assert len(scene.at(0.1).bubbles) == 3
    give(scene, key(9, 47), 0.2)
    assert not len(scene.at(0.2).bubbles), "all at once"


def test_the_knot_tumbles_a_degree_a_frame_about_x_and_z_seen_from_far_off() -> None:
    scene = learning(2, 1.0, (0.0, 0.0, 0.0))
    run(scene, 0.0, 1.0)
    turned = scene._angles.copy()
    scene.at(1.0 + 1.0 / 60.0)
    assert np.degrees(scene._angles - turned) == pytest.approx([1.0, 0.0, 1.0])
    half_widths = np.concatenate([s.half_width for s in scene.at(1.1).strokes])
    middle = screen_units(50.0) / 2.0
    assert np.allclose(half_widths, middle, rtol=0.1), "50 px, both of them, however long"


def test_the_picture_is_where_the_learner_is_without_easing() -> None:
    scene = learning(1, 1.0, (0.0, 0.0, 0.0, 0.0))
    run(scene, 0.0, 1.0)
    give(scene, state(theta=(0.0, 0.0, 0.0, 0.5), step=1))
    learned = scene.at(1.0 + SLOT_S).strokes[1]
    later = run(scene, 1.0 + SLOT_S, 2.0).strokes[1]
    ratio = learned.points[1:, 1] / later.points[1:, 1]
    assert np.ptp(ratio) < 1e-9, "a level line, as it stays, but for the view"


def test_retired_knots_leave_and_retired_cubics_stay() -> None:
    for part, past in ((1, 2), (2, 0)):
        scene = learning(part, 1.0, (0.0,) * 4)
        run(scene, 0.0, 1.0)
        target = (0.1, 0.2, 0.3, 0.4) if part == 1 else (2.0, 3.0, 5.0, 0.1, 0.2, 0.3)
        give(scene, state(2, target, target[-4:] if part == 1 else KNOT_START))
        assert len(run(scene, 1.0, 4.0).strokes) == 2 + past


def test_the_profile_changes_in_the_middle_of_it() -> None:
    scene = learning(4, 1.0, (0.05, 0.05, 0.0, 0.0))
    give(scene, key(1, 60), 0.0)
    run(scene, 0.0, 1.0)
    scene.settings = paper(4)
    give(scene, episode())
    assert not run(scene, 1.0, 2.0).wave.along
