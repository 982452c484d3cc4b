# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""One section of the page, used as a visitor would: by mouse and by keys."""

from __future__ import annotations

from typing import Any

from support.browser import Browser


class Section:
    """The section with this id."""

    def __init__(self, browser: Browser, name: str) -> None:
        self.browser = browser
        self.name = name
        self.run("s.querySelector('[data-figure]').scrollIntoView()")
        browser.settle()

    def run(self, script: str) -> Any:
        """What a script returns in which `s` is the section."""
        return self.browser.run(f"const s = document.getElementById({self.name!r}); {script}")

    def button(self, label: str) -> Any:
        """The button that begins with these words."""
        return self._found(
            f"[...s.querySelectorAll('button')].find(b => b.textContent.startsWith({label!r}))",
            label,
        )

    def field(self, label: str) -> Any:
        """The slider, menu or number with this label."""
        return self._found(
            f"[...s.querySelectorAll('label')].find(l => l.textContent === {label!r})?.control",
            label,
        )

    def option(self, words: str) -> Any:
        """The option with these words, of a choice whose options stand side by side."""
        return self._found(f"s.querySelector('input[aria-label=\"{words}\"]')", words)

    def canvas(self) -> Any:
        """The first picture."""
        return self._found("s.querySelector('canvas')", "canvas")

    def click(self, element: Any) -> None:
        """Click with the mouse."""
        self.mouse().move_to_element(self._shown(element)).click().perform()

    def press(self, element: Any, *keys: str) -> None:
        """Press keys with the focus on an element."""
        self.browser.driver.execute_script("arguments[0].focus()", element)
        self.mouse().send_keys(*keys).perform()

    def enter(self, element: Any, text: str) -> None:
        """Type a text in place of a field's own, and confirm it."""
        self.browser.driver.execute_script("arguments[0].focus()", element)
        control, enter = "\ue009", "\ue007"
        self.mouse().key_down(control).send_keys("a").key_up(control).send_keys(
            text, enter
        ).perform()

    def mouse(self) -> Any:
        """A chain of actions of mouse and keys."""
        from selenium.webdriver import ActionChains

        return ActionChains(self.browser.driver, duration=20)

    def touch(self, kind: str, *at: float) -> None:
        """A finger touchStart, touchMove or touchEnd, at a place of the window."""
        points = [{"x": at[0], "y": at[1]}] if at else []
        event = {"type": kind, "touchPoints": points}
        self.browser.driver.execute_cdp_cmd("Input.dispatchTouchEvent", event)

    def middle(self) -> tuple[float, float, float, float]:
        """The middle of the first picture in the window, and its width and height."""
        self._shown(self.canvas())
        self.browser.settle()
        box = self.run(
            "const r = s.querySelector('canvas').getBoundingClientRect();"
            "return [r.left + r.width / 2, r.top + r.height / 2, r.width, r.height]"
        )
        return (box[0], box[1], box[2], box[3])

    def slide(self, label: str, words: str | None = None, fraction: float = 0.8) -> str:
        """Drag a slider by the mouse to a fraction of its way; return its value in words."""
        slider = self._shown(self.field(label))
        across = slider.rect["width"] * (fraction - 0.5)
        chain = self.mouse().move_to_element_with_offset(slider, 0, 0).click_and_hold()
        chain.move_to_element_with_offset(slider, round(across), 0).release().perform()
        return str(slider.get_attribute("aria-valuetext"))

    def text(self, selector: str) -> str:
        """The text of an element of the section."""
        return str(self.run(f"return s.querySelector({selector!r}).textContent"))

    def values(self, column: str) -> list[float]:
        """The exact numbers in a column of the table: target, learned or gradient."""
        found = self.run(f"return [...s.querySelectorAll('td.{column}')].map(c => c.dataset.value)")
        return [float(value) for value in found]

    def step(self) -> int:
        """How many steps have been made."""
        return int(self.text(".learning-line b"))

    def loss(self) -> str:
        """The loss in words."""
        return self.text(".learning-line .loss")

    def wait(self, condition: str, seconds: float = 10.0) -> None:
        """Wait until an expression about the section `s` is true."""
        self.browser.wait_for(
            f"(s => {condition})(document.getElementById({self.name!r}))", seconds
        )

    def pixels(self) -> str:
        """A digest of what the first picture shows."""
        return str(self.run("return s.querySelector('canvas').toDataURL()"))

    def _found(self, script: str, what: str) -> Any:
        element = self.run(f"return {script}")
        assert element is not None, f"no {what!r} in section {self.name}"
        return element

    def _shown(self, element: Any) -> Any:
        self.browser.driver.execute_script(
            "arguments[0].scrollIntoView({block: 'center'})", element
        )
        return element
