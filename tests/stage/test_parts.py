# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""From part to part: settings ease, signals drive the distortions, events make bubbles."""

import numpy as np
import pytest

from descant.parameters import ParameterError
from descant.stage.easing import smooth
from descant.stage.frame import Frame
from descant.stage.scene import PartSettings, Scene
from descant.stage.settings import StageSettings, screen_units
from descant.types import SOFT, SUSTAIN, Part, Pedal
from support.staging import FRAME_S, KNOT_START, KNOT_TARGET, episode, key, paper, run, state


def frames(scene: Scene, start: float, count: int) -> list[Frame]:
    """`count` frames from one after `start` on, with a camera picture for each."""
    found = []
    for number in range(1, count + 1):
        scene.take_picture(start + number * FRAME_S)
        found.append(scene.at(start + number * FRAME_S))
    return found


def begin(scene: Scene, settings: StageSettings, number: int = 9) -> None:
    scene.begin_part(number, settings, fresh=False)


def test_the_camera_picture_fades_in_smoothly_over_the_fade_time() -> None:
    scene = Scene(StageSettings(fade_time=0.5))
    run(scene, 0.0, 1.0, camera=True)
    begin(scene, StageSettings(fade_time=0.5, camera_brightness=0.9))
    brightness = [frame.video for frame in frames(scene, 1.0, 40)]
    expected = [0.9 * smooth(n * FRAME_S / 0.5) for n in range(1, 41)]
    assert brightness == pytest.approx(expected, abs=1e-12)
    assert brightness[-1] == 0.9


def test_from_one_brightness_to_another_it_goes_straight() -> None:
    scene = Scene(StageSettings(camera_brightness=0.9))
    run(scene, 0.0, 1.0, camera=True)
    begin(scene, StageSettings(camera_brightness=0.75))
    brightness = [frame.video for frame in frames(scene, 1.0, 40)]
    assert brightness == sorted(brightness, reverse=True)
    assert brightness[0] > 0.89
    assert brightness[-1] == 0.75


def test_numbers_and_colours_ease_and_everything_else_changes_at_once() -> None:
    scene = Scene(StageSettings(target_colour=(1.0, 0.0, 0.0), line_width=2.0, past_episodes=6))
    scene.at(0.0)
    begin(scene, StageSettings(target_colour=(0.0, 1.0, 0.0), line_width=8.0, past_episodes=2))
    scene.at(0.1)
    weight = smooth(0.1 / 0.5)
    assert scene.settings.past_episodes == 2
    assert scene.settings.line_width == pytest.approx(2.0 + 6.0 * weight)
    assert scene.settings.target_colour == pytest.approx((1.0 - weight, weight, 0.0))


def test_a_parameter_set_by_hand_holds_at_once_while_the_others_ease_on() -> None:
    scene = Scene(StageSettings(line_width=2.0, glow=0.0))
    scene.at(0.0)
    part = StageSettings(line_width=8.0, glow=1.0)
    begin(scene, part)
    scene.at(0.1)
    scene.take(part.replace(glow=0.5), 0.1)
    assert scene.settings.glow == 0.5
    assert scene.settings.line_width == pytest.approx(2.0 + 6.0 * smooth(0.2))
    assert run(scene, 0.1, 1.0) is not None
    assert scene.settings == part.replace(glow=0.5)


def test_a_part_that_begins_again_does_not_ease_again() -> None:
    scene = Scene(StageSettings())
    scene.at(0.0)
    part = StageSettings(camera_brightness=0.9)
    begin(scene, part)
    scene.at(0.1)
    before = scene.settings
    begin(scene, part)
    assert scene.settings == before
    for number in range(2, 6):
        scene.at(0.1 * number)
    assert scene.settings == part


