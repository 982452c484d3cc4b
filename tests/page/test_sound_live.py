# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The page's synthesiser as it plays live: when browsers let it, and without clicks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from selenium.webdriver.common.by import By

from support.browser import Browser
from support.page_sound import bend_bound, settings_json, write_sound_page

pytestmark = pytest.mark.slow


@pytest.fixture
def page(browser: Browser, tmp_path: Path) -> Browser:
    browser.complaints()
    browser.show(write_sound_page(tmp_path / "sound.html", settings_json(), _EARLY))
    return browser


# Before anything was touched: everything is accepted and nothing is made.
_EARLY = """
window.sound = new Sound(settings);
window.take = (key, on = true, id = key) =>
  sound.take({ kind: "note", timeNs: 0, id, on, key, velocity: 100, velocity14bit: 12800 });
take(60);
sound.take({ kind: "pedal", timeNs: 0, pedal: 64, value: 127 });
sound.strike({ id: "a", key: 64 });
sound.retune(0.5);
sound.state({ timeNs: 0, loss: 0.25, notes: [] });
sound.change({ ...settings, level: -12 });
sound.change(settings);
sound.release("a");
window.early = [sound.context, sound.analyser, sound.suspended, sound.now()];
window.touched = 0;
document.querySelector("button").onclick = () => { touched = sound.resume(); };
"""
_WAIT = "const wait = (ms) => new Promise((done) => setTimeout(done, ms));"
# The highest sample that the analyser has now; waiting for a condition, 20 s at most.
_PEAK = """
const peak = () => {
  const samples = new Float32Array(sound.analyser.fftSize);
  sound.analyser.getFloatTimeDomainData(samples);
  return Math.max(...samples.map(Math.abs));
};
const until = async (condition) => {
  for (let waited = 0; !condition() && waited < 20_000; waited += 20) await wait(20);
  return condition();
};
const sounds = () => until(() => peak() > 0.05);
"""


def run(page: Browser, body: str) -> Any:
    """What the asynchronous JavaScript `body` returns."""
    script = f"""
    const done = arguments[0];
    {_WAIT}{_PEAK}
    (async () => {{ {body} }})().then(done, (error) => done(String(error.stack)));
    """
    return page.driver.execute_async_script(script)


def touch(page: Browser) -> None:
    page.driver.find_element(By.TAG_NAME, "button").click()


def test_nothing_is_made_before_a_touch_and_it_plays_after_one(page: Browser) -> None:
    assert page.run("return early;") == [None, None, True, 0]
    touch(page)
    assert run(page, "return [await touched, sound.suspended, sound.context.state];") == [
        True, False, "running",
    ]  # fmt: skip
    body = "await wait(150); const before = peak(); take(62); return [before, await sounds()];"
    before, after = run(page, body)
    assert before == 0, "what was played before the touch is not heard now"
    assert after
    assert page.complaints() == []


def test_a_note_in_the_touch_itself_is_heard(page: Browser) -> None:
    page.run('document.querySelector("button").onclick = () => { sound.resume(); take(57); };')
    touch(page)
    assert run(page, "return await sounds();")


def test_without_a_touch_it_says_that_it_is_suspended(tmp_path: Path, browser: Browser) -> None:
    start = "window.early = (async () => [await sound.resume(), sound.suspended])();"
    early = _EARLY.replace("window.early", "window.before") + start
    browser.show(write_sound_page(tmp_path / "early.html", settings_json(), early))
    assert run(browser, "return await early;") == [False, True]
    assert all("AudioContext was not allowed to start" in text for text in browser.complaints())


def test_a_browser_without_audio_is_quiet(tmp_path: Path, browser: Browser) -> None:
    body = "delete window.AudioContext; delete window.webkitAudioContext;" + _EARLY
    body += "window.resumed = sound.resume(); sound.panic(); take(60);"
    browser.show(write_sound_page(tmp_path / "none.html", settings_json(), body))
    assert run(browser, "return [await resumed, sound.suspended, sound.context];") == [
        False, True, None,
    ]  # fmt: skip
    assert browser.complaints() == []


def test_a_hidden_page_is_silent_and_plays_on_when_it_is_seen(page: Browser) -> None:
    touch(page)
    body = """
    const show = (hidden) => {
      Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
      document.dispatchEvent(new Event("visibilitychange"));
    };
    await touched;
    take(60);
    const heard = await sounds();
    show(true);
    const suspends = await until(() => sound.context.state === "suspended");
    take(72); take(73); take(60, false);
    show(false);
    const resumes = await until(() => sound.context.state === "running");
    const falls = await until(() => peak() === 0);
    await wait(400);
    const left = peak();
    take(64);
    return [heard, suspends, resumes, falls, left, await sounds()];
    """
    assert run(page, body) == [True, True, True, True, 0, True]
    assert page.complaints() == []


# Four seconds of attacks, releases, restrikes, glides and panics on one string.
_PLAY = """
await touched;
const code = `registerProcessor("tap", class extends AudioWorkletProcessor {
  process([input]) { if (input.length) this.port.postMessage([currentFrame, input[0].slice()]);
    return true; } });`;
await sound.context.audioWorklet.addModule("data:text/javascript," + encodeURIComponent(code));
const tap = new AudioWorkletNode(sound.context, "tap");
const blocks = [];
tap.port.onmessage = ({ data }) => blocks.push(data);
sound.analyser.connect(tap).connect(sound.context.destination);
let seed = 7;
const chance = () => (seed = (seed * 16807) % 2147483647) / 2147483647;
const end = performance.now() + 4000;
while (performance.now() < end) {
  const choice = chance();
  if (choice < 0.5) take(33);
  else if (choice < 0.7) take(33, false);
  else if (choice < 0.9) sound.state({ timeNs: 0, loss: chance(), notes: [] });
  else if (choice < 0.93) sound.panic();
  else sound.take({ kind: "pedal", timeNs: 0, pedal: 64, value: Math.floor(128 * chance()) });
  await wait(20 * chance());
}
let [worst, peakLevel, last] = [0, 0, null];
const bends = [];
for (const [frame, samples] of blocks) {
  const follows = last && last[0] + 128 === frame;
  const x = follows ? [...last[1].slice(-2), ...samples] : [...samples];
  for (let i = 2; i < x.length; i++) bends.push(Math.abs(x[i] - 2 * x[i - 1] + x[i - 2]));
  for (const value of x) peakLevel = Math.max(peakLevel, Math.abs(value));
  last = [frame, samples];
}
bends.sort((a, b) => b - a);
return { rate: sound.context.sampleRate, bends: bends.slice(0, 40), peak: peakLevel };
"""


def test_live_play_has_no_clicks(page: Browser) -> None:
    """But where this machine stops the page between a look at the clock and its schedule.

    Then the page schedules further ahead; each such stop bends the sound once or twice.
    """
    touch(page)
    found = run(page, _PLAY)
    assert found["peak"] > 0.2
    bound = bend_bound([33], 1.0, found["rate"])
    assert sum(bend > bound for bend in found["bends"]) <= 4
