# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Section "Learning a cubic", in a real browser."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from descant.learner.core import Learner, Output
from descant.learner.settings import LearnerSettings
from descant.types import Note, State
from support.browser import Browser
from support.page_section import Section

SPACE, ENTER, UP, RIGHT, HOME = "\ue00d", "\ue007", "\ue013", "\ue014", "\ue011"
BASS, UPPER = 36, 72
RATE, MINUS = "Learning rate \N{GREEK SMALL LETTER ALPHA}", "\N{MINUS SIGN}"
LOSSES = {"mse": "squares", "half_mse": "half the squares", "mae": "distances"}

SECTION = "cubic"
pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


def learned_by_concert(steps: int, **settings: Any) -> State:
    """The state after a bass note and so many upper ones."""
    learner = Learner(LearnerSettings(**settings))
    outputs: list[Output] = []
    for i, key in enumerate([BASS, *[UPPER] * steps]):
        outputs = learner.take(
            Note(time_ns=i, id=i + 1, on=True, key=key, velocity=80, velocity_14bit=10240)
        )
    return [each for each in outputs if isinstance(each, State)][-1]


@pytest.mark.parametrize(
    "loss", ["mae", *(pytest.param(n, marks=pytest.mark.proof) for n in ("mse", "half_mse"))]
)
def test_a_seed_gives_the_concerts_bits(browser: Browser, page_file: Path, loss: str) -> None:
    browser.show(page_file, width=1280)
    section = Section(browser, "cubic")
    section.enter(section.field("Seed"), "8")
    section.click(section.option(LOSSES[loss]))
    section.press(section.button("Step"), *[ENTER] * 20)
    state = learned_by_concert(20, seed=8, loss=loss)
    assert section.step() == state.step == 20
    assert section.values("learned") == list(state.theta)
    assert section.values("target") == list(state.target)
    assert section.values("gradient") == list(state.gradient)


def test_steps_by_mouse_and_by_key(section: Section) -> None:
    start = section.values("learned")
    section.click(section.button("Step"))
    assert section.step() == 1
    section.press(section.button("Step"), ENTER, SPACE)
    section.press(section.button("Rewind"), "s")
    assert section.step() == 4
    section.click(section.button("Rewind"))
    assert section.step() == 0
    assert section.values("learned") == start
    section.press(section.button("Step"), "s", "r")
    assert (section.step(), section.values("learned")) == (0, start)


def test_runs_until_it_is_in_tune(section: Section) -> None:
    section.press(section.button("Faster"), *[ENTER] * 6)
    assert section.text(".tempo") == "32 steps a second"
    section.click(section.button("Run"))
    section.wait("s.querySelector('.learning-news').textContent.startsWith('Converged')", 30)
    assert section.button("Run").text.startswith("Run")
    steps = section.step()
    section.press(section.button("Step"), "s")
    assert section.step() == steps


def test_run_and_pause_by_key(section: Section) -> None:
    section.press(section.button("Step"), "s")
    section.run("document.activeElement.blur()")
    section.mouse().send_keys(" ").perform()
    section.wait("s.querySelector('.learning-line b').textContent > 2")
    section.press(section.button("Pause"), ENTER)
    steps = section.step()
    section.browser.settle()
    assert section.step() == steps
    section.press(section.button("Slower"), "-", "-", "+")
    assert section.text(".tempo") == "3 steps a second"


def test_new_draw(section: Section) -> None:
    first = section.values("target")
    section.click(section.button("Draw a new target"))
    second = section.values("target")
    assert first != second
    assert "Target 2 of seed 1" in section.text(".learning-news")
    section.press(section.button("Draw a new target"), "n")
    assert section.values("target") not in (first, second)
    section.enter(section.field("Seed"), "1")
    assert section.values("target") == first


def test_a_rate_too_high_diverges_and_recovers(section: Section) -> None:
    words = section.slide(RATE, fraction=0.99)
    assert words == "3"
    section.press(section.button("Faster"), *[ENTER] * 6)
    section.press(section.button("Run"), ENTER)
    section.wait("s.querySelector('.learning-news').textContent.startsWith('Diverged 3 times')", 20)
    assert "rate is too high" in section.text(".learning-news")
    section.press(section.field(RATE), HOME, *[RIGHT] * 16)
    assert section.field(RATE).get_attribute("aria-valuetext") == "0.4"
    section.click(section.button("Run"))
    section.wait("s.querySelector('.learning-news').textContent.startsWith('Converged')", 30)


