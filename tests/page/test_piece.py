# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The section "The piece" in a real browser: keys, parts, files, link."""

from __future__ import annotations

import json
import struct
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from descant.cli import cli
from descant.conductor.core import Conductor
from descant.conductor.settings import ConductorSettings
from descant.learner.settings import LearnerSettings
from descant.performance.perform import perform
from descant.piano.midifile import load
from descant.programme.reading import load_programme
from descant.resources import resource
from descant.types import LearningStatus, State
from support.browser import Browser
from support.notes import on
from support.odd_midi_files import SAME_NOTES
from support.state_hash import sha256

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

KEEP = """
const piece = document.getElementById('piece').piece;
window.heard = {state: [], note: [], episode: [], pedal: []};
for (const kind of Object.keys(heard)) {
  const pass = piece.session.outlet[kind];
  piece.session.outlet[kind] = (event) => { heard[kind].push(event); pass(event); };
}
"""
"""Keeps what happens in `heard`."""

PACK = """
const view = new DataView(new ArrayBuffer(8));
const bits = (x) => (view.setFloat64(0, x), view.getBigUint64(0).toString(16).padStart(16, '0'));
return heard.state.map((s) => [s.timeNs, s.events, s.cause, s.episode, s.attempt, s.step, s.status,
  String(s.seed), s.family, [...s.target].map(bits), [...s.theta].map(bits), bits(s.loss),
  bits(s.residual), [...s.gradient].map(bits), s.notes]);
"""


class Piece:
    """The section, and the means of a visitor."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser

    def run(self, script: str) -> Any:
        return self.browser.run(f"const piece = document.getElementById('piece').piece;{script}")

    def scroll(self) -> None:
        """Bring the keyboard into sight."""
        for _ in range(2):
            self.browser.run("document.querySelector('#piece .piano').scrollIntoView(false);")
            self.browser.settle()

    def press(self, words: str) -> None:
        """Click a button by what stands on it."""
        path = f"//section[@id='piece']//button[contains(., '{words}')]"
        button = self.browser.driver.find_element("xpath", path)
        self.browser.driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", button)
        button.click()

    def open(self, words: str) -> None:
        """Open what is folded."""
        path = f"//section[@id='piece']//summary[contains(., '{words}')]"
        self.browser.driver.find_element("xpath", path).click()

    def key(self, code: str, *, down: bool, text: str = "", shift: bool = False) -> None:
        """Let a key of the computer go down or up, at its place on the keyboard."""
        self.browser.driver.execute_cdp_cmd(
            "Input.dispatchKeyEvent",
            {"type": "keyDown" if down else "keyUp", "code": code, "key": text or code,
             "modifiers": 8 if shift else 0},
        )  # fmt: skip

    def tap(self, code: str, text: str = "") -> None:
        self.key(code, down=True, text=text)
        self.key(code, down=False, text=text)

    def place(self, key: int, height: float = 0.8) -> tuple[float, float]:
        """Where a piano key is in the window."""
        x, y = self.run(
            f"const e = document.querySelector('.key[data-key=\"{key}\"]');"
            "const r = e.getBoundingClientRect();"
            f"return [r.left + r.width / 2, r.top + {height} * r.height];"
        )
        return x, y

    def touch(self, kind: str, *keys: int) -> None:
        """Fingers on these keys: `kind` is touchStart, touchMove or touchEnd."""
        places = [self.place(key) for key in keys]
        points = [{"x": x, "y": y, "id": i} for i, (x, y) in enumerate(places)]
        self.browser.driver.execute_cdp_cmd(
            "Input.dispatchTouchEvent", {"type": kind, "touchPoints": points}
        )

    def mouse(self, kind: str, key: int, height: float = 0.8) -> None:
        x, y = self.place(key, height)
        self.browser.driver.execute_cdp_cmd(
            "Input.dispatchMouseEvent",
            {"type": kind, "x": x, "y": y, "button": "left", "buttons": 1, "clickCount": 1},
        )

    def notes(self) -> list[tuple[int, bool]]:
        return [(n["key"], n["on"]) for n in self.run("return heard.note;")]

    def states(self) -> list[State]:
        return [_state(row) for row in self.run(PACK)]

    @property
    def words(self) -> str:
        """What stands under the picture, and the message."""
        time.sleep(0.2)
        text: str = self.run(
            "return ['.status', '.message'].map((name) =>"
            "document.querySelector('#piece ' + name).innerText).join('\\n');"
        )
        return text


def _state(row: list[Any]) -> State:
    def number(digits: str) -> float:
        value: float = struct.unpack(">d", bytes.fromhex(digits))[0]
        return value

    *whole, seed, family, target, theta, loss, residual, gradient, notes = row
    whole[6] = LearningStatus(whole[6])
    vectors = [tuple(map(number, v)) for v in (target, theta, gradient)]
    return State(*whole, int(seed), family, vectors[0], vectors[1],
                 number(loss), number(residual), vectors[2], tuple(notes))  # fmt: skip


@pytest.fixture
def opened(browser: Browser, page_file: Path, tmp_path: Path) -> Iterator[Callable[..., Piece]]:
    """Open the page at the piece; `address`: what stands after the file's name."""

    def show(*, width: int = 1280, address: str = "") -> Piece:
        browser.complaints()
        browser.show(page_file, width=width)
        if address:
            browser.driver.get("about:blank")
            browser.driver.get(page_file.as_uri() + address)
        browser.driver.execute_cdp_cmd(
            "Browser.setDownloadBehavior", {"behavior": "allow", "downloadPath": str(tmp_path)}
        )
        browser.run(KEEP)
        found = Piece(browser)
        found.scroll()
        return found

    yield show
    assert browser.complaints() == []


