# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Section "Learning a knot", in a real browser."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from descant.learner.core import Learner
from descant.learner.settings import LearnerSettings
from descant.programme.reading import load_programme
from descant.types import NANOSECONDS, Note, State
from support.browser import Browser
from support.page_section import Section

SPACE, ENTER, LEFT, UP, RIGHT, HOME = "\ue00d", "\ue007", "\ue012", "\ue013", "\ue014", "\ue011"
CHORD = (40, 44, 47)
LOSSES = {"mse": "squares", "half_mse": "half the squares", "mae": "distances"}
RATE = "Learning rate \N{GREEK SMALL LETTER ALPHA}"
SWINGS = ("Swings along x", "Swings along y", "Swings along z")

SECTION = "knot"
pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


def learned_by_concert(steps: int, **settings: Any) -> State:
    """The state after a chord has been held for so many steps of part 2."""
    part = load_programme("paper").parts[1]
    values: dict[str, Any] = {**dict(part.overrides("learner")), **settings}
    learner = Learner(LearnerSettings(**values))
    for i, key in enumerate(CHORD):
        learner.take(Note(time_ns=0, id=i + 1, on=True, key=key, velocity=80, velocity_14bit=10240))
    learner.advance(int((steps + 0.5) * NANOSECONDS / values["held_rate"]))
    state = learner.current()
    assert state is not None
    return state


@pytest.mark.parametrize(
    "loss", ["mae", *(pytest.param(n, marks=pytest.mark.proof) for n in ("mse", "half_mse"))]
)
def test_a_seed_gives_the_concerts_bits(browser: Browser, page_file: Path, loss: str) -> None:
    browser.show(page_file, width=1280)
    section = Section(browser, "knot")
    section.enter(section.field("Seed"), "7")
    section.click(section.option(LOSSES[loss]))
    section.press(section.button("Step"), *[ENTER] * 20)
    state = learned_by_concert(20, seed=7, loss=loss)
    assert section.step() == state.step == 20
    assert section.values("learned") == list(state.theta)
    assert section.values("target") == list(state.target[3:])
    assert section.values("gradient") == list(state.gradient)


def held(section: Section) -> str:
    return str(section.button("Hold").get_attribute("aria-pressed"))


def test_the_button_is_held_by_mouse(section: Section) -> None:
    button = section.button("Hold")
    section.mouse().move_to_element(button).click_and_hold().perform()
    section.wait("s.querySelector('.learning-line b').textContent > 5")
    assert held(section) == "true"
    section.mouse().release().perform()
    steps = section.step()
    section.browser.settle()
    assert section.step() == steps
    assert section.text(".learning-news").startswith(f"Released after {steps} steps")


def test_the_button_is_held_by_key(section: Section) -> None:
    section.browser.driver.execute_script("arguments[0].focus()", section.button("Hold"))
    section.mouse().key_down(SPACE).perform()
    section.wait("s.querySelector('.learning-line b').textContent > 5")
    section.mouse().key_up(SPACE).perform()
    steps = section.step()
    section.browser.settle()
    assert section.step() == steps
    section.mouse().key_down(SPACE).perform()
    section.wait(f"s.querySelector('.learning-line b').textContent > {steps}")
    section.mouse().key_up(SPACE).perform()


def test_the_picture_is_held(section: Section) -> None:
    canvas = section.canvas()
    section.mouse().move_to_element(canvas).click_and_hold().perform()
    section.wait("s.querySelector('.learning-line b').textContent > 3")
    section.mouse().release().perform()
    steps = section.step()
    section.browser.driver.execute_script("arguments[0].focus()", canvas)
    section.mouse().key_down(" ").perform()
    section.wait(f"s.querySelector('.learning-line b').textContent > {steps}")
    section.mouse().key_up(" ").perform()
    steps = section.step()
    section.browser.settle()
    assert section.step() == steps


def test_a_finger_holds_or_scrolls(browser: Browser, page_file: Path) -> None:
    browser.show(page_file, width=390)
    section = Section(browser, "knot")
    x, y, _, _ = section.middle()
    section.touch("touchStart", x, y)
    section.wait("s.querySelector('.learning-line b').textContent > 3")
    section.touch("touchEnd")
    section.wait("s.querySelector('.learning-news').textContent.startsWith('Released')")
    scrolled = browser.run("return scrollY")
    section.touch("touchStart", x, y)
    for i in range(8):
        section.touch("touchMove", x, y - 10 * i)
    section.touch("touchEnd")
    browser.wait_for(f"scrollY > {scrolled} + 20")
    steps = section.step()
    browser.settle()
    assert section.step() == steps


