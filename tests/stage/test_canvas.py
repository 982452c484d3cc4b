# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Where the picture goes, and what is said about it."""

import os
import subprocess
import sys

import pytest

from support.xdisplay import needs_xvfb, screen

pytestmark = pytest.mark.slow

DRAW = """
import numpy as np
from descant.stage.canvas import open_canvas, read_back
from descant.stage.frame import Dots, Frame
from descant.stage.renderer import Renderer
from descant.stage.settings import StageSettings
dots = Dots(np.array([[0.0, 0.5]]), np.array([0.25]), np.array([[1.0, 0.5, 0.0, 1.0]]))
canvas, line = open_canvas(StageSettings(canvas={canvas!r}, width=320, height=180{more}), print)
print(line)
renderer = Renderer()
renderer.draw(Frame(dots=(dots,)), canvas.size)
pixels = read_back(canvas.size)
print(canvas.kind, *canvas.size, *pixels[pixels.shape[0] // 4, pixels.shape[1] // 2])
canvas.show()
assert canvas.is_open()
{then}
canvas.close()
"""


def draw(
    canvas: str, *, display: str = "", more: str = "", then: str = ""
) -> subprocess.CompletedProcess[str]:
    environment = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY")}
    environment |= {"LIBGL_ALWAYS_SOFTWARE": "1"} | ({"DISPLAY": display} if display else {})
    script = DRAW.format(canvas=canvas, more=more, then=then)
    return subprocess.run(
        [sys.executable, "-c", script],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.usefixtures("canvas")
def test_without_a_display_auto_draws_in_memory_and_says_so() -> None:
    done = draw("auto")
    assert done.returncode == 0, done.stderr
    assert "drawing off-screen: there is no display" in done.stdout
    assert "offscreen 320 180 255 128 0 255" in done.stdout


@needs_xvfb
@pytest.mark.usefixtures("canvas")
def test_with_a_display_auto_opens_a_window_and_the_same_comes_out() -> None:
    with screen() as display:
        done = draw("auto", display=display.name)
    assert done.returncode == 0, done.stderr
    assert "drawing into a window on monitor" in done.stdout
    assert "window 320 180 255 128 0 255" in done.stdout


@needs_xvfb
@pytest.mark.usefixtures("canvas")
def test_fullscreen_fills_the_monitor_and_f_leaves_it() -> None:
    then = "canvas.toggle_fullscreen(); print(canvas.kind, canvas.is_open())"
    with screen() as display:
        done = draw("window", display=display.name, more=", fullscreen=True", then=then)
    assert done.returncode == 0, done.stderr
    assert "fullscreen 640 400 255 128 0 255" in done.stdout
    assert "window True" in done.stdout


@needs_xvfb
@pytest.mark.usefixtures("canvas")
def test_a_monitor_that_is_not_there_is_refused_with_those_that_are() -> None:
    with screen() as display:
        done = draw("window", display=display.name, more=", monitor='beamer'")
    assert "UserError: no monitor 'beamer' for the stage; connected: 0: screen" in done.stderr


@pytest.mark.usefixtures("canvas")
def test_a_display_that_does_not_answer_leaves_auto_in_memory() -> None:
    done = draw("auto", display=":9999")
    assert done.returncode == 0, done.stderr
    assert "drawing off-screen: no window opened" in done.stdout


def test_a_window_asked_for_without_a_display_is_an_error_in_one_line() -> None:
    done = draw("window")
    assert "UserError: no window for the stage:" in done.stderr


@pytest.mark.usefixtures("canvas")
def test_off_screen_as_asked_needs_no_display_that_answers() -> None:
    done = draw("offscreen", display=":9999")
    assert "drawing off-screen, as asked" in done.stdout
    assert "offscreen 320 180 255 128 0 255" in done.stdout