def _downloaded(folder: Path) -> Path:
    end = time.monotonic() + 10
    while not (found := list(folder.glob("*.mid"))):
        assert time.monotonic() < end, "nothing was saved"
        time.sleep(0.05)
    return found[0]


def _play(piece: Piece) -> None:
    """A little of part 1 and part 2 on the computer's keys."""
    piece.press("Start the sound")
    piece.tap("KeyZ", "z")
    for code in ("KeyQ", "KeyW", "KeyE", "KeyR", "KeyT", "KeyQ"):
        piece.tap(code, code[-1].lower())
    piece.press("Next part")
    end = time.monotonic() + 60.0
    while not _knot_steps(piece) and time.monotonic() < end:
        _hold_chord(piece)  # on a busy machine its keys may come too late one after the other


def _knot_steps(piece: Piece) -> int:
    return sum(state.family == "knot" for state in piece.states())


def _hold_chord(piece: Piece) -> None:
    for code in ("KeyZ", "KeyC", "KeyB"):
        piece.key(code, down=True, text=code[-1].lower())
    time.sleep(0.5)
    piece.tap("KeyU", "u")
    for code in ("KeyZ", "KeyC", "KeyB"):
        piece.key(code, down=False, text=code[-1].lower())


def test_what_was_saved_gives_the_same_states(opened: Callable[..., Piece], tmp_path: Path) -> None:
    piece = opened(address="#seed=7&learner.loss=mae")
    _play(piece)
    piece.open("Keep what you played")
    piece.press("Save as a MIDI file")
    saved = _downloaded(tmp_path)
    assert saved.name == "descant-paper-seed7.mid"
    states = piece.states()
    assert {state.family for state in states} == {"cubic", "knot"}
    assert sum(state.family == "knot" for state in states) > 10

    base = LearnerSettings()
    conductor = Conductor(ConductorSettings(), load_programme("paper"), 0)
    outputs = perform(load(saved).events(), base, conductor, fixed={"seed": 7, "loss": "mae"})
    again = [output for output in outputs if isinstance(output, State)]
    assert len(states) == len(again)
    assert sha256(states) == sha256(again)

    command = piece.run("return document.querySelector('#piece .commands').textContent;")
    whatif = next(line for line in command.splitlines() if line.startswith("descant whatif"))
    arguments = whatif.replace(saved.name, str(saved)).split()[1:]
    output = tmp_path / "table.csv"
    result = CliRunner().invoke(cli, [*arguments, "--jobs", "1", "-o", str(output)])
    assert result.exit_code == 0, result.output
    header, _, row = output.read_text(encoding="utf-8").splitlines()[:3]
    assert dict(zip(header.split(","), row.split(","), strict=True))["states"] == str(len(states))


