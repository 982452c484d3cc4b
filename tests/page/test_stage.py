# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The stage in the browser: the same shaders, scenes and pictures as the stage in Python."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from descant.page.assembly import joined
from descant.page.data import page_data
from descant.stage.canvas import read_back
from descant.stage.offscreen import Offscreen
from descant.stage.renderer import Renderer
from descant.stage.scene import Scene
from descant.stage.settings import StageSettings
from descant.types import Episode, LearningStatus, Note, Pedal, State
from support.browser import Browser
from support.staging import (
    CUBIC_START,
    CUBIC_TARGET,
    FRAME_S,
    KNOT_START,
    KNOT_TARGET,
    episode,
    key,
    offscreen,
    paper,
    picture,
    state,
)

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]

SIZE = (640, 360)
MEAN = 0.6
"""Levels of 255 by which the picture may differ on average from the one drawn in Python."""
PIXELS = 0.003
"""Share of the pixels that may differ by more than 24 levels: edges that are rounded otherwise."""
KINDS = {"Note": "note", "Pedal": "pedal", "State": "state", "Episode": "episode"}
HARMONOGRAPH = (3.0, 4.0, 7.0, 0.1, 0.7, 0.2, 0.5), (0.9, 1.6, -0.5, 1.0)
GRADIENT = (0.6, -0.5, 0.2, 0.1)
SCRIPT = """
Object.assign(window, { Stage, RenderScale });
const shaders = JSON.parse(document.getElementById("shaders").textContent);
const canvas = document.querySelector("canvas");
window.begin = (settings) => {
  if (!window.stage) window.stage = new Stage(canvas, shaders, settings, { adapts: false });
  stage.scene = new stage.scene.constructor(settings, canvas.width / canvas.height);
};
window.show = (events, end, camera) => {
  events = [...events];
  for (let frame = 0; frame <= Math.round(end / FRAME_S); frame++) {
    const now = frame * FRAME_S;
    if (camera) stage.scene.takePicture(now);
    while (events.length && events[0][0] <= now + 1e-9) stage.take(events.shift()[1], now);
    if (frame < Math.round(end / FRAME_S)) stage.scene.at(now);
  }
  stage.draw(Math.round(end / FRAME_S) * FRAME_S);
};
window.pixels = () => {
  const gl = canvas.getContext("webgl");
  const found = new Uint8Array(4 * canvas.width * canvas.height);
  gl.readPixels(0, 0, canvas.width, canvas.height, gl.RGBA, gl.UNSIGNED_BYTE, found);
  let text = "";
  for (let i = 0; i < found.length; i += 32768) {
    text += String.fromCharCode(...found.subarray(i, i + 32768));
  }
  return btoa(text);
};
window.usePicture = async (address) => {
  const image = new Image();
  image.src = address;
  await image.decode();
  const held = document.createElement("canvas");
  [held.width, held.height] = [image.width, image.height];
  held.getContext("2d").drawImage(image, 0, 0);
  stage.setPicture(held);
};
"""
Pixels = NDArray[np.uint8]
PageEvent = Note | Pedal | State | Episode
Events = list[tuple[float, PageEvent]]


class Stages:
    """The stage in the browser, and the one in Python."""

    def __init__(self, browser: Browser, canvas: Offscreen) -> None:
        self.browser = browser
        self._canvas = canvas

    def drawn_by_browser(
        self, settings: StageSettings, events: Events, end: float, *, camera: bool = False
    ) -> Pixels:
        """The frame at `end`, seconds, (height, width, 3)."""
        values = json.loads(json.dumps(settings.values()))
        self.browser.driver.execute_script("begin(arguments[0])", values)
        self.browser.driver.execute_async_script(
            "const [address, done] = arguments;"
            "if (address) usePicture(address).then(done); else { stage.setPicture(null); done(); }",
            png(picture(*SIZE)) if camera else None,
        )
        given = [[now, as_json(event)] for now, event in events]
        text = self.browser.driver.execute_script(
            "show(...arguments); return pixels();", given, end, camera
        )
        return from_base64(text)

    def drawn_by_python(
        self, settings: StageSettings, events: Events, end: float, *, camera: bool = False
    ) -> Pixels:
        """The same frame by the stage in Python."""
        scene = Scene(settings, SIZE[0] / SIZE[1])
        last = round(end / FRAME_S)
        waiting = list(events)
        for index in range(last + 1):
            now = index * FRAME_S
            if camera:
                scene.take_picture(now)
            while waiting and waiting[0][0] <= now + 1e-9:
                scene.take(waiting.pop(0)[1], now)
            frame = scene.at(now)
        self._canvas.make_current()
        renderer = Renderer("gpu")
        if camera:
            renderer.take_picture(picture(*SIZE))
        renderer.draw(frame, SIZE)
        self._canvas.show()
        return read_back(SIZE)[..., :3].copy()


