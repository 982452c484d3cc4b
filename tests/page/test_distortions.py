# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Section "The two distortions", in a real browser with a camera of moving patches of colour."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from support.browser import Browser
from support.page_section import Section

SPACE, ENTER, LEFT, RIGHT, HOME, END = "\ue00d", "\ue007", "\ue012", "\ue014", "\ue011", "\ue010"
SHIFT = ("Gradient 1, moves red", "Gradient 2, moves green", "Gradient 3, moves blue")
BUBBLES = ("Gradient 1, moves left and right", "Gradient 2, moves up and down")
AT_REST = "0, at rest"
NO_WEBGL = """
const before = HTMLCanvasElement.prototype.getContext;
HTMLCanvasElement.prototype.getContext = function (kind, ...more) {
  return kind.startsWith("webgl") ? null : before.call(this, kind, ...more);
};
"""

PASS = """
if (!window.passed) {
  window.passed = performance.now();
  performance.now = () => window.passed;
}
const [seconds, frames, done] = arguments;
let drawn = 0;
const draw = () => {
  if (drawn++ > frames) done();
  else {
    if (drawn <= frames) window.passed += 1000 * seconds / frames;
    requestAnimationFrame(draw);
  }
};
requestAnimationFrame(draw);
"""
"""Lets seconds pass for the picture, in so many frames; else its time stands still from here on.
So a slow machine shows the same motion."""

SECTION = "distortions"
pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


@pytest.fixture
def still(browser: Browser, page_file: Path) -> Iterator[Section]:
    """The section for a visitor who wants no motion: the drawn piano does not play by itself."""
    browser.show(page_file, width=1280, still=True)
    yield Section(browser, "distortions")
    assert browser.complaints() == []


def seen(section: Section) -> NDArray[np.int_]:
    """What is on the canvas, once what changed has eased."""
    canvas = section.canvas()
    section.run("s.querySelector('canvas').scrollIntoView({block: 'center'})")
    passes(section, 1.5, frames=15)
    data = np.frombuffer(canvas.screenshot_as_png, np.uint8)
    pixels: NDArray[np.int_] = cv2.imdecode(data, cv2.IMREAD_COLOR).astype(int)
    return pixels


def passes(section: Section, seconds: float, *, frames: int = 1) -> None:
    """Let time pass for the picture."""
    section.browser.driver.execute_async_script(PASS, seconds, frames)


def differs(a: NDArray[np.int_], b: NDArray[np.int_]) -> float:
    """Mean difference of two pictures, levels of 255, whatever their sharpness."""
    return float(np.abs(soft(a) - soft(b)).mean())


def soft(pixels: NDArray[np.int_]) -> NDArray[np.float32]:
    """A picture without details: its resolution follows the machine."""
    return cv2.GaussianBlur(pixels.astype(np.float32), (0, 0), 9.0)


def news(section: Section) -> str:
    return section.text("[role=status]")


def camera(section: Section) -> str:
    return str(section.button("Your camera").get_attribute("aria-checked"))


def slider_words(section: Section, labels: tuple[str, ...]) -> list[str]:
    return [str(section.field(label).get_attribute("aria-valuetext")) for label in labels]


def test_a_distortion_is_chosen_by_mouse_and_by_key(section: Section) -> None:
    section.click(section.option("Bubbles"))
    assert section.run("return s.querySelector('canvas').getAttribute('role')") == "button"
    assert section.field(BUBBLES[0]).is_displayed()
    assert not section.field(SHIFT[0]).is_displayed()
    section.press(section.option("Bubbles"), LEFT)
    assert section.field(SHIFT[2]).is_displayed()
    assert not section.button("Open a bubble").is_displayed()


def test_gradients_are_set_by_mouse_and_by_key(section: Section) -> None:
    for label in SHIFT:
        assert float(section.slide(label, fraction=0.9)) > 0.9
        section.press(section.field(label), HOME)
    assert slider_words(section, SHIFT) == ["\u22121.50"] * 3
    assert "apart" in section.text(".learning-line")
    section.press(section.button("All gradients to zero"), ENTER)
    assert slider_words(section, SHIFT) == [AT_REST] * 3
    assert "whole" in section.text(".learning-line")
    section.click(section.option("Bubbles"))
    section.click(section.button("All gradients to zero"))
    assert slider_words(section, BUBBLES) == [AT_REST] * 2
    section.press(section.field(BUBBLES[1]), RIGHT)
    assert slider_words(section, BUBBLES) == [AT_REST, "0.01"]


def test_another_distortion_can_be_seen_after_learning(section: Section) -> None:
    section.click(section.button("All gradients to zero"))
    section.click(section.option("Bubbles"))
    assert slider_words(section, BUBBLES) == ["0.34", "\u22120.26"]


def test_without_gradients_the_picture_is_whole(still: Section) -> None:
    torn = seen(still)
    still.click(still.button("All gradients to zero"))
    whole = seen(still)
    still.click(still.option("Bubbles"))
    still.click(still.button("All gradients to zero"))
    bubbles = seen(still)
    assert whole.mean() > 10
    assert differs(torn, whole) > 4
    assert differs(bubbles, whole) < 0.3
    still.press(still.field(BUBBLES[0]), END)
    still.click(still.button("Open a bubble"))
    assert differs(seen(still), whole) > 2 * differs(bubbles, whole) + 0.1