def test_keys_by_mouse_make_episodes_and_steps(opened: Callable[..., Piece]) -> None:
    piece = opened()
    for key, height in ((40, 0.2), (64, 0.9), (66, 0.5), (67, 0.5)):
        piece.mouse("mousePressed", key, height)
        piece.mouse("mouseReleased", key, height)
    assert piece.notes() == [(k, on) for k in (40, 64, 66, 67) for on in (True, False)]
    soft, loud = (piece.run(f"return heard.note[{i}].velocity;") for i in (0, 2))
    assert (soft < 60, loud > 90) == (True, True)
    assert [state.step for state in piece.states()] == [0, 1, 2, 3]
    assert "Episode 1, step 3: loss" in piece.words


def test_a_pointer_slides_over_the_keys(opened: Callable[..., Piece]) -> None:
    piece = opened()
    piece.mouse("mousePressed", 60)
    for key in (62, 64):
        piece.mouse("mouseMoved", key)
    piece.mouse("mouseReleased", 64)
    assert piece.notes() == [(k, on) for k in (60, 62, 64) for on in (True, False)]


@pytest.mark.parametrize("width", [390, 1280])
def test_chord_by_touch(opened: Callable[..., Piece], width: int) -> None:
    piece = opened(width=width, address="#part=2")
    piece.browser.driver.execute_cdp_cmd(
        "Emulation.setTouchEmulationEnabled", {"enabled": True, "maxTouchPoints": 5}
    )
    piece.scroll()
    piece.touch("touchStart", 36, 40, 43)
    time.sleep(0.4)
    piece.touch("touchEnd")
    steps = piece.states()
    assert [key for key, on in piece.notes() if on] == [36, 40, 43]
    assert sum(not on for _, on in piece.notes()) == 3
    held_s = piece.run("return (heard.note.at(-3).timeNs - heard.note[2].timeNs) / 1e9;")
    assert steps[-1].step == int(60 * held_s)
    time.sleep(0.1)
    assert len(piece.states()) == len(steps)


def test_keys_for_both_hands_on_a_phone(opened: Callable[..., Piece]) -> None:
    piece = opened(width=390)
    keys = "return [...document.querySelectorAll('#piece .key')].map((e) => Number(e.dataset.key));"
    assert {36, 47, 60, 71} <= set(piece.run(keys))
    wide = piece.run("return document.querySelector('#piece .key').getBoundingClientRect().width;")
    assert wide >= 40
    for lower in piece.browser.driver.find_elements("css selector", "#piece .octave")[:1]:
        lower.click()
    assert {24, 35, 60} <= set(piece.run(keys))
    assert piece.run("return document.documentElement.scrollWidth <= innerWidth;")


def test_no_note_is_left_when_the_window_loses_the_focus(opened: Callable[..., Piece]) -> None:
    piece = opened()
    piece.press("Start the sound")
    piece.key("KeyQ", down=True, text="q")
    piece.key("Space", down=True, text=" ")
    piece.scroll()
    piece.mouse("mousePressed", 72)
    assert piece.run("return document.querySelectorAll('#piece .key.down').length;") == 2
    piece.run("window.dispatchEvent(new Event('blur'));")
    assert piece.run("return document.querySelectorAll('#piece .key.down').length;") == 0
    assert piece.run("return heard.pedal.at(-1).value;") == 0
    piece.key("KeyQ", down=False, text="q")
    assert sorted(piece.notes()) == [(60, False), (60, True), (72, False), (72, True)]