def as_json(event: PageEvent) -> dict[str, Any]:
    """An event as the page has it."""
    kind = type(event).__name__
    if isinstance(event, State):
        values = event._asdict()
    else:
        values = {field.name: getattr(event, field.name) for field in fields(event)}
    values["timeNs"] = values.pop("time_ns")
    return {"kind": KINDS[kind], **json.loads(json.dumps(values))}


def png(pixels: Pixels) -> str:
    """Pixels as an address of a picture."""
    _, data = cv2.imencode(".png", cv2.cvtColor(pixels, cv2.COLOR_RGBA2BGRA))
    return "data:image/png;base64," + base64.b64encode(data.tobytes()).decode("ascii")


def from_base64(text: str) -> Pixels:
    """What WebGL read back, first row on top."""
    data = np.frombuffer(base64.b64decode(text), np.uint8)
    return data.reshape(SIZE[1], SIZE[0], 4)[::-1, :, :3]


@pytest.fixture(scope="module")
def stage_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page that has the stage's modules and nothing else."""
    path = tmp_path_factory.mktemp("stage") / "stage.html"
    shaders = json.dumps(page_data()["shaders"]).replace("<", "\\u003c")
    script = joined("ui/stage.js") + f"const FRAME_S = {FRAME_S!r};\n" + SCRIPT
    path.write_text(
        f"<!DOCTYPE html><meta charset='utf-8'><canvas width={SIZE[0]} height={SIZE[1]}></canvas>"
        f"<script type='application/json' id='shaders'>{shaders}</script>"
        f"<script type='module'>{script}</script>",
        encoding="utf-8",
    )
    return path


@pytest.fixture(scope="module")
def canvas() -> Iterator[Offscreen]:
    with offscreen(*SIZE) as made:
        yield made


@pytest.fixture
def stages(browser: Browser, stage_file: Path, canvas: Offscreen) -> Iterator[Stages]:
    browser.show(stage_file)
    yield Stages(browser, canvas)
    assert browser.complaints() == []


def notes(count: int) -> Events:
    return [(0.05 * number, key(number, 30 + 2 * number)) for number in range(count)]


def knot(**changes: Any) -> Events:
    return [(0.0, state(1, KNOT_TARGET, KNOT_START, **changes))]


def cubics(**changes: Any) -> Events:
    return [(0.0, episode()), (0.0, state(**changes))]


def harmonograph() -> Events:
    return [(0.0, state(1, *HARMONOGRAPH)._replace(family="harmonograph"))]


