# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The page in a real browser: it draws, answers to pointer and keys, and asks for nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from descant.report.analysis import analyse
from descant.report.bag_data import load_bag
from descant.report.output import write_page
from support.browser import Browser, chromium
from support.reporting import faulty, played

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]

VIEW = "const t = window.timelines[0]; return [t.from, t.to]"
DRAWN = """
const { canvas } = window.timelines[%d];
const pixels = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
let n = 0; for (let i = 3; i < pixels.length; i += 4) n += pixels[i] > 0;
return n / (pixels.length / 4);
"""


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("page")
    bags = [played(folder / "played"), faulty(folder / "faulty")]
    write_page([analyse(load_bag(bag)) for bag in bags], folder / "report.html")
    return folder / "report.html"


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with chromium(tmp_path_factory.mktemp("profile")) as found:
        yield found


@pytest.fixture
def shown(browser: Browser, page: Path) -> Iterator[Browser]:
    browser.show(page)
    yield browser
    assert browser.complaints() == []


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("dark", [False, True])
def test_it_is_drawn_without_a_complaint_or_a_request_and_fits(browser, page, width, dark):
    browser.requests()
    browser.show(page, width=width, dark=dark)
    assert browser.requests() == [page.resolve().as_uri()]
    assert browser.complaints() == []
    assert [browser.run(DRAWN % n) > 0.03 for n in range(2)] == [True, True]
    assert browser.run("return document.documentElement.scrollWidth") <= width
    page_colour = browser.run("return getComputedStyle(document.documentElement).backgroundColor")
    assert (page_colour == "rgb(11, 12, 17)") == dark
    assert browser.run("return document.fonts.check('12px STIXGeneral')")


def test_the_pointer_reads_values_and_a_note(shown):
    """The readout names the note that is under the pointer, as it was played."""
    place = shown.run("""
        const t = window.timelines[0], { notes } = t.data, n = 20;
        const box = t.canvas.getBoundingClientRect();
        t.show(notes.start[n] - 0.5, notes.start[n] + 0.5);
        const x = t.x((notes.start[n] + notes.end[n]) / 2), y = height(t.tracks[0], notes.key[n]);
        const where = { clientX: box.left + x, clientY: box.top + y };
        t.canvas.dispatchEvent(new PointerEvent("pointermove", where));
        return [pitch(notes.key[n]), notes.velocity[n], t.readout.textContent];
    """)
    name, velocity, readout = place
    assert f"note {name}, velocity {velocity}, loss at onset" in readout
    for word in ("time 0:", "step ", "loss ", "gradient ", "dissonance ", "notes/s "):
        assert word in readout


def test_buttons_keys_wheel_and_a_drag_move_all_tracks_together(shown):
    from selenium.webdriver import ActionChains, Keys
    from selenium.webdriver.common.by import By

    begin, end = shown.run(VIEW)
    canvas = shown.driver.find_element(By.CSS_SELECTOR, ".timeline canvas")
    shown.driver.find_element(By.CSS_SELECTOR, "[data-zoom=in]").click()
    closer = shown.run(VIEW)
    assert closer[1] - closer[0] == pytest.approx((end - begin) / 2)
    assert sum(closer) == pytest.approx(begin + end)  # about the middle

    ActionChains(shown.driver).drag_and_drop_by_offset(canvas, 200, 0).perform()
    dragged = shown.run(VIEW)
    assert dragged[0] < closer[0]
    assert dragged[1] - dragged[0] == pytest.approx(closer[1] - closer[0])

    canvas.send_keys("+")
    canvas.send_keys(Keys.ARROW_RIGHT)
    keyed = shown.run(VIEW)
    assert keyed[1] - keyed[0] == pytest.approx(0.6 * (dragged[1] - dragged[0]))

    shown.run("""
        const t = window.timelines[0], box = t.canvas.getBoundingClientRect();
        const where = { clientX: box.left + 500, clientY: box.top + 100 };
        const turned = { deltaY: -200, ctrlKey: true, cancelable: true, ...where };
        t.canvas.dispatchEvent(new WheelEvent("wheel", turned));
    """)
    wheeled = shown.run(VIEW)
    assert wheeled[1] - wheeled[0] < keyed[1] - keyed[0]
    ActionChains(shown.driver).double_click(canvas).perform()
    assert shown.run(VIEW) == pytest.approx([begin, end])


def test_one_value_among_many_is_drawn_at_its_full_height(shown):
    """100,000 values in 1,000 columns, one of them high: its column reaches the top."""
    top = shown.run("""
        const canvas = document.createElement("canvas");
        canvas.width = 1000; canvas.height = 100;
        const ctx = canvas.getContext("2d"), track = { top: 0, size: 100, range: [0, 1] };
        ctx.strokeStyle = "#000";
        const value = (i) => i === 31415 ? 1 : 0;
        envelope(ctx, track, 100000, (i) => i, value, (t) => t / 100, () => true);
        const { data } = ctx.getImageData(314, 0, 1, 100);
        return data.filter((alpha, i) => i % 4 === 3 && alpha > 0).length;
    """)
    assert top >= 99