def changed_at(before: NDArray[np.int_], after: NDArray[np.int_]) -> float:
    """Where the picture changed most, 0 at its left edge .. 1 at its right one."""
    columns = np.abs(soft(before) - soft(after)).sum(axis=(0, 2))
    middle = np.convolve(columns, np.ones(120), mode="same")
    return float(np.argmax(middle) / before.shape[1])


def test_bubbles_open_where_the_picture_is_touched(still: Section) -> None:
    still.click(still.option("Bubbles"))
    for label in BUBBLES:
        still.press(still.field(label), END)
    passes(still, 8.0)  # they are gone
    before = seen(still)
    canvas = still.canvas()
    away = round(canvas.rect["width"] * 0.3)
    still.mouse().move_to_element_with_offset(canvas, -away, 0).click().perform()
    after = seen(still)
    assert changed_at(before, after) == pytest.approx(0.2, abs=0.08)
    still.press(canvas, "8")
    half = after.shape[1] // 2  # of the other bubble nothing is there
    both = seen(still)
    both[:, :half] = after[:, :half]
    assert changed_at(after, both) == pytest.approx(0.74, abs=0.08)


@pytest.mark.proof
@pytest.mark.parametrize("distortion", ["Colours apart", "Bubbles"])
def test_an_episode_is_learned_until_the_picture_is_whole(
    browser: Browser, page_file: Path, distortion: str
) -> None:
    browser.show(page_file, width=1280)
    section = Section(browser, "distortions")
    section.click(section.option(distortion))
    section.press(section.button("Let it learn"), ENTER)
    section.wait("s.querySelector('.learning-line b').textContent > 3")
    section.click(section.button("Stop"))
    assert news(section) == "Stopped."
    section.click(section.button("Let it learn"))
    section.wait("s.querySelector('[role=status]').textContent.startsWith('Learned in')", 90.0)
    labels = SHIFT if distortion == "Colours apart" else BUBBLES
    assert slider_words(section, labels) == [AT_REST] * len(labels)
    assert section.button("Let it learn").is_displayed()
    assert browser.complaints() == []


def test_moving_a_slider_ends_the_learning(section: Section) -> None:
    section.click(section.button("Let it learn"))
    section.wait("s.querySelector('.learning-line b').textContent > 3")
    section.press(section.field(SHIFT[0]), END)
    assert slider_words(section, SHIFT)[0] == "1.50"
    assert section.button("Let it learn").is_displayed()
    assert section.text(".learning-line").startswith("By hand")


def test_the_camera_is_switched_by_mouse_and_by_key(section: Section) -> None:
    section.click(section.button("All gradients to zero"))
    section.click(section.button("Your camera"))
    section.wait("s.querySelector('[role=status]').textContent.includes('your camera')")
    assert camera(section) == "true"
    blue, green, red = seen(section).mean(axis=(0, 1))
    assert green > 2 * max(blue, red)  # as the fake camera is
    section.press(section.button("Your camera"), SPACE)
    section.wait("s.querySelector('[role=status]').textContent.includes('off')")
    assert camera(section) == "false"
    blue, green, red = seen(section).mean(axis=(0, 1))
    assert red > green > blue  # the lamp over the drawn piano


def test_a_camera_that_cannot_be_had_is_explained(still: Section) -> None:
    for name, words in (
        ("NotAllowedError", "did not allow the camera"),
        ("NotFoundError", "No camera was found"),
        ("NotReadableError", "used by another program"),
    ):
        still.run(
            "navigator.mediaDevices.getUserMedia = "
            f"() => Promise.reject(new DOMException('no', {name!r}));"
        )
        still.click(still.button("Your camera"))
        still.wait(f"s.querySelector('[role=status]').textContent.includes({words!r})")
        assert camera(still) == "false"
    still.run("Object.defineProperty(navigator, 'mediaDevices', { value: undefined });")
    still.press(still.button("Your camera"), ENTER)
    still.wait("s.querySelector('[role=status]').textContent.includes('https')")
    assert camera(still) == "false"


def test_nothing_asks_for_the_camera_by_itself(browser: Browser, page_file: Path) -> None:
    command = "Page.addScriptToEvaluateOnNewDocument"
    script = "navigator.mediaDevices.getUserMedia = () => { window.asked = true; throw 1; };"
    added = browser.driver.execute_cdp_cmd(command, {"source": script})
    try:
        browser.show(page_file)
        section = Section(browser, "distortions")
        section.click(section.option("Bubbles"))
        section.click(section.button("Let it learn"))
        assert not section.run("return window.asked")
    finally:
        browser.driver.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", added)


def test_without_webgl_the_section_says_so(browser: Browser, page_file: Path) -> None:
    command = "Page.addScriptToEvaluateOnNewDocument"
    added = browser.driver.execute_cdp_cmd(command, {"source": NO_WEBGL})
    try:
        browser.show(page_file)
        section = Section(browser, "distortions")
        assert "draws no WebGL" in section.text(".notice")
        section.click(section.button("Let it learn"))
        section.wait("s.querySelector('.learning-line b').textContent > 3")
        assert browser.complaints() == []
    finally:
        browser.driver.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", added)
