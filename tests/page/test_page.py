# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The page in a browser: quiet console, no request, fits, draws, and says what its sound does."""

from __future__ import annotations

import pytest
from selenium.webdriver.common.action_chains import ActionChains

from support.browser import WEBGL, chromium

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]

SECTIONS = ("note", "cubic", "knot", "distortions", "piece", "night")
SOUND = "return document.getElementById('sound-state').textContent"
WIDER = """
return [...document.querySelectorAll("body *")].filter((e) =>
  e.getBoundingClientRect().right > innerWidth + 1 && e.checkVisibility() && !e.closest(".scroll")
).map((e) => e.outerHTML.slice(0, 80));
"""


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("dark", [False, True])
def test_it_is_quiet_and_fits(browser, page_file, width, dark):
    browser.complaints(), browser.requests()
    browser.show(page_file, width=width, dark=dark)
    for section in SECTIONS:
        browser.run(f"document.querySelector('#{section} .figure').scrollIntoView()")
        browser.settle()
    assert browser.requests() == [page_file.resolve().as_uri()]
    assert browser.complaints() == []
    assert browser.run("return document.documentElement.scrollWidth") <= width
    assert browser.run(WIDER) == []
    colour = browser.run("return getComputedStyle(document.documentElement).backgroundColor")
    assert (colour == "rgb(20, 21, 27)") == dark


def test_each_section_has_its_figure(browser, page_file):
    browser.show(page_file, width=1280)
    for section in SECTIONS:
        figures = f"[...document.querySelectorAll('#{section} [data-figure]')]"
        assert browser.run(f"return {figures}.length") > 0
        assert browser.run(f"return {figures}.every((e) => e.children.length > 0)")
        words = browser.run(f"return {figures}.map(e => e.textContent).join()")
        assert "cannot be shown" not in words


def test_pictures_rest_while_they_are_out_of_sight(browser, page_file):
    browser.show(page_file, width=1280)
    browser.run(
        "window.scrollTo(0, 0); window.drawn = 0; const draw = CanvasRenderingContext2D.prototype;"
        "const { clearRect } = draw;"
        "draw.clearRect = function (...a) { window.drawn += 1; clearRect.apply(this, a); };"
    )
    browser.settle()
    drawn = browser.run("return window.drawn")
    browser.settle()
    assert browser.run("return window.drawn") == drawn
    browser.run("document.querySelector('#note canvas').scrollIntoView()")
    browser.wait_for("window.drawn > 0")


def test_sound_begins_with_a_touch_and_the_page_says_so(page_file, tmp_path):
    flags = (*WEBGL, "--autoplay-policy=user-gesture-required")
    with chromium(tmp_path, *flags) as browser:
        browser.show(page_file, width=1280)
        assert "begins with your first touch" in browser.run(SOUND)
        browser.run("document.querySelector('#note button').scrollIntoView({block: 'center'})")
        hold = browser.driver.find_element("css selector", "#note button")
        ActionChains(browser.driver).click_and_hold(hold).perform()
        ActionChains(browser.driver).release(hold).perform()
        browser.wait_for("document.getElementById('sound-state').textContent.includes('is on')")
        assert browser.run("return descant.sound.suspended") is False
        assert browser.complaints() == []


def test_where_there_is_no_sound_the_page_says_so(browser, page_file):
    script = "delete window.AudioContext; delete window.webkitAudioContext;"
    add = "Page.addScriptToEvaluateOnNewDocument"
    made = browser.driver.execute_cdp_cmd(add, {"source": script})
    try:
        browser.show(page_file, width=1280)
        browser.run("document.querySelector('#note button').scrollIntoView({block: 'center'})")
        browser.driver.find_element("css selector", "#note button").click()
        browser.wait_for("document.getElementById('sound-state').textContent.includes('no sound')")
        assert browser.complaints() == []
    finally:
        browser.driver.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", made)


def test_the_shortcut_of_a_button_that_is_not_shown_does_nothing(browser, page_file):
    browser.show(page_file, width=1280)
    browser.complaints()
    keys = [e.get_dom_attribute("aria-keyshortcuts") for e in browser.driver.find_elements(
        "css selector", "[aria-keyshortcuts]")]  # fmt: skip
    for key in ("b", *dict.fromkeys(key for key in keys if len(key) == 1)):
        ActionChains(browser.driver).send_keys(key).perform()
    browser.settle()
    assert browser.complaints() == []
