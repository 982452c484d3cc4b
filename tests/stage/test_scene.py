# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The scene as plain arrays: motion, easing, and what happens when."""

import dataclasses
import math

import numpy as np
import pytest

from descant.stage.frame import Frame
from descant.stage.scene import Scene
from descant.stage.settings import StageSettings
from descant.types import LearningStatus
from support.staging import (
    CUBIC_TARGET,
    FRAME_S,
    KNOT_START,
    KNOT_TARGET,
    episode,
    give,
    key,
    paper,
    run,
    state,
)

GRADIENT = (0.6, -0.5, 0.2, 0.1)
SETTLED_S = 3.0


def places(frame: Frame) -> np.ndarray:
    return np.concatenate([s.points for s in frame.strokes])


def frames(scene: Scene, start: float, end: float, rate: float) -> list[Frame]:
    count = round((end - start) * rate)
    return [scene.at(start + i / rate) for i in range(count + 1)]


def test_nothing_is_shown_before_anything_was_told() -> None:
    frame = Scene(StageSettings()).at(0.0)
    assert (frame.strokes, frame.dots, frame.segments) == ((), (), ())
    assert frame.video == 0.0
    assert not len(frame.bubbles)


def test_the_cubic_stands_where_its_numbers_say() -> None:
    scene = Scene(StageSettings(), aspect=1.5)
    give(scene, episode())
    frame = run(scene, 0.0, SETTLED_S)
    target, learned = frame.strokes
    samples = np.array([episode().x, episode().y]).T
    scale = frame.dots[0].points / samples
    assert np.allclose(scale[:, 0], scale[0, 0], rtol=1e-12)
    assert np.allclose(scale[:, 1], scale[0, 1], rtol=1e-12)
    x, y = (target.points / scale[0]).T
    a, b, c, d = CUBIC_TARGET
    assert np.allclose(y, ((a * x + b) * x + c) * x + d)
    ends = frame.segments[0].ends
    assert np.allclose(ends[:, :2], frame.dots[0].points)
    on_line = np.interp(ends[:, 2], learned.points[:, 0], learned.points[:, 1])
    assert np.allclose(ends[:, 3], on_line)


def test_the_learned_curve_eases_to_where_the_learner_is() -> None:
    settings = StageSettings(follow_time=0.1)
    scene = Scene(settings)
    start = (0.0, 0.0, 0.0, 0.0)
    give(scene, state(target=CUBIC_TARGET, theta=start))
    run(scene, 0.0, SETTLED_S)
    give(scene, state(target=CUBIC_TARGET, theta=(0.0, 0.0, 0.0, 1.0), step=1))
    middle = [scene.at(SETTLED_S + t).strokes[1].points[80, 1] for t in (0.0, 0.05, 0.1, 0.2)]
    final = run(scene, SETTLED_S + 0.2, 2 * SETTLED_S).strokes[1].points[80, 1]
    expected = [1.0 - math.exp(-t / 0.1) for t in (0.0, 0.05, 0.1, 0.2)]
    assert np.allclose(np.array(middle) / final, expected, atol=0.03), "the view eases too"


def test_the_picture_does_not_depend_on_the_number_of_frames() -> None:
    def told(rate: float) -> Frame:
        scene = Scene(paper(3))
        give(scene, state(1, KNOT_TARGET, KNOT_START, gradient=(0.3, -0.2, 0.1)))
        return frames(scene, 0.0, 2.0, rate)[-1]

    slow, fast = told(20.0), told(240.0)
    assert np.allclose(places(slow), places(fast), atol=1e-9)
    assert np.allclose(slow.shifts, fast.shifts, atol=1e-9)
    assert slow.video == pytest.approx(fast.video)


@pytest.mark.parametrize("hours", [0, 5])
def test_a_change_of_gradient_changes_speeds_and_no_place_however_long_it_has_run(
    hours: int,
) -> None:
    """A phase of g·t, as the 2021 program had it, would leap the further the later it is."""
    scene = Scene(paper(4, follow_time=0.05))
    start = 3600.0 * hours
    give(scene, state(gradient=GRADIENT))
    before = run(scene, start, start + 2.0).wave
    give(scene, state(gradient=(0.61, -0.49, 0.2, 0.1), step=1))
    after = scene.at(start + 2.0 + FRAME_S).wave
    steps = [
        abs(math.remainder(b - a, 2 * math.pi))
        for a, b in zip(before.phase, after.phase, strict=True)
    ]
    assert max(steps) < 5.0 * 0.62 * FRAME_S * 1.01
    assert np.allclose(before.amplitude, after.amplitude, atol=1e-3)


def test_the_knot_turns_at_its_rate_and_is_where_it_was_after_a_whole_turn() -> None:
    scene = Scene(paper(2, knot_turn=(0.0, 90.0, 0.0)))
    give(scene, state(1, KNOT_TARGET, KNOT_START))
    first = run(scene, 0.0, 2.0)
    half = run(scene, 2.0, 4.0)
    whole = run(scene, 4.0, 6.0)
    assert np.allclose(places(first), places(whole), atol=1e-6)
    assert not np.allclose(places(first), places(half), atol=0.1)


