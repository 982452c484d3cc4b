# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Section `A note`: words, pictures and sound follow L; two partials can be heard alone."""

from __future__ import annotations

import time

import pytest
from selenium.webdriver.common.action_chains import ActionChains

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]

CHORD = "#note [data-figure=chord]"
HELPERS = """
window.figure = document.querySelector("#note [data-figure=chord]");
window.setTo = (place) => {
  const input = figure.querySelector("input[type=range]");
  input.value = place;
  input.dispatchEvent(new Event("input"));
};
window.choose = (words) =>
  [...figure.querySelectorAll("input[type=radio]")].find((e) => e.ariaLabel === words).click();
window.words = () => [...figure.querySelectorAll(".readout .value")].map((e) => e.textContent);
"""


@pytest.fixture(scope="module")
def loaded(browser, page_file):
    browser.show(page_file, width=1280)
    browser.run(HELPERS)
    return browser


@pytest.fixture
def shown(loaded):
    loaded.complaints()
    loaded.run("choose('octave'); setTo(0)")
    yield loaded
    assert loaded.complaints() == []


def test_an_octave_beats_as_its_overtone_leaves_the_upper_note(shown):
    # place ** 3 / 2 is L; the upper note is the C of 523.25 Hz, where the overtone belongs
    for place, words in (
        (0.0, "no beats: 2 \u00d7 C4 and C5 agree"),
        (0.3, "7.1 beats a second between 2 \u00d7 C4 and C5"),  # L = 0.0135
        (0.5, "33 beats a second between 2 \u00d7 C4 and C5: too fast to count, a rasp"),
    ):
        shown.run(f"setTo({place})")
        assert shown.run("return words()[1]") == words
    roughness = []
    for place in (0.0, 0.2, 0.5, 1.0):
        shown.run(f"setTo({place})")
        roughness.append(shown.run("return words()[0]"))
    assert [words.split(" (")[0] for words in roughness] == [
        "smooth", "a little rough", "as rough as it gets", "smooth",
    ]  # fmt: skip


def test_one_note_has_no_beats_and_a_cluster_beats_in_tune(shown):
    shown.run("choose('one note')")
    assert shown.run("return words()[1]") == "none: no two partials of one note stand close"
    shown.run("choose('cluster'); setTo(0)")
    assert "beats a second between C4 and" in shown.run("return words()[1]")


def test_the_roughness_of_a_chord_is_told_against_the_chord_in_tune(shown):
    for chord, place, words in (
        ("C major", 0.0, "as rough as in tune"),
        ("C major", 0.57, "as rough as it gets"),
        ("C major", 1.0, "smoother than in tune"),
        ("cluster", 0.0, "very rough, in tune or not"),
    ):
        shown.run(f"choose({chord!r}); setTo({place})")
        assert shown.run("return words()[0]").split(" (")[0] == words


def test_a_value_in_words_is_read_once(shown):
    """The words of a slider are its `aria-valuetext`; what moves by itself is not read out."""
    live = "[...document.querySelectorAll('#note output, #cubic output')].map((o) => o.ariaLive)"
    assert set(shown.run(f"return {live}")) == {"off"}


def test_two_partials_are_heard_alone_while_the_button_is_held(shown):
    shown.run("figure.querySelector('.row.ends').scrollIntoView({block: 'center'})")
    button = shown.driver.find_element("css selector", f"{CHORD} .row.ends button")
    shown.run(
        "window.made = []; const start = OscillatorNode.prototype.start;"
        "OscillatorNode.prototype.start = function (...a) {"
        "made.push(this); start.apply(this, a); };"
    )
    ActionChains(shown.driver).click_and_hold(button).perform()
    shown.wait_for("made.length === 2")
    shown.run("setTo(0.5)")
    shown.wait_for("Math.abs(made.map((o) => o.frequency.value).sort()[1] - 555.95) < 0.5")
    ActionChains(shown.driver).release(button).perform()
    assert button.get_dom_attribute("aria-pressed") == "false"


def test_it_comes_into_tune_by_itself_until_the_slider_is_touched(shown):
    shown.run("figure.scrollIntoView({block: 'center'})")
    button = shown.driver.find_element("css selector", f"{CHORD} button[aria-keyshortcuts=l]")
    ActionChains(shown.driver).click(button).perform()
    place = "Number(figure.querySelector('input[type=range]').value)"
    shown.wait_for(f"{place} > 0.5")
    shown.wait_for(f"{place} < 0.4")
    shown.run("setTo(0.7)")
    time.sleep(0.6)  # more than two steps
    assert shown.run(f"return {place}") == pytest.approx(0.7)


def test_the_picture_follows(shown):
    shown.run("figure.scrollIntoView(); setTo(0)")
    shown.settle()
    data = "figure.querySelector('canvas').toDataURL()"
    before = shown.run(f"return {data}")
    shown.run(f"setTo(0.6); window.before = {before!r}")
    shown.wait_for(f"{data} !== before")