OLD_AND_NEW: Events = [
    (0.0, episode(1, (0.3, 0.9, -0.4, -0.5))),
    (1.0, episode(2)),
    (1.2, state(2)),
]
AGAIN: Events = [(0.0, episode()), (0.6, episode(attempt=1, theta=(0.5, 0.5, 0.5, 0.5)))]
PEDALS: Events = [*cubics(gradient=GRADIENT), (0.2, Pedal(0, 64, 100)), (0.4, Pedal(0, 67, 80))]
RUNNING = {"wave_form": "running", "wave_amplitude": 60.0, "bubble_place": "random", "seed": 5}
OVER = {"bubble_over": True, "bubble_fade": 1.0, "bubble_shrink": 1.0, "bubble_opacity": 0.6}
SCENES: dict[str, tuple[StageSettings, Events, float, bool]] = {
    "cubic": (paper(1), cubics(), 2.0, False),
    "past": (paper(1), OLD_AND_NEW, 2.0, False),
    "diverged": (paper(1), AGAIN, 1.0, False),
    "bow": (paper(1, curve="thread"), cubics(), 1.5, False),
    "knot": (paper(2), knot(), 2.0, False),
    "flat knot": (paper(2, curve="graph"), knot(), 1.5, False),
    "harmonograph": (paper(2), harmonograph(), 2.0, False),
    "past knots": (paper(2), [*knot(), (1.0, state(2, KNOT_TARGET, KNOT_START))], 2.5, False),
    "shift": (paper(3), knot(gradient=(0.3, -0.25, 0.2)), 2.0, True),
    "flicker": (paper(3, shift_chance=2.0), knot(gradient=(0.3, -0.25, 0.2)), 1.0, True),
    "bubbles": (paper(4), cubics(gradient=GRADIENT) + notes(20), 1.5, True),
    "running": (paper(4, **RUNNING), cubics(gradient=GRADIENT) + notes(20), 1.5, True),
    "over": (paper(4, **OVER), cubics(gradient=GRADIENT) + notes(20), 1.5, True),
    "pedals": (paper(4, bubble_events="pedals"), PEDALS, 1.2, True),
    "signals": (
        paper(3, distortion_signals="0.5 * distance[0], loss + 0.2 * residual"),
        knot(),
        1.0,
        True,
    ),
}


@pytest.mark.parametrize("name", SCENES)
def test_the_picture_is_that_of_the_stage_in_python(stages: Stages, name: str) -> None:
    settings, events, end, camera = SCENES[name]
    ours = stages.drawn_by_browser(settings, events, end, camera=camera).astype(int)
    theirs = stages.drawn_by_python(settings, events, end, camera=camera).astype(int)
    assert theirs.max() > 100
    difference = np.abs(ours - theirs)
    assert difference.mean() <= MEAN
    assert (difference.max(axis=2) > 24).mean() <= PIXELS


def test_target_and_learned_curve_are_where_they_should_be(stages: Stages) -> None:
    pixels = stages.drawn_by_browser(paper(1), cubics(), 2.0).astype(int)
    for theta, is_seen in ((CUBIC_TARGET, is_white), (CUBIC_START, is_red)):
        for x in (-0.6, 0.1, 0.5):
            y = np.polyval(theta, x)
            column = round((1.0 + 0.78 * x) / 2.0 * SIZE[0])
            row = round((1.0 - 0.86 * y / 1.25) / 2.0 * SIZE[1])
            around = pixels[row - 2 : row + 3, column - 2 : column + 3].reshape(-1, 3)
            assert any(is_seen(*colour) for colour in around.tolist())


def is_white(red: int, green: int, blue: int) -> bool:
    return min(red, green, blue) > 150


def is_red(red: int, green: int, blue: int) -> bool:
    return red > 150 and green < 100 and blue < 100


@pytest.mark.parametrize("part", [3, 4])
def test_without_a_gradient_the_picture_is_undistorted(stages: Stages, part: int) -> None:
    still: Events = [(0.0, state(gradient=(0.0, 0.0, 0.0, 0.0))._replace(family="none"))]
    events = still + notes(10)
    ours = stages.drawn_by_browser(paper(part), events, 1.0, camera=True)
    plain = stages.drawn_by_browser(paper(part, distortion="none"), events, 1.0, camera=True)
    expected = picture(*SIZE)[..., :3] * paper(part).camera_brightness
    assert np.array_equal(ours, plain)
    assert np.abs(ours - expected).max() <= 1.0


def test_a_learned_episode_brings_the_picture_to_rest(stages: Stages) -> None:
    large = state(gradient=GRADIENT)._replace(family="none")
    learned = large._replace(status=LearningStatus.CONVERGED)
    ours = stages.drawn_by_browser(paper(3), [(0.0, large), (0.5, learned)], 3.0, camera=True)
    assert np.abs(ours - picture(*SIZE)[..., :3] * paper(3).camera_brightness).max() <= 1.0


