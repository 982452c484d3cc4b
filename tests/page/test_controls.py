"""Every control of the page: named, reached by keys, moved by keys and pointer, told in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
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
const next = {USABLE}.find((e) => !e.dataset.tried);
if (next) next.dataset.tried = "yes";
return next;
"""
OPEN = "for (const d of document.querySelectorAll('details')) d.open = true;"
STATE = """
const e = arguments[0];
if (e.type === "radio") return document.querySelector(`input[name="${e.name}"]:checked`)?.id;
if (e.type === "checkbox") return e.checked;
return e.tagName === "SELECT" ? e.selectedIndex : e.value || e.getAttribute("aria-checked");
"""
PRESSED = """
window.pressed = 0;
for (const name of ["click", "keydown", "pointerdown"])
  document.addEventListener(name, () => (window.pressed += 1), true);
"""
STEADY = "arguments[0].scrollIntoView({block: 'center', behavior: 'instant'})"


class Control:
    """One control, and what a visitor does to it."""

    def __init__(self, browser: Browser, element: WebElement) -> None:
        self.driver = browser.driver
        self.element = element
        self.kind = (
            element.get_dom_attribute("type") or element.get_dom_attribute("role")
            or element.tag_name
        )  # fmt: skip
        if element.get_dom_attribute("role") == "switch":
            self.kind = "switch"
        self.name = element.accessible_name or ""
        self.where = f"{self.kind} '{self.name}'"

    @property
    def state(self) -> Any:
        return self.driver.execute_script(STATE, self.element)

    @property
    def words(self) -> str:
        return self.element.get_dom_attribute("aria-valuetext") or self.element.text

    def keys(self, *keys: str) -> None:
        for key in keys:
            ActionChains(self.driver, duration=0).send_keys(key).perform()

    def press(self, x: float = 0.5) -> None:
        """Press with the pointer, at this share of the width."""
        offset = round((x - 0.5) * (self.element.size["width"] - 2))
        chain = ActionChains(self.driver, duration=0)
        chain.move_to_element_with_offset(self.element, offset, 0).click().perform()


def _controls(browser: Browser) -> Iterator[Control]:
    browser.run(OPEN + PRESSED)
    seen: Counter[str] = Counter()
    for _ in range(MOST):
        element = browser.run(NEXT)
        if element is None:
            return
        control = Control(browser, element)
        seen[control.where] += 1
        if seen[control.where] <= SAME:
            yield control
    raise AssertionError(f"more than {MOST} controls")


def _focus_and_keys(control: Control) -> str | None:
    """What is wrong with a control in the hands of who has keys alone, or None."""
    driver, element = control.driver, control.element
    driver.execute_script(STEADY + "; arguments[0].focus({preventScroll: true})", element)
    if driver.switch_to.active_element != element:
        return "cannot be focused"
    before, words = control.state, control.words
    if control.kind in ("range", "radio", "select"):
        control.keys(*[Keys.ARROW_RIGHT, Keys.ARROW_DOWN][control.kind == "select"])
        if control.state == before:  # it was at its end
            control.keys(*[Keys.ARROW_LEFT, Keys.ARROW_UP][control.kind == "select"])
        if control.state == before:
            return "its value does not change by arrow keys"
        if control.kind == "range":
            control.keys(*[Keys.PAGE_UP] * 2)
            control.keys(*[Keys.PAGE_DOWN] * (control.words == words) * 4)
            return None if control.words != words else "its words do not change"
    elif control.kind == "switch":
        control.keys(" ")
        if control.state == before or control.words == words:
            return "is not switched by the space bar"
        control.keys(" ")
    return None


def _pointer(control: Control) -> str | None:
    """What is wrong with a control that is pressed with a pointer, or None."""
    driver, element = control.driver, control.element
    driver.execute_script(STEADY, element)
    if control.kind == "range":
        before = control.state
        control.press(0.25)
        if control.state == before:
            control.press(0.75)
        return None if control.state != before else "does not follow the pointer"
    if control.kind == "radio":
        control.press()
        chosen = control.state == element.get_dom_attribute("id")
        return None if chosen else "is not chosen by the pointer"
    if control.kind == "switch":
        before = control.state
        control.press()
        if control.state == before:
            return "is not switched by the pointer"
        control.press()
    if control.kind in ("button", "summary"):
        before = driver.execute_script("return window.pressed")
        control.press()
        if driver.execute_script("return window.pressed") == before:
            return "is covered by something else"
    return None


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
        browser.run("if (document.fullscreenElement) return document.exitFullscreen();")
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