def test_a_part_in_the_middle_of_a_change_begins_where_that_is() -> None:
    scene = Scene(StageSettings())
    scene.at(0.0)
    begin(scene, StageSettings(camera_brightness=0.9))
    scene.at(0.1)
    halfway = scene.settings.camera_brightness
    begin(scene, StageSettings())
    assert scene.settings.camera_brightness == halfway > 0.0


def learning(settings: StageSettings) -> Scene:
    scene = Scene(settings)
    scene.take(state(1, KNOT_TARGET, KNOT_START, gradient=(0.3, -0.2, 0.1)), 0.0)
    run(scene, 0.0, 3.0)
    return scene


@pytest.mark.parametrize(
    ("signals", "values"),
    [
        ("gradient[0], gradient[1], gradient[2]", (0.3, -0.2, 0.1)),
        ("loss", (0.25, 0.25, 0.25)),
        ("gradient[2], 2 * loss", (0.1, 0.5, 0.1)),
        ("gradient_length, distance[0], gradient[7]", (0.374165738677, 0.8, 0.0)),
    ],
)
def test_any_signals_drive_the_colours_in_turn(
    signals: str, values: tuple[float, float, float]
) -> None:
    scene = learning(paper(3, distortion_signals=signals, shift_amplitude=540.0, shift_limit=540.0))
    angles = np.radians([90.0, 210.0, 330.0])
    expected = np.array(values)[:, None] * np.stack([np.cos(angles), np.sin(angles)], 1)
    assert np.allclose(scene.at(3.0).shifts, expected, atol=1e-3)


def test_one_signal_drives_both_displacements_of_the_bubbles() -> None:
    scene = learning(paper(4, distortion_signals="loss", wave_limit=1000.0))
    amplitude = scene.at(3.0).wave.amplitude
    assert amplitude == pytest.approx([0.25 * screen_units(110.0)] * 2, rel=1e-3)


def test_signals_of_the_next_part_drive_from_the_last_state_on() -> None:
    scene = learning(paper(3))
    begin(scene, paper(3, distortion_signals="loss"))
    shifts = run(scene, 3.0, 6.0).shifts
    assert np.hypot(*shifts.T) == pytest.approx([0.25 * screen_units(150.0)] * 3, rel=1e-3)


def pedal(value: int, which: int = SUSTAIN) -> Pedal:
    return Pedal(0, which, value)


def test_a_pedal_makes_a_bubble_when_it_goes_down_through_64() -> None:
    scene = Scene(paper(4, bubble_events="pedals"))
    counts = []
    for number, value in enumerate((10, 63, 64, 90, 127, 60, 100, 47, 63, 127, 0)):
        scene.take(pedal(value), 0.01 * number)
        counts.append(len(scene.at(0.01 * number + 0.005).bubbles))
    assert counts == [0, 0, 1, 1, 1, 1, 1, 1, 1, 2, 2]


def test_a_pedal_that_is_down_when_bubbles_begin_is_no_press() -> None:
    scene = Scene(paper(1))
    scene.take(pedal(127), 0.0)
    begin(scene, paper(4, bubble_events="all"))
    scene.take(pedal(120), 0.1)
    assert not len(scene.at(0.2).bubbles)


def test_each_pedal_has_a_place_of_its_own_and_presses_spread_around_it() -> None:
    scene = Scene(paper(4, bubble_events="pedals"), aspect=1.0)
    for number in range(8):
        for which in (SOFT, SUSTAIN):
            scene.take(pedal(127, which), 0.01 * number)
            scene.take(pedal(0, which), 0.01 * number)
    x, y = run(scene, 0.1, 0.5).bubbles[:, :2].T
    left, right = x[0::2], x[1::2]
    assert left.max() < 0.0 < right.min()
    assert np.diff(np.sort(y)).min() > 0.02
    assert np.diff(np.sort(right)).min() > 0.01


@pytest.mark.parametrize(("events", "count"), [("notes", 1), ("pedals", 1), ("all", 2)])
def test_what_makes_bubbles(events: str, count: int) -> None:
    scene = Scene(paper(4, bubble_events=events))
    scene.take(key(1, 60), 0.0)
    scene.take(pedal(127), 0.0)
    assert len(scene.at(0.1).bubbles) == count


