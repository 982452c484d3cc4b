# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Section "A real night" in a browser: its numbers are the bag's, by keys and by mouse."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys

from descant.bags.reader import read
from descant.conductor.settings import ConductorSettings
from descant.learner.settings import LearnerSettings
from descant.page import recording as module
from descant.page.assembly import page
from descant.page.data import page_data
from descant.page.recording import recording_data
from descant.picture.note_bars import time_span
from descant.types import State
from support.browser import Browser
from support.performed import midi_file, performed_bag

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]

RECORDINGS = Path(__file__).parents[1] / "recordings"
BUNDLED = Path(__file__).parents[2] / "share" / "midi" / "performance.mid"
WIDTHS = [1280, pytest.param(390, marks=pytest.mark.proof)]
FIGURE = "document.querySelector('#night [data-figure]')"
ROLL = "#night canvas"
EVERY = """
const { _night: night, steps } = descant.night;
return Array.from(night.states.time, (_, i) => steps.state(i)).map((s) =>
  [s.episode, s.attempt, s.step, s.status, s.loss, s.residual,
   ...s.theta, ...s.gradient, ...s.target]);
"""
FIRST = """
const { _night: night, steps } = descant.night;
return Array.from(night.attempts.first, (i) => steps.state(i).loss);
"""