@pytest.mark.parametrize("part", [3, 4])
def test_distortions_rest_exactly_at_zero_gradient(part: int) -> None:
    scene = Scene(paper(part))
    give(scene, state(1, KNOT_TARGET, KNOT_START, gradient=GRADIENT[:3]))
    give(scene, key(1, 60), 0.0)
    moved = run(scene, 0.0, 1.0)
    assert np.any(moved.shifts) if part == 3 else not moved.wave.at_rest
    give(scene, state(1, KNOT_TARGET, KNOT_START, gradient=(0.0, 0.0, 0.0), step=1))
    rest = run(scene, 1.0, 1.0 + SETTLED_S)
    assert not np.any(rest.shifts)
    assert rest.wave.at_rest
    assert len(rest.bubbles) == (1 if part == 4 else 0)


def test_an_episode_that_has_converged_rests_although_its_gradient_is_not_quite_zero() -> None:
    for rests in (True, False):
        scene = Scene(paper(3, rest_at_convergence=rests))
        give(
            scene,
            state(
                1,
                KNOT_TARGET,
                KNOT_START,
                gradient=(0.02, 0.0, 0.0),
                status=LearningStatus.CONVERGED,
            ),
        )
        assert np.any(run(scene, 0.0, SETTLED_S).shifts) is not np.bool_(rests)


def test_each_colour_goes_its_own_way_in_proportion_to_its_partial_gradient() -> None:
    scene = Scene(paper(3, shift_amplitude=540.0, shift_limit=540.0))
    give(scene, state(1, KNOT_TARGET, KNOT_START, gradient=(0.2, 0.1, -0.3)))
    shifts = run(scene, 0.0, SETTLED_S).shifts
    angles = np.radians([90.0, 210.0, 330.0])
    expected = np.array([0.2, 0.1, -0.3])[:, None] * np.stack([np.cos(angles), np.sin(angles)], 1)
    assert np.allclose(shifts, expected, atol=1e-3)


def test_between_parts_3_and_4_the_distortions_follow_each_other() -> None:
    scene = Scene(paper(3))
    give(scene, state(1, KNOT_TARGET, KNOT_START, gradient=GRADIENT[:3]))
    run(scene, 0.0, 2.0)
    scene.begin_part(4, paper(4), fresh=False)
    give(scene, key(1, 60), 2.0)
    seen = frames(scene, 2.0, 3.5, 240.0)
    for frame in seen:
        assert frame.wave.at_rest or not np.any(frame.shifts)
    assert not seen[-1].wave.at_rest
    shifts = np.array([f.shifts for f in seen])
    assert np.abs(np.diff(shifts, axis=0)).max() < 0.01
    brightness = np.array([f.video for f in seen])
    assert np.abs(np.diff(brightness)).max() < 0.02


def test_a_bubble_swells_and_leaves_without_a_pop() -> None:
    scene = Scene(paper(4, bubble_time=2.0))
    scene.at(0.0)
    give(scene, key(1, 60, velocity=127), 0.0)
    seen = frames(scene, 0.0, 2.5, 240.0)
    strength = np.array([f.bubbles[0, 3] if len(f.bubbles) else 0.0 for f in seen])
    assert strength[0] == 0.0
    assert strength[-1] == 0.0
    assert strength.max() == 1.0
    assert np.abs(np.diff(strength)).max() < 0.05


def test_bubbles_spread_over_the_height_although_ids_are_huge() -> None:
    """Ids count on from the nanoseconds since the epoch; as floats their fractions were all one,
    and so the bubbles stood in a row.
    """
    scene = Scene(paper(4))
    for number in range(20):
        give(scene, key(1_795_360_652_221_727_691 + number, 60), 0.0)
    height = np.sort(run(scene, 0.0, 0.5).bubbles[:, 1])
    assert np.diff(height).min() > 0.02
    assert height[0] < -0.4
    assert height[-1] > 0.4


def test_sixty_bubbles_at_once_and_the_oldest_gives_way_gently() -> None:
    scene = Scene(paper(4, bubbles=60))
    for number in range(80):
        give(scene, key(number, 40 + number % 40), 0.01 * number)
        scene.at(0.01 * number)
    seen = frames(scene, 0.8, 2.2, 60.0)
    assert len(seen[0].bubbles) > 60, "some are on their way out"
    assert len(seen[-1].bubbles) == 60


def test_bubbles_are_for_part_4_and_leave_with_it() -> None:
    scene = Scene(paper(1))
    give(scene, key(1, 60), 0.0)
    assert not len(scene.at(0.1).bubbles)
    scene.begin_part(4, paper(4))
    give(scene, key(2, 60), 0.2)
    assert len(run(scene, 0.2, 1.0).bubbles) == 1
    scene.begin_part(1, paper(1))
    assert not len(run(scene, 1.0, 2.0).bubbles)