def test_targets_by_mouse_and_by_key(section: Section) -> None:
    for place, name in enumerate("abcd"):
        moved = section.slide(f"Target {name}", fraction=0.75)
        assert float(moved) == pytest.approx(1.0, abs=0.15)
        assert section.values("target")[place] == pytest.approx(float(moved))
        section.press(section.field(f"Target {name}"), HOME, RIGHT)
        assert section.values("target")[place] == -1.99


def test_points_loss_and_descent(section: Section) -> None:
    before = section.values("gradient")
    section.press(section.field("Points"), HOME)
    assert section.field("Points").get_attribute("aria-valuetext") == "4"
    few = section.values("gradient")
    assert few != before
    section.click(section.option("half the squares"))
    assert section.values("gradient") == [value / 2 for value in few]
    section.press(section.option("half the squares"), RIGHT)
    assert all(abs(value) <= 1 for value in section.values("gradient"))
    section.press(section.option("descent"), RIGHT, RIGHT)
    theta = section.values("learned")
    section.press(section.button("Step"), "s")
    moves = [abs(b - a) for a, b in zip(theta, section.values("learned"), strict=True)]
    assert moves == pytest.approx([0.4] * 4, rel=1e-4)  # Adam's first step is the rate itself


def test_points_by_keys(section: Section) -> None:
    loss = section.loss()
    assert not section.button("Put the points back").is_enabled()
    section.press(section.canvas(), RIGHT, RIGHT, UP, UP, UP)
    assert section.loss() != loss
    assert "No cubic fits" in section.text(".learning-news")
    assert "Point 52 of 100" in section.canvas().get_attribute("aria-description")
    section.click(section.button("Put the points back"))
    assert section.loss() == loss
    assert not section.button("Put the points back").is_enabled()


def place_of_a_point(section: Section) -> tuple[float, float]:
    """Where a point is in the picture, from its middle; y of the view is 1.25 at 0.86."""
    section.wait("s.querySelector('canvas').width > 100")
    _, _, width, height = section.middle()
    section.press(section.canvas(), RIGHT)
    words = section.canvas().get_attribute("aria-description").replace(MINUS, "-")
    x, y = (float(each.split()[-1]) for each in words.split(":")[1].split(","))
    return 0.78 * width / 2 * x, -0.86 * height / 2 / 1.25 * y


def test_points_by_mouse(section: Section) -> None:
    left, down = place_of_a_point(section)
    loss = section.loss()
    chain = section.mouse().move_to_element_with_offset(section.canvas(), round(left), round(down))
    chain.click_and_hold().move_by_offset(0, -60).release().perform()
    assert section.loss() != loss
    assert section.button("Put the points back").is_enabled()


def test_a_finger_moves_a_point_or_scrolls(browser: Browser, page_file: Path) -> None:
    browser.show(page_file, width=390)
    section = Section(browser, "cubic")
    left, down = place_of_a_point(section)
    x, y, _, height = section.middle()
    scrolled = browser.run("return scrollY")
    for from_x, from_y in ((x + left, y + down), (x, y + height / 2 - 20)):
        loss = section.loss()
        section.touch("touchStart", from_x, from_y)
        for i in range(8):
            section.touch("touchMove", from_x, from_y - 10 * i)
        section.touch("touchEnd")
        browser.settle()
        if from_x != x:
            assert section.loss() != loss
            assert browser.run("return scrollY") == scrolled
    assert section.loss() == loss
    browser.wait_for(f"scrollY > {scrolled} + 20")


def test_points_that_no_cubic_fits_stay_out_of_tune(browser: Browser, page_file: Path) -> None:
    browser.show(page_file, width=1280)
    section = Section(browser, "cubic")
    section.press(section.canvas(), RIGHT, *[UP] * 20)
    section.press(section.button("Faster"), *[ENTER] * 6)
    section.click(section.button("Run"))
    section.wait("s.querySelector('.learning-news').textContent.startsWith('Paused')", 60)
    assert "no cubic comes nearer" in section.text(".learning-news")
    assert "cents too high" in section.text(".learning-line")


def test_sound_by_mouse_and_by_key(section: Section) -> None:
    sound = section.button("Sound")
    section.click(sound)
    assert sound.get_attribute("aria-checked") == "false"
    section.press(sound, ENTER)
    assert sound.get_attribute("aria-checked") == "true"


def test_the_picture_moves(section: Section) -> None:
    section.browser.settle()
    before = section.pixels()
    section.click(section.button("Step"))
    section.browser.settle()
    assert section.pixels() != before