def test_a_part_eases_to_its_settings(stages: Stages) -> None:
    stages.drawn_by_browser(paper(1), cubics(), 1.0, camera=True)
    values = json.loads(json.dumps(paper(4).values()))
    seen = stages.browser.driver.execute_script(
        "stage.beginPart(4, arguments[0]); const seen = [];"
        "for (let i = 0; i < 60; i++) {"
        "  stage.scene.takePicture(1 + i / 60); seen.push(stage.scene.at(1 + i / 60).video); }"
        "return seen;",
        values,
    )
    steps = np.diff(seen)
    assert seen[0] == pytest.approx(0.0, abs=1e-6)
    assert seen[-1] == pytest.approx(0.75)
    assert steps.min() >= 0.0
    assert steps.max() < 0.06


def test_what_is_seen_does_not_depend_on_the_frame_rate(stages: Stages) -> None:
    places = []
    for rate in (25, 100):
        stages.drawn_by_browser(paper(2), [], FRAME_S)
        places.append(
            stages.browser.driver.execute_script(
                "const [event, rate] = arguments; stage.take(event, 0);"
                "for (let i = 0; i < rate; i++) stage.scene.at(1 + i / rate);"
                "return [...stage.scene.at(2).strokes[1].x.slice(0, 50)];",
                as_json(state(1, KNOT_TARGET, KNOT_START)),
                rate,
            )
        )
    assert np.allclose(*places, atol=2e-3)


def test_a_lost_context_is_restored(stages: Stages) -> None:
    settings, events, end, camera = SCENES["bubbles"]
    before = stages.drawn_by_browser(settings, events, end, camera=camera)
    lost = stages.browser.driver.execute_async_script(
        "const done = arguments[0]; const canvas = document.querySelector('canvas');"
        "window.lose = canvas.getContext('webgl').getExtension('WEBGL_lose_context');"
        "canvas.addEventListener('webglcontextlost', () => setTimeout(() => {"
        "  stage.draw(2.0); done(!stage.working); }), {once: true});"
        "lose.loseContext();"
    )
    assert lost
    restored = stages.browser.driver.execute_async_script(
        "const done = arguments[0]; const canvas = document.querySelector('canvas');"
        "canvas.addEventListener('webglcontextrestored', () =>"
        "  setTimeout(() => done(stage.working)), {once: true});"
        "lose.restoreContext();"
    )
    assert restored
    after = stages.drawn_by_browser(settings, events, end, camera=camera)
    assert np.array_equal(before, after)


def test_without_webgl_the_stage_is_not_available(stages: Stages, stage_file: Path) -> None:
    assert stages.browser.run("return Stage.available();")
    stages.browser.show(stage_file)  # it is asked once, as it does not change
    stages.browser.run("HTMLCanvasElement.prototype.getContext = () => null;")
    assert not stages.browser.run("return Stage.available();")


MACHINE = """
const [time, seconds] = arguments; const rate = Function("scale", "i", "return " + time);
const scale = new RenderScale(); let now = 0; let i = 0; const seen = [];
while (now < seconds) { now += rate(scale.observe(now), i++); seen.push([now, scale.value]); }
return [scale.value, Math.min(...seen.map(([, value]) => value)), seen.length];
"""


@pytest.mark.parametrize(
    ("time", "value", "least"),
    [
        ("1 / 60", 1.0, 1.0),
        ("1 / 144", 1.0, 1.0),
        ("1 / 30", 1.0, 0.5),  # a screen of 30 frames a second is no slow machine
        ("1 / 60 * Math.ceil(1.8 * scale * scale)", 0.7, 0.5),
        ("1 / 60 * Math.ceil(4 * scale * scale)", 0.5, 0.4),
    ],
)
def test_the_resolution_follows_the_machine(
    stages: Stages, time: str, value: float, least: float
) -> None:
    found, lowest, _ = stages.browser.driver.execute_script(MACHINE, time, 12.0)
    assert found == pytest.approx(value, abs=0.12)
    assert lowest >= least - 0.11
