# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Frames a second of the page's piece in Chromium, with WebGL in software.

    python bench/browser.py [--seconds 10]

The bundled performance plays, from ten seconds after the beginning of each part, in a window of
1280 x 900. The baseline is the rate at which Chromium asks the same page for frames while nothing
on it moves. The stage draws with fewer pixels where frames come late, so beside the rate stands the
part of the picture's width that it had at the end.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

import click
from results import Row, show

from descant.page.assembly import page
from descant.page.data import page_data

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from support.browser import WEBGL, Browser, chromium

SETTLES_S = 10.0
ASKED = 0.995  # of the frames that the browser asks for: all but one late one in 200
FRAMES = """
const [seconds, done] = arguments;
let count = 0, first = null;
const frame = (now) => {
  first ??= now;
  if (now - first < seconds * 1000) { count += 1; requestAnimationFrame(frame); }
  else done(count * 1000 / (now - first));
};
requestAnimationFrame(frame);
"""
WIDTH = "const c = document.querySelector('#piece canvas'); return c.width / c.clientWidth;"
TITLES = ("Cubics", "Knots", "Knots over the performer", "Cubics in bubbles")


def press(browser: Browser, words: str) -> None:
    """Press a button of the section by what stands on it."""
    path = f"//section[@id='piece']//button[contains(normalize-space(.), '{words}')]"
    browser.driver.find_element("xpath", path).click()


def rate(browser: Browser, seconds: float) -> float:
    """Frames a second, over so many seconds."""
    found: float = browser.driver.execute_async_script(FRAMES, seconds)
    return found


def measured(browser: Browser, seconds: float) -> list[Row]:
    """A row for each part."""
    browser.driver.set_script_timeout(seconds + 60)
    idle = rate(browser, seconds)
    browser.run("document.querySelector('#piece canvas').scrollIntoView()")
    press(browser, "Hear the performance")
    rows = []
    for number, title in enumerate(TITLES, start=1):
        press(browser, title)  # the first button with these words
        time.sleep(SETTLES_S)
        figure = rate(browser, seconds)
        width = browser.run(WIDTH)
        what = f"part {number}"
        rows.append(Row(what, figure, "nothing moves", idle, "1/s", ASKED, more_is_better=True))
        rows.append(Row(f"{what}, width drawn", width * 100, "whole", 100.0, "%"))
    return rows


@click.command()
@click.option("--seconds", default=10.0, show_default=True, help="Length of each measurement.")
def command(seconds: float) -> None:
    """Measure the page's piece."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "descant.html"
        path.write_text(page(page_data()), encoding="utf-8")
        with chromium(Path(folder) / "profile", *WEBGL) as browser:
            browser.show(path, width=1280)
            rows = measured(browser, seconds)
    show("The page's piece in Chromium", rows, how=f"{seconds:g} s each")


if __name__ == "__main__":
    command()
