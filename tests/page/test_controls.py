# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Every control of the page: named, reached by keys, moved by keys and pointer, told in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement

from support.browser import Browser

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

CONTROLS = ", ".join(
    f"main {kind}:not([tabindex='-1'])"
    for kind in ("button", "select", "input", "summary", "[tabindex]")
)
USABLE = f"""\
[...document.querySelectorAll({CONTROLS!r})].filter((e) =>
  !e.disabled && !e.closest("fieldset:disabled") && e.checkVisibility())
"""
MOST = 500  # controls to try: some are made again when others are used
SAME = 4  # .. but not always again
NEXT = f"""
const next = () => {{
  const found = {USABLE}.find((e) => !e.dataset.tried);
  if (found) found.dataset.tried = "yes";
  return found && [found, found.getAttribute("role") === "switch" ? "switch" :
    found.getAttribute("type") || found.getAttribute("role") || found.localName];
}};
return document.fullscreenElement ? document.exitFullscreen().then(next) : next();
"""
OPEN = "for (const d of document.querySelectorAll('details')) d.open = true;"
PRESSED = """
window.pressed = 0;
for (const name of ["click", "keydown", "pointerdown"])
  document.addEventListener(name, () => (window.pressed += 1), true);
"""
SEEN = """
const [e, focus] = arguments;
if (focus !== null) e.scrollIntoView({block: "center", behavior: "instant"});
if (focus) e.focus({preventScroll: true});
return {
  state: e.type === "radio" ? document.querySelector(`input[name="${e.name}"]:checked`)?.id
    : e.type === "checkbox" ? e.checked
    : e.tagName === "SELECT" ? e.selectedIndex : e.value || e.getAttribute("aria-checked"),
  words: e.getAttribute("aria-valuetext") || e.innerText,
  focused: document.activeElement === e,
  id: e.id,
  pressed: window.pressed,
  width: e.getBoundingClientRect().width,
};
"""
"""What there is to see of a control: many small commands to the browser would take long."""


class Control:
    """One control, and what a visitor does to it."""

    def __init__(self, browser: Browser, element: WebElement, kind: str) -> None:
        self.driver = browser.driver
        self.element = element
        self.kind = kind
        self.name = element.accessible_name or ""
        self.where = f"{self.kind} '{self.name}'"

    def seen(self, *, scroll: bool = False, focus: bool = False) -> dict[str, Any]:
        """Its state, its words and more, after it was brought into sight or into focus."""
        found: dict[str, Any] = self.driver.execute_script(
            SEEN, self.element, focus if scroll or focus else None
        )
        return found

    def keys(self, *keys: str) -> dict[str, Any]:
        """Press keys one after another, and look."""
        ActionChains(self.driver, duration=0).send_keys(*keys).perform()
        return self.seen()

    def press(self, x: float = 0.5, width: float = 2.0) -> None:
        """Press with the pointer, at this share of the width; it may be made again by that."""
        chain = ActionChains(self.driver, duration=0)
        offset = round((x - 0.5) * (width - 2))
        chain.move_to_element_with_offset(self.element, offset, 0).click().perform()


def _controls(browser: Browser) -> Iterator[Control]:
    browser.run(OPEN + PRESSED)
    seen: Counter[str] = Counter()
    for _ in range(MOST):
        found = browser.run(NEXT)
        if found is None:
            return
        try:
            control = Control(browser, *found)
        except StaleElementReferenceException:
            continue  # it was made again meanwhile, and is found again
        seen[control.where] += 1
        if seen[control.where] <= SAME:
            yield control
    raise AssertionError(f"more than {MOST} controls")


def _focus_and_keys(control: Control) -> str | None:
    """What is wrong with a control in the hands of who has keys alone, or None."""
    before = control.seen(focus=True)
    if not before["focused"]:
        return "cannot be focused"
    if control.kind in ("range", "radio", "select"):
        down = control.kind == "select"
        after = control.keys(Keys.ARROW_DOWN if down else Keys.ARROW_RIGHT)
        if after["state"] == before["state"]:  # it was at its end
            after = control.keys(Keys.ARROW_UP if down else Keys.ARROW_LEFT)
        if after["state"] == before["state"]:
            return "its value does not change by arrow keys"
        if control.kind == "range":
            after = control.keys(*[Keys.PAGE_UP] * 2)
            if after["words"] == before["words"]:
                after = control.keys(*[Keys.PAGE_DOWN] * 4)
            return None if after["words"] != before["words"] else "its words do not change"
    elif control.kind == "switch":
        after = control.keys(" ")
        if before["state"] == after["state"] or before["words"] == after["words"]:
            return "is not switched by the space bar"
        control.keys(" ")
    return None