def test_computer_keys_by_their_place(opened: Callable[..., Piece]) -> None:
    piece = opened()
    piece.press("Start the sound")
    piece.tap("KeyZ", "y")  # of a German keyboard
    piece.key("KeyQ", down=True, text="q")
    piece.key("KeyQ", down=True, text="q")  # does not strike again
    piece.key("KeyQ", down=False, text="q")
    piece.tap("ArrowLeft")
    piece.tap("KeyZ", "y")
    assert [key for key, on in piece.notes() if on] == [36, 60, 24]
    sign = "return document.querySelector('.key[data-key=\"24\"] i').textContent;"
    assert piece.run(sign) == "Y"
    assert piece.run("return document.querySelectorAll('#piece .key.down').length;") == 0


def test_panic_and_restart(opened: Callable[..., Piece]) -> None:
    piece = opened()
    piece.press("Start the sound")
    piece.key("KeyZ", down=True, text="z")
    piece.tap("Escape")
    assert piece.notes() == [(36, True), (36, False)]
    piece.press("Begin again")
    assert "Nothing is learned yet." in piece.words
    piece.key("KeyZ", down=False, text="z")
    piece.tap("KeyX", "x")
    assert [state.episode for state in piece.states()] == [1, 1]


@pytest.mark.parametrize(
    "name", ["paper", *(pytest.param(n, marks=pytest.mark.proof) for n in ("original", "studies"))]
)
def test_every_part_of_a_programme_can_be_played(opened: Callable[..., Piece], name: str) -> None:
    piece = opened()
    piece.run(f"piece._choose('{name}');")
    count = len(load_programme(name).parts)
    for number in (*range(1, count + 1), 1):
        piece.run(f"piece.parts._goTo({number});")
        piece.run("for (const k of [40, 43, 47, 60, 64]) piece.keyboard._press(k, 90);")
        time.sleep(0.1)
        piece.run("for (const k of [40, 43, 47, 60, 64]) piece.keyboard._release(k);")
        where = piece.run("return piece.session.performance.part.number;")
        assert (where, piece.run("return heard.state.splice(0).length > 1;")) == (number, True)


def test_the_bundled_performance_plays(opened: Callable[..., Piece]) -> None:
    piece = opened()
    piece.press("Hear the performance")
    piece.browser.wait_for("heard.state.length > 8 && heard.note.length > 16", 20)
    assert piece.run("return document.querySelectorAll('#piece .key.down').length;") > 0
    piece.press("Knots over")
    piece.browser.wait_for("heard.state.at(-1).family === 'knot'", 20)
    assert piece.run("return piece.session.performance.part.number;") == 3
    piece.press("Pause")
    place = piece.run("return piece.session.positionNs;")
    down = "return document.querySelectorAll('#piece .key.down').length;"
    time.sleep(0.2)
    assert (piece.run("return piece.session.positionNs;"), piece.run(down)) == (place, 0)


def test_the_bundled_performance_is_that_of_the_concert(opened: Callable[..., Piece]) -> None:
    """Played in silence to its end, it gives the states of `perform`."""
    piece = opened()
    piece.run(
        "piece.perform(); piece.session.pause(); heard.state.length = 0;"
        "const publish = piece.session._remember.bind(piece.session);"
        "piece.session._remember = (e) => {"
        "  if (e.kind === 'state') heard.state.push(e);"
        "  publish(e); };"
        "window.done = false; piece.session.seek(4e10).then(() => (window.done = true));"
    )
    piece.browser.wait_for("done", 60)
    states = [state for state in piece.states() if state.time_ns <= 35_000_000_000]
    events = [
        event for event in load(resource("midi", "performance.mid")).events()
        if event.time_ns <= 35_000_000_000
    ]  # fmt: skip
    conductor = Conductor(ConductorSettings(), load_programme("paper"), 0)
    outputs = perform(events, LearnerSettings(), conductor, tail_ns=10**9)
    again = [o for o in outputs if isinstance(o, State) and o.time_ns <= events[-1].time_ns]
    assert sha256(states[: len(again)]) == sha256(again)


