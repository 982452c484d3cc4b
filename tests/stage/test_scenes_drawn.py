# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Every scene and distortion against its golden picture (see conftest.py)."""

from descant.stage.scene import Scene
from support.staging import (
    CUBIC_START,
    CUBIC_TARGET,
    KNOT_START,
    KNOT_TARGET,
    episode,
    give,
    key,
    paper,
    picture,
    run,
    state,
)

SIZE = (640, 360)


def knot_scene(part: int, gradient: tuple[float, ...] = (0.0, 0.0, 0.0)) -> Scene:
    scene = Scene(paper(part))
    give(scene, state(1, KNOT_TARGET, KNOT_START, gradient=gradient))
    return scene


def test_part_1_target_learned_samples_residuals_and_the_past(draw, compare) -> None:
    scene = Scene(paper(1))
    for number, target in enumerate([(0.3, 0.9, -0.4, -0.5), CUBIC_TARGET], start=1):
        give(scene, episode(number, target, CUBIC_START))
        run(scene, 3.0 * (number - 1), 3.0 * number)
    compare(draw(scene.at(6.0)), "part1")


def test_part_2_target_and_learned_knot(draw, compare) -> None:
    compare(draw(run(knot_scene(2), 0.0, 2.0)), "part2")


def test_part_2_a_knot_that_has_been_learned_is_inlaid_in_its_target(draw, compare) -> None:
    scene = knot_scene(2)
    give(scene, state(1, KNOT_TARGET, KNOT_TARGET[3:], step=1))
    compare(draw(run(scene, 0.0, 2.0)), "part2-learned")


def test_part_2_a_harmonograph_winds_into_its_middle(draw, compare) -> None:
    scene = Scene(paper(2))
    target, theta = (3.0, 4.0, 7.0, 0.1, 0.7, 0.2, 0.5), (0.9, 1.6, -0.5, 1.0)
    give(scene, state(1, target, theta)._replace(family="harmonograph"))
    compare(draw(run(scene, 0.0, 2.0)), "part2-harmonograph")


def test_part_3_colours_apart_behind_the_knot(draw, compare) -> None:
    scene = knot_scene(3, gradient=(0.3, -0.25, 0.2))
    compare(draw(run(scene, 0.0, 2.0, camera=True), picture(*SIZE)), "part3")


def test_part_4_bubbles_behind_the_cubic(draw, compare) -> None:
    scene = Scene(paper(4))
    give(scene, episode())
    give(scene, state(gradient=(0.6, -0.5, 0.2, 0.1)))
    for number in range(30):
        give(scene, key(number, 30 + 2 * number), 0.05 * number)
        run(scene, 0.05 * number, 0.05 * (number + 1), camera=True)
    compare(draw(run(scene, 1.5, 2.0, camera=True), picture(*SIZE)), "part4")


def test_the_overlay(draw, compare) -> None:
    scene = Scene(paper(1))
    give(scene, state(step=3))
    frame = run(scene, 0.0, 1.0)
    assert frame.text == ("part 1", "cubic  episode 1  step 3", "loss 0.2500  learning")
    compare(draw(frame, text=frame.text), "overlay")