def _pointer(control: Control) -> str | None:
    """What is wrong with a control that is pressed with a pointer, or None."""
    if control.kind not in ("range", "radio", "switch", "button", "summary"):
        return None
    before = control.seen(scroll=True)
    if control.kind == "range":
        for place in (0.25, 0.75):
            control.press(place, before["width"])
            if control.seen()["state"] != before["state"]:
                return None
        return "does not follow the pointer"
    control.press()
    if control.kind == "radio":
        return None if control.seen()["state"] == before["id"] else "is not chosen by the pointer"
    if control.kind == "switch":
        if control.seen()["state"] == before["state"]:
            return "is not switched by the pointer"
        control.press()
    pressed = control.driver.execute_script("return window.pressed")
    return "is covered by something else" if pressed == before["pressed"] else None


@pytest.fixture
def slow_pictures(browser):
    """Pictures are drawn four times a second: a processor that draws them leaves time for more."""
    script = "requestAnimationFrame = (f) => setTimeout(() => f(performance.now()), 250);"
    script += "cancelAnimationFrame = clearTimeout;"
    add, remove = (f"Page.{what}ScriptToEvaluateOnNewDocument" for what in ("add", "remove"))
    made = browser.driver.execute_cdp_cmd(add, {"source": script})
    yield
    browser.driver.execute_cdp_cmd(remove, made)


@pytest.mark.parametrize("width", [1280, 390])
def test_every_control_works_by_pointer_and_by_keys(browser, slow_pictures, page_file, width):
    browser.complaints()
    browser.show(page_file, width=width)
    wrong, count = [], 0
    for control in _controls(browser):
        count += 1
        if not control.name:
            wrong.append(f"{control.where}: has no name")
        for way in (_focus_and_keys, _pointer):
            if problem := way(control):
                wrong.append(f"{control.where}: {problem}")
    assert wrong == []
    assert count > 60
    assert browser.complaints() == []


@pytest.mark.parametrize("width", [1280, 390])
def test_controls_are_large_enough_for_a_finger(browser, page_file, width):
    browser.show(page_file, width=width)
    browser.run(OPEN)
    small = browser.run(
        f"return {USABLE}.map(e => [e, "
        "(e.type === 'radio' ? e.closest('label') : e).getBoundingClientRect()])"
        ".filter(([, r]) => r.height < 32 || r.width < 32)"
        ".map(([e, r]) => `${e.textContent || e.ariaLabel} ${r.width} x ${r.height}`)"
    )
    assert small == []


def test_keys_alone_reach_every_control_in_the_order_of_the_page(browser, page_file):
    browser.show(page_file, width=1280)
    browser.run(
        "window.reached = new Set();"
        "addEventListener('focusin', e => window.reached.add(e.target), true);"
    )
    expected = f"{USABLE}.filter(e => e.type !== 'radio' || e.checked)"
    count = browser.run(f"return {expected}.length")
    for _ in range(count + 20):
        ActionChains(browser.driver, duration=0).send_keys(Keys.TAB).perform()
    missed = browser.run(
        f"return {expected}.filter(e => !window.reached.has(e)).map(e => e.outerHTML.slice(0, 90))"
    )
    assert missed == []


def test_a_key_of_a_button_works_in_its_section(browser, page_file):
    browser.show(page_file, width=1280)
    browser.run("document.querySelector('#note canvas').scrollIntoView({block: 'center'})")
    place = browser.driver.find_element("css selector", "#note canvas")
    ActionChains(browser.driver).click(place).perform()
    switch = browser.driver.find_element("css selector", "#note [role=switch]")
    ActionChains(browser.driver).send_keys("a").perform()
    assert switch.get_dom_attribute("aria-checked") == "true"
    ActionChains(browser.driver).send_keys("a").perform()
    assert switch.get_dom_attribute("aria-checked") == "false"