def test_a_clock_that_leaps_does_not_hurry_the_file(opened: Callable[..., Piece]) -> None:
    """A machine that slept for ten minutes: the file goes on where it was."""
    piece = opened()
    piece.press("Hear the performance")
    piece.browser.wait_for("heard.note.length > 10", 20)
    piece.run(
        "const clock = performance.now.bind(performance); performance.now = () => clock() + 6e5;"
        "heard.note.length = 0;"
    )
    piece.browser.wait_for("heard.note.length > 3", 20)
    assert piece.run("return heard.note.length;") < 100
    assert piece.run("return piece.session.playing && piece.session.positionNs;") < 30e9


def test_a_jump_to_the_end_of_the_file_ends_it(opened: Callable[..., Piece]) -> None:
    piece = opened()
    piece.press("Hear the performance")
    piece.browser.wait_for("heard.note.length > 3", 20)
    piece.run(
        "window.done = false;"
        "piece.session.seek(piece.session.file.durationNs).then(() => (window.done = true));"
    )
    piece.browser.wait_for("done", 60)
    where = (
        "return [piece.session.playing, piece.session.positionNs, piece.session.file.durationNs]"
    )
    playing, position, duration = piece.run(where)
    assert (playing, position) == (False, duration)


def test_the_picture_says_what_to_do_first(opened: Callable[..., Piece]) -> None:
    """Until an episode of the part has begun; never while a file plays."""
    piece = opened()
    invitation = (
        "const e = document.querySelector('#piece .invitation');"
        "return e.hidden ? '' : e.textContent;"
    )
    assert piece.run(invitation) == ""
    piece.run("const e = document.querySelector('#piece .start button'); e.focus(); e.click();")
    assert piece.run("return document.activeElement === piece.show.canvas;")
    assert piece.run(invitation) == "Press a key below C3 to begin"
    piece.tap("KeyZ", "z")
    assert piece.run(invitation) == ""
    piece.press("Next part")
    assert piece.run(invitation) == "Hold three keys together below middle C to begin"
    piece.press("Play the performance")
    assert piece.run(invitation) == ""


def test_the_seed_is_shown_from_the_beginning(opened: Callable[..., Piece]) -> None:
    piece = opened()
    assert piece.run("return document.querySelector('#piece-seed').value;") == "1"


def test_link(opened: Callable[..., Piece]) -> None:
    address = "#programme=studies&part=3&seed=42&learner.learning_rate=0.03&synth.detune_scale=0.5"
    piece = opened(address=address)
    part, settings = piece.run(
        "const p = piece.session.performance; return [p.part.number, p.settings];"
    )
    assert (part, settings["learner"]["seed"], settings["learner"]["learning_rate"]) == (
        3,
        42,
        0.03,
    )
    assert settings["synth"]["detune_scale"] == 0.5
    assert "Oscilloscope" in piece.words
    piece.open("Keep what you played")
    piece.run("piece.status.tell = (words) => (window.told = words);")
    piece.run(
        "window.copied = null; navigator.clipboard.writeText = async (t) => (window.copied = t);"
    )
    piece.press("Copy a link")
    piece.browser.wait_for("window.copied")
    assert piece.run("return copied;").partition("#")[2] == address[1:]