def test_it_learns_until_it_is_in_tune(section: Section) -> None:
    section.press(section.field(RATE), *[RIGHT] * 8)
    section.browser.driver.execute_script("arguments[0].focus()", section.button("Hold"))
    section.mouse().key_down(SPACE).perform()
    section.wait("s.querySelector('.learning-news').textContent.startsWith('Converged')", 30)
    section.mouse().key_up(SPACE).perform()
    distance = zip(section.values("target"), section.values("learned"), strict=True)
    assert max(abs(a - b) for a, b in distance) < 0.1
    assert section.step() > 5


def test_rewind_and_new_draw(section: Section) -> None:
    start, target = section.values("learned"), section.values("target")
    section.press(section.button("Step"), ENTER, "s")
    assert section.step() == 2
    section.click(section.button("Rewind"))
    assert (section.step(), section.values("learned")) == (0, start)
    section.click(section.button("Draw a new target"))
    assert section.values("target") != target
    section.press(section.button("Draw a new target"), "n", "s", "r")
    assert section.step() == 0
    section.enter(section.field("Seed"), "1")
    assert (section.values("target"), section.values("learned")) == (target, start)


def test_frequencies(section: Section) -> None:
    gradient = section.values("gradient")
    for label in SWINGS:
        section.press(section.field(label), HOME)
        assert section.slide(label, fraction=0.5) in ("4", "5")
        section.press(section.field(label), RIGHT)
        assert section.field(label).get_attribute("aria-valuetext") in ("5", "6")
    # The knot is another one; how far its phases are off is what it was.
    assert section.values("gradient") == pytest.approx(gradient, abs=0.02)


def test_phases(section: Section) -> None:
    for place, name in enumerate("abc"):
        words = section.slide(f"Phase {name}", fraction=0.5)
        assert int(words[:-1]) == pytest.approx(180, abs=12)
        assert section.values("target")[place] == pytest.approx(3.14, abs=0.2)
        section.press(section.field(f"Phase {name}"), HOME, RIGHT)
        assert section.values("target")[place] == pytest.approx(0.01745, abs=1e-4)


def test_presets(section: Section) -> None:
    section.click(section.option("4, 5, 41"))
    words = [section.field(label).get_attribute("aria-valuetext") for label in SWINGS]
    assert words == ["4", "5", "41"]
    section.press(section.option("4, 5, 41"), LEFT)
    assert section.field(SWINGS[2]).get_attribute("aria-valuetext") == "7"
    section.press(section.button("Step"), "s")
    assert section.step() == 1


def test_loss_and_descent(section: Section) -> None:
    square = section.values("gradient")
    section.press(section.option("squares"), RIGHT)
    assert section.values("gradient") == [value / 2 for value in square]
    section.click(section.option("Adam"))
    theta = section.values("learned")
    section.press(section.button("Step"), "s")
    moves = [abs(b - a) for a, b in zip(theta, section.values("learned"), strict=True)]
    assert moves == pytest.approx([0.02] * 3, rel=1e-3)


def test_it_is_turned_by_mouse_and_by_key(browser: Browser, page_file: Path) -> None:
    browser.show(page_file, width=1280, still=True)
    section = Section(browser, "knot")
    canvas = section.canvas()
    shown = "s.querySelector('canvas').width > 100"
    section.wait(shown)
    pictures = [drawn(section)]
    section.press(canvas, LEFT, LEFT, UP)
    pictures.append(drawn(section))
    section.mouse().move_to_element(canvas).click_and_hold().move_by_offset(90, 20).perform()
    section.mouse().release().perform()
    pictures.append(drawn(section))
    assert len(set(pictures)) == 3
    assert browser.complaints() == []


def drawn(section: Section) -> str:
    """The picture, once it is still."""
    section.browser.settle()
    return str(section.canvas().screenshot_as_base64)


def test_without_webgl_it_is_drawn_flat(browser: Browser, page_file: Path) -> None:
    refuse = (
        "const original = HTMLCanvasElement.prototype.getContext;"
        "HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {"
        "  return kind === 'webgl' ? null : original.call(this, kind, ...rest); };"
    )
    added = browser.driver.execute_cdp_cmd(
        "Page.addScriptToEvaluateOnNewDocument", {"source": refuse}
    )
    try:
        browser.show(page_file, width=1280)
        section = Section(browser, "knot")
        section.wait("s.querySelector('canvas').width > 100")
        browser.settle()
        lit = section.run(
            "const c = s.querySelector('canvas'); const data = c.getContext('2d')"
            ".getImageData(0, 0, c.width, c.height).data;"
            "const red = data.filter((value, i) => i % 4 === 0);"
            "return red.filter((value) => value > 120).length / red.length"
        )
        assert 0.02 < lit < 0.5
    finally:
        browser.driver.execute_cdp_cmd(
            "Page.removeScriptToEvaluateOnNewDocument", {"identifier": added["identifier"]}
        )