def test_bubbles_of_keys_from_the_lowest_to_the_highest_alone() -> None:
    scene = Scene(paper(4, bubble_from=50, bubble_to=60))
    for number, pitch in enumerate((49, 50, 60, 61)):
        scene.take(key(number, pitch), 0.0)
    assert len(scene.at(0.1).bubbles) == 2


def test_a_knot_as_a_graph_is_flat_and_shows_x_and_y() -> None:
    scene = Scene(paper(2, curve="graph"), aspect=1.5)
    scene.take(state(1, KNOT_TARGET, KNOT_START), 0.0)
    target, learned = run(scene, 0.0, 1.0).strokes
    assert not target.round
    assert not learned.round
    assert np.abs(target.points).max(axis=0) == pytest.approx([0.78 * 1.5, 0.86 / 1.25], rel=1e-3)
    assert target.colour[:, 3].min() == 1.0, "no end of it fades"


def test_a_cubic_as_a_thread_has_depth_and_no_samples() -> None:
    scene = Scene(paper(1, curve="thread", knot_turn=(0.0, 0.0, 0.0)))
    scene.take(episode(), 0.0)
    frame = run(scene, 0.0, 1.0)
    assert all(stroke.round for stroke in frame.strokes)
    assert np.ptp(frame.strokes[0].depth) > 0.3
    assert not frame.dots
    assert not frame.segments


def test_the_form_of_the_curve_changes_at_once_and_samples_come_with_the_graph() -> None:
    scene = Scene(paper(1, curve="thread"))
    scene.take(episode(), 0.0)
    run(scene, 0.0, 1.0)
    scene.take(paper(1), 1.0)
    frame = run(scene, 1.0, 1.1)
    assert not any(stroke.round for stroke in frame.strokes)
    assert len(frame.dots) == 1


def part(number: int, start: int, title: str = "") -> PartSettings:
    return PartSettings(Part(0, number, start, "test"), title, paper(min(number, 4)))


def test_only_a_new_part_or_a_new_start_of_it_clears_the_stage() -> None:
    scene = Scene(paper(1))
    scene.take(episode(), 0.0)
    run(scene, 0.0, 1.0)
    for again in range(2):
        scene.take(part(1, 7, "Cubics"), 1.0)
        assert scene.at(1.1 + again).dots, "the part that is shown"
    assert scene.at(3.0).text == ("part 1: Cubics",)
    scene.take(part(1, 8), 3.0)
    assert not scene.at(3.1).dots, "a fresh start"
    scene.take(episode(2), 3.2)
    run(scene, 3.2, 4.0)
    scene.take(part(2, 8), 4.0)
    assert not scene.at(4.1).dots, "another part"
    assert scene.part == 2


def test_a_part_beyond_the_papers_four() -> None:
    scene = Scene(StageSettings(part=5))
    scene.take(part(32, 1, "Last"), 0.0)
    assert scene.at(0.1).text == ("part 32: Last",)
    with pytest.raises(ParameterError, match="'part' must be 1 to 32, not 33"):
        StageSettings(part=33)


def test_a_list_of_signals_is_checked() -> None:
    with pytest.raises(ParameterError, match=r"'distortion_signals'.*did you mean 'gradient'"):
        StageSettings(distortion_signals="gradent[0]")
    with pytest.raises(ParameterError, match="'distortion_signals' must be at most 3 signals"):
        StageSettings(distortion_signals="loss, loss, loss, loss")


@pytest.mark.parametrize("name", ["video_part3", "video_part4", "past_knots"])
def test_a_removed_parameter_names_its_successor(name: str) -> None:
    with pytest.raises(ParameterError, match=f"'{name}' is now '(camera_brightn|past_episod)"):
        StageSettings.of({name: 1})