BAD_LINKS = (
    ("#part=5", "part must be 1 to 4, not '5'"),
    ("#part=2.0", "part must be 1 to 4, not '2.0'"),
    ("#programme=none&seed=1", "there is no programme 'none'"),
    ("#seed=-1", "seed must be a whole number from 0 to 9007199254740992, not '-1'"),
    ("#seed=1&seed=2", "'seed' is given twice"),
    ("#seed=1&learner.seed=2", "'learner.seed' is given twice"),
    ("#learner.points=4", "there is no setting 'learner.points'"),
    ("#learner.loss=huber", "learner.loss must be mse or half_mse or mae, not 'huber'"),
    ("#learner.learning_rate=1e9", "learner.learning_rate must be 0.000001 to 100, not '1e9'"),
    ("#synth.detune_scale=", "synth.detune_scale must be -100 to 100, not ''"),
    ("#seed=%E0%A4%A&part=2", "'seed' cannot be read"),
    ("#__proto__=1", "there is no setting '__proto__'"),
    (
        "#seed=9007199254740993",
        "seed must be a whole number from 0 to 9007199254740992, not '9007199254740993'",
    ),
    (
        "#" + "&".join(f"a{i}=1" for i in range(9)),
        "there is no setting 'a0'; there is no setting 'a1'; there is no setting 'a2'; and 6 more",
    ),
    ("#seed=<b>", "seed must be a whole number from 0 to 9007199254740992, not '<b>'"),
)


def test_links_that_cannot_be_used(opened: Callable[..., Piece]) -> None:
    piece = opened()
    for address, problem in BAD_LINKS:
        piece.run(f"location.hash = {json.dumps(address)};")
        said = json.dumps(f"Not used of the link: {problem}.")
        piece.browser.wait_for(
            f"document.querySelector('#piece .message').textContent.includes({said})"
        )


def test_anchor_is_no_link(opened: Callable[..., Piece]) -> None:
    assert "Not used" not in opened(address="#cubic").words


def test_web_midi_that_is_absent_is_said(opened: Callable[..., Piece]) -> None:
    piece = opened()
    piece.run("navigator.requestMIDIAccess = undefined;")
    piece.open("More ways to play")
    piece.press("Connect a MIDI piano")
    assert "This browser has no Web MIDI" in piece.words
    piece.run(
        "navigator.requestMIDIAccess = async () => {"
        "  throw new DOMException('x', 'SecurityError'); };"
    )
    piece.press("Connect a MIDI piano")
    assert "The browser does not let this page use MIDI" in piece.words


def test_midi_piano(opened: Callable[..., Piece]) -> None:
    """A piano that is played, then unplugged while keys and pedal are down."""
    piece = opened()
    piece.run(
        "window.port = {id: 'a', name: 'Disklavier', type: 'input', state: 'connected'};"
        "window.access = {inputs: new Map([['a', port]])};"
        "navigator.requestMIDIAccess = async () => access;"
    )
    piece.open("More ways to play")
    piece.press("Connect a MIDI piano")
    piece.browser.wait_for("port.onmidimessage")
    piece.run(
        "for (const bytes of [[0x90, 40, 80], [0x90, 60, 70], [0x90, 60, 0], [0xb0, 64, 127],"
        "[0xb0, 66, 90], [0xf8], [0x90, 62, 70]])"
        "  port.onmidimessage({data: Uint8Array.from(bytes)});"
        "port.state = 'disconnected'; access.onstatechange({port});"
    )
    assert piece.notes() == [
        (40, True),
        (60, True),
        (60, False),
        (62, True),
        (40, False),
        (62, False),
    ]
    pedals = piece.run("return heard.pedal.map((p) => [p.pedal, p.value]);")
    assert pedals == [[64, 127], [66, 90], [64, 0], [66, 0]]


def test_a_file_that_is_no_midi_file(opened: Callable[..., Piece], tmp_path: Path) -> None:
    piece = opened()
    bad = tmp_path / "broken.mid"
    bad.write_bytes(b"nothing")
    piece.browser.driver.find_element("css selector", "#piece input[type=file]").send_keys(str(bad))
    assert "broken.mid: not a MIDI file" in piece.words