@pytest.fixture(scope="module")
def bundled_bag(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bundled performance as it is recorded today."""
    folder = tmp_path_factory.mktemp("bundled") / "tonight"
    return performed_bag(
        folder, midi_file(BUNDLED), conductor=ConductorSettings(), devices=False
    )  # fmt: skip


@pytest.fixture(scope="module")
def bundled(bundled_bag: Path) -> Path:
    return page_of(bundled_bag, bundled_bag.parent)


def page_of(bag: Path, folder: Path) -> Path:
    path = folder / f"{bag.name}.html"
    path.write_text(page(page_data(), recording_data(bag)), encoding="utf-8")
    return path


def show(browser: Browser, path: Path, width: int = 1280) -> None:
    browser.complaints()
    browser.show(path, width=width)
    browser.run(f"{FIGURE}.scrollIntoView({{behavior: 'instant'}})")
    browser.wait_for("descant.night", 60)
    browser.settle()


def numbers(states: list[State]) -> list[list[float]]:
    return [
        [s.episode, s.attempt, s.step, int(s.status), s.loss, s.residual, *s.theta, *s.gradient,
         *s.target]
        for s in states
    ]  # fmt: skip


def line(browser: Browser) -> str:
    return str(browser.run("return document.querySelector('#night [role=status]').textContent"))


def press(browser: Browser, *keys: str) -> None:
    for key in keys:
        browser.driver.switch_to.active_element.send_keys(key)
    browser.settle()


def button(browser: Browser, words: str) -> None:
    script = "[...document.querySelectorAll('#night button')].find(b => b.textContent.includes"
    element = browser.driver.execute_script(f"return {script}({words!r}))")
    browser.driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", element)
    element.click()
    browser.settle()


def test_every_number_is_that_of_the_bag(browser, bundled, bundled_bag):
    show(browser, bundled)
    states = [entry.state for entry in read(bundled_bag).states]
    assert browser.run(EVERY) == numbers(states)
    assert browser.complaints() == []


@pytest.mark.parametrize("name", ["0.1/performance", "0.1/parameters_changed", "0.2/studies"])
def test_numbers_of_the_first_arithmetic_differ_in_the_last_bits(browser, tmp_path, name):
    show(browser, page_of(RECORDINGS / name, tmp_path))
    states = [entry.state for entry in read(RECORDINGS / name).states]
    for ours, theirs in zip(browser.run(EVERY), numbers(states), strict=True):
        assert ours == pytest.approx(theirs, rel=1e-12, abs=1e-12)
    assert browser.complaints() == []


@pytest.mark.parametrize(
    "optimiser",
    [*(pytest.param(n, marks=pytest.mark.proof) for n in ("momentum", "adam")), "lbfgs"],
)
def test_other_optimisers_and_settings_are_computed(browser, tmp_path, optimiser):
    settings = LearnerSettings(
        optimiser=optimiser, trigger="held_chord", family="knot", held_rate=30.0, loss="mae",
        knot_batch=50, learning_rate=0.05,
    )  # fmt: skip
    bag = performed_bag(tmp_path / "night", midi_file(BUNDLED), settings, devices=False)
    show(browser, page_of(bag, tmp_path))
    states = [entry.state for entry in read(bag).states]
    assert len(states) > 100
    assert browser.run("return Object.keys(descant.night._night.stored)") == []
    assert browser.run(EVERY) == numbers(states)


def test_a_start_is_computed_from_seed_and_settings_alone(browser, bundled, bundled_bag):
    show(browser, bundled)
    states = [entry.state for entry in read(bundled_bag).states]
    assert browser.run(FIRST) == [state.loss for state in states if state.step == 0]
    assert browser.run("return Object.keys(descant.night._night.stored)") == []


def test_without_a_recording_the_page_performs_the_same_night(browser, page_file, bundled):
    ask = """
    const { _night: n } = descant.night;
    return [n.notes, n.pedals, n.states].map((columns) => Object.entries(columns).map(
      ([name, values]) => [name, Array.from(values)]));
    """
    shown = []
    for path in (page_file, bundled):
        show(browser, path)
        shown.append(browser.run(ask))
        for columns in shown[-1]:
            columns.sort()
    assert shown[0][1:] == shown[1][1:]
    for (name, ours), (_, theirs) in zip(shown[0][0], shown[1][0], strict=True):
        assert ours == pytest.approx(theirs, abs=1), name


def test_its_dissonance_is_that_of_python(browser, page_file, bundled):
    ask = "return Array.from(descant.night._night.dissonance.values)"
    show(browser, page_file)
    browser.wait_for("descant.night._night.dissonance", 60)
    ours = browser.run(ask)
    show(browser, bundled)
    theirs = browser.run(ask)
    assert ours == pytest.approx(theirs, abs=0.02 * max(theirs))


@pytest.mark.parametrize("width", WIDTHS)
def test_episodes_and_steps_by_keys(browser, bundled, bundled_bag, width):
    show(browser, bundled, width)
    states = [entry.state for entry in read(bundled_bag).states]
    starts = [number for number, state in enumerate(states) if state.step == 0]
    browser.run(f"document.querySelector('{ROLL}').focus()")
    press(browser, Keys.ARROW_DOWN, Keys.ARROW_DOWN)
    assert line(browser).startswith("Episode 3 of 22, step 0: loss ")
    press(browser, ".", ".")
    state = states[starts[2] + 2]
    assert browser.run(
        "return Number(document.querySelector('#night .learning').dataset.loss)"
    ) == (state.loss)
    assert "step 2: loss" in line(browser)
    cells = "[...document.querySelectorAll('#night td.gradient')].map(e => Number(e.dataset.value))"
    assert browser.run(f"return {cells}") == list(state.gradient)
    press(browser, ",", "[")
    assert line(browser).startswith("Episode 2 of 22, step 0")
    browser.run("document.querySelectorAll('#night input[type=range]')[1].focus()")
    press(browser, Keys.ARROW_RIGHT)
    assert "Episode 2 of 22, step 1: loss" in line(browser)
    assert browser.run("return document.activeElement.getAttribute('aria-valuetext')").startswith(
        "step 1 of "
    )
    assert browser.complaints() == []


@pytest.mark.parametrize("width", WIDTHS)
def test_episodes_and_steps_by_mouse(browser, bundled, bundled_bag, width):
    show(browser, bundled, width)
    button(browser, "Next episode")
    button(browser, "Step forward")
    assert line(browser).startswith("Episode 2 of 22, step 1")
    button(browser, "Step back")
    button(browser, "Previous episode")
    assert line(browser).startswith("Episode 1 of 22, step 0")
    roll = browser.driver.find_element("css selector", ROLL)
    browser.run(f"document.querySelector('{ROLL}').scrollIntoView({{block: 'center'}})")
    ActionChains(browser.driver).move_to_element(roll).click().perform()
    browser.settle()
    middle = browser.run("return descant.night.player.time")
    states = [entry.state for entry in read(bundled_bag).states]
    begin = time_span(read(bundled_bag)).start_ns
    (state,) = [s for s in states if (s.time_ns - begin) / 1e6 <= middle][-1:]
    assert f"step {state.step}: loss" in line(browser)
    assert browser.complaints() == []


def test_zoom_and_pan_by_keys_wheel_and_drag(browser, bundled):
    show(browser, bundled)
    sight = "return [descant.night.axis._goalFrom, descant.night.axis._goalTo]"
    browser.run(f"document.querySelector('{ROLL}').focus()")
    whole = browser.run(sight)
    press(browser, "+", "+", "+")
    nearer = browser.run(sight)
    assert nearer[1] - nearer[0] == pytest.approx((whole[1] - whole[0]) / 1.6**3, rel=0.01)
    press(browser, *[Keys.SHIFT + Keys.ARROW_RIGHT] * 4)
    moved = browser.run(sight)
    assert moved[0] > nearer[0]
    assert moved[1] - moved[0] == pytest.approx(nearer[1] - nearer[0])
    roll = browser.driver.find_element("css selector", ROLL)
    ActionChains(browser.driver).click_and_hold(roll).move_by_offset(200, 0).release().perform()
    assert browser.run(sight)[0] < moved[0]
    browser.run(
        f"document.querySelector('{ROLL}').dispatchEvent(new WheelEvent('wheel', "
        "{deltaY: -100, ctrlKey: true, clientX: 600, bubbles: true, cancelable: true}))"
    )
    closer = browser.run(sight)
    assert closer[1] - closer[0] < moved[1] - moved[0]
    press(browser, "-")
    assert browser.run(sight)[1] - browser.run(sight)[0] > closer[1] - closer[0]
    press(browser, Keys.HOME)
    assert browser.run(sight) == whole
    assert browser.run("return scrollY") > 0


def test_two_fingers_zoom_and_one_pans(browser, bundled):
    show(browser, bundled, 390)
    browser.run(f"document.querySelector('{ROLL}').scrollIntoView({{block: 'center'}})")
    box = browser.run(
        f"const r = document.querySelector('{ROLL}').getBoundingClientRect(); return [r.x, r.y]"
    )

    def touch(kind: str, *places: float) -> None:
        points = [{"x": box[0] + x, "y": box[1] + 100, "id": n} for n, x in enumerate(places)]
        command = {"type": kind, "touchPoints": points}
        browser.driver.execute_cdp_cmd("Input.dispatchTouchEvent", command)

    size = "descant.night.axis.to - descant.night.axis.from"
    whole = browser.run(f"return {size}")
    touch("touchStart", 150, 200)
    touch("touchMove", 100, 250)
    touch("touchMove", 50, 300)
    touch("touchEnd")
    nearer = browser.run(f"return {size}")
    assert nearer == pytest.approx(whole / 5, rel=0.02)
    before = browser.run("return descant.night.axis.from")
    touch("touchStart", 250)
    for x in (240, 200, 150):
        touch("touchMove", x)
    touch("touchEnd")
    assert browser.run("return descant.night.axis.from") > before
    assert browser.run(f"return {size}") == pytest.approx(nearer)
    assert browser.complaints() == []


def test_playing_moves_the_playhead_and_follows_the_episodes(browser, bundled):
    show(browser, bundled)
    browser.run("descant.night._seek(20000)")
    before = line(browser)
    button(browser, "Play from here")
    browser.wait_for("descant.night.player.time > 23500")
    assert line(browser) != before
    assert browser.run("return descant.night.player.playing")
    assert not browser.run("return descant.sound.suspended")
    browser.run(
        "const { analyser } = descant.sound; window.heard = new Float32Array(analyser.fftSize);"
    )
    browser.wait_for(
        "(descant.sound.analyser.getFloatTimeDomainData(heard), heard.some((v) => v > 1e-3))"
    )
    browser.run(f"document.querySelector('{ROLL}').focus()")
    press(browser, " ")
    assert not browser.run("return descant.night.player.playing")
    stopped = browser.run("return descant.night.player.time")
    browser.settle()
    assert browser.run("return descant.night.player.time") == stopped
    browser.run("descant.night.player.seek(descant.night._night.length - 300)")
    button(browser, "Play from here")
    browser.wait_for("!descant.night.player.playing")
    assert browser.complaints() == []


def test_another_section_that_plays_stops_it(browser, bundled):
    show(browser, bundled)
    button(browser, "Play from here")
    browser.run("descant.claim(() => {})")
    assert not browser.run("return descant.night.player.playing")


def test_remarks_are_shown(browser, tmp_path, bundled_bag):
    data = recording_data(bundled_bag)
    data |= {"remarks": ["It was cut off."], "stride": 4}
    path = tmp_path / "cut.html"
    path.write_text(page(page_data(), data), encoding="utf-8")
    show(browser, path)
    words = browser.run(f"return {FIGURE}.textContent")
    assert "It was cut off." in words
    assert "every 4th step" in words


def test_attempts_that_are_stored_are_shown(browser, tmp_path, monkeypatch):
    bag = RECORDINGS / "0.1" / "part1"
    recording = read(bag)
    monkeypatch.setattr(module, "read", lambda path, namespace: replace(recording, settings=()))
    show(browser, page_of(bag, tmp_path))
    assert browser.run(EVERY) == numbers([entry.state for entry in recording.states])
    assert "its numbers are those of the recording" in browser.run(f"return {FIGURE}.textContent")
    assert browser.complaints() == []