def test_past_episodes_recede_and_are_gone_in_their_time() -> None:
    scene = Scene(StageSettings(past_time=4.0))
    give(scene, episode(1))
    run(scene, 0.0, 1.0)
    give(scene, episode(2, target=(0.1, 0.2, 0.3, 0.4)))
    opacity, height = [], []
    for second in range(1, 6):
        frame = scene.at(float(second)) if second == 1 else run(scene, second - 1.0, float(second))
        past = [s for s in frame.strokes if s.depth[0] > 10.5]
        opacity.append(past[0].colour[:, 3].max() if past else 0.0)
        height.append(past[0].points[:, 1].mean() if past else math.inf)
    assert opacity == sorted(opacity, reverse=True)
    assert opacity[-1] == 0.0
    assert height[:4] == sorted(height[:4])


def test_more_past_episodes_than_wanted_leave_quickly_but_do_not_pop() -> None:
    scene = Scene(StageSettings(past_episodes=2, past_time=100.0))
    for number in range(1, 8):
        give(scene, episode(number, target=(0.1 * number, 0.2, 0.3, 0.4)))
        before = max(s.colour[:, 3].max() for s in scene.at(number - 1e-4).strokes)
        after = max(s.colour[:, 3].max() for s in scene.at(float(number)).strokes)
        assert after >= before - 0.05
        run(scene, float(number), number + 1.0)
    assert len(run(scene, 8.0, 12.0).strokes) == 2 + 2 * 2


def test_a_diverged_attempt_recedes_and_its_target_stays() -> None:
    scene = Scene(StageSettings())
    give(scene, episode(1))
    run(scene, 0.0, 1.0)
    nan = (math.nan,) * 4
    give(scene, state(1, theta=nan, gradient=nan, status=LearningStatus.DIVERGED, step=1))
    assert np.all(np.isfinite(places(run(scene, 1.0, 1.2))))
    give(scene, episode(1, theta=(0.5, 0.5, 0.5, 0.5), attempt=1))
    give(scene, state(1, theta=(0.5, 0.5, 0.5, 0.5), attempt=1))
    frame = run(scene, 1.2, 2.0)
    assert len(frame.strokes) == 3, "target, learned, and what was learned before"
    assert len(frame.dots) == 1


def test_a_state_that_comes_before_its_episode_is_shown_and_the_samples_join_it() -> None:
    scene = Scene(StageSettings())
    give(scene, state(2))
    frame = run(scene, 0.0, 1.0)
    assert len(frame.strokes) == 2
    assert not frame.dots
    late, scene_count = episode(1, target=(0.0, 0.0, 0.0, 0.9)), len(frame.strokes)
    give(scene, late)
    assert len(scene.at(1.1).strokes) == scene_count, "an episode gone by is not taken up again"
    give(scene, episode(2))
    assert len(scene.at(1.2).dots) == 1


def test_a_family_that_nobody_can_draw_shows_nothing_and_breaks_nothing() -> None:
    scene = Scene(StageSettings())
    give(scene, state()._replace(family="unheard of"))
    assert scene.at(1.0).strokes == ()


def test_the_last_picture_of_a_silent_camera_dims_slowly_and_comes_back() -> None:
    settings = paper(3, silent_after=1.0, silent_time=10.0, silent_video=0.25)
    scene = Scene(settings)
    full = run(scene, 0.0, 2.0, camera=True).video
    assert full == pytest.approx(settings.camera_brightness)
    brightness = np.array([f.video for f in frames(scene, 2.0, 14.0, 60.0)])
    assert brightness[30] == pytest.approx(full), "half a second is no silence"
    assert brightness[-1] == pytest.approx(0.25 * full)
    assert np.abs(np.diff(brightness)).max() < 0.01
    assert run(scene, 14.0, 15.0, camera=True).video == pytest.approx(full)


def test_a_stall_of_the_machine_is_no_leap_of_the_picture() -> None:
    scene = Scene(paper(2))
    give(scene, state(1, KNOT_TARGET, KNOT_START))
    before = places(run(scene, 0.0, 2.0))
    after = places(scene.at(7.0))
    assert np.abs(after - before).max() < 0.03


def test_a_fresh_part_lets_go_of_what_was_learned_before() -> None:
    scene = Scene(paper(1))
    give(scene, episode())
    run(scene, 0.0, 1.0)
    scene.begin_part(2, paper(2))
    assert run(scene, 1.0, 3.0).strokes == ()


def test_settings_change_in_the_middle_of_it() -> None:
    scene = Scene(paper(3))
    scene.settings = dataclasses.replace(scene.settings, camera_brightness=0.1)
    assert run(scene, 0.0, 2.0, camera=True).video == pytest.approx(0.1)