def test_what_is_odd_in_a_midi_file_is_told(opened: Callable[..., Piece], tmp_path: Path) -> None:
    piece = opened()
    odd = tmp_path / "odd.FIL"
    odd.write_bytes(SAME_NOTES["chunks"]["bytes before the header"])
    piece.browser.driver.find_element("css selector", "#piece input[type=file]").send_keys(str(odd))
    piece.browser.wait_for("heard.note.length > 0", 20)
    assert "odd.FIL: 128 bytes before its header passed over" in piece.words


def test_a_midi_file_is_dropped(opened: Callable[..., Piece]) -> None:
    piece = opened()
    piece.run(
        "const bytes = Uint8Array.from(atob(piece.page.data.performance), (c) => c.charCodeAt(0));"
        "const dataTransfer = new DataTransfer();"
        "dataTransfer.items.add(new File([bytes], 'mine.mid'));"
        "piece.show.canvas.dispatchEvent(new DragEvent('drop', {bubbles: true, dataTransfer}));"
    )
    piece.browser.wait_for("heard.note.length > 3", 20)
    assert piece.run("return piece.session.file.name;") == "mine.mid"
    piece.press("Pause “mine.mid”")


def test_another_section_silences_the_piece(opened: Callable[..., Piece]) -> None:
    piece = opened()
    piece.press("Hear the performance")
    piece.browser.wait_for("heard.note.length > 3", 20)
    piece.run("piece.page.claim(() => {});")
    assert not piece.run("return piece.session.running || piece.session.playing;")
    notes = piece.notes()
    assert sum(on for _, on in notes) == sum(not on for _, on in notes)
    time.sleep(0.3)
    assert piece.notes() == notes
    piece.press("Play the performance")
    piece.browser.wait_for(f"heard.note.length > {len(notes)}", 20)


def test_space_is_the_pedal_after_a_click_on_a_button(opened: Callable[..., Piece]) -> None:
    piece = opened()
    piece.press("Begin again")
    piece.tap("Space", " ")
    assert piece.run("return heard.pedal.map((p) => [p.pedal, p.value]);") == [[64, 127], [64, 0]]


def test_camera_on_a_click(opened: Callable[..., Piece]) -> None:
    piece = opened(address="#part=4")
    piece.press("Start the sound")
    assert not piece.run("return piece.show._camera;")
    piece.press("Your camera")
    piece.browser.wait_for("document.getElementById('piece').piece.show._camera")
    assert "It never leaves this page" in piece.words
    width = "return document.getElementById('piece').piece.show._stage._picture.videoWidth;"
    assert piece.run(width) > 0
    piece.press("Your camera")
    piece.run("window.camera = piece.show._camera;")
    assert piece.run("return [camera, piece.show._stage._picture === piece.show._drawn];") == [
        None,
        True,
    ]


def test_soft_pedal_begins_the_next_part(opened: Callable[..., Piece]) -> None:
    piece = opened()
    piece.run("for (const v of [120, 0, 120, 0]) piece.session.play([0xb0, 67, v]);")
    assert "Part 2: Knots" in piece.words


def test_a_new_seed_holds_from_the_next_start(opened: Callable[..., Piece]) -> None:
    piece = opened()
    piece.press("Start the sound")
    piece.tap("KeyZ", "z")
    piece.run("piece.session.set('learner', {seed: 5});")
    piece.tap("KeyX", "x")
    piece.press("Begin again")
    piece.tap("KeyZ", "z")
    first, second, third = (state for state in piece.states() if state.step == 0)
    expected = [
        next(o for o in perform(events, LearnerSettings(seed=seed)) if isinstance(o, State)).seed
        for seed, events in ((1, _one_note()), (5, _one_note()))
    ]
    assert [first.seed, third.seed] == expected
    assert second.seed not in expected


def _one_note() -> list[Any]:
    return [on(0, 36, 1)]
