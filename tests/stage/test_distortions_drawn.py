# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Both distortions against NumPy's computation of the same formula, and at rest to the bit."""

import dataclasses

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from descant.stage.frame import Frame, Wave
from descant.stage.settings import StageSettings
from support.staging import picture

pytestmark = pytest.mark.slow

SIZE = WIDTH, HEIGHT = (640, 360)
ASPECT = WIDTH / HEIGHT
BUBBLES = np.array([[-0.6, 0.1, 0.35, 1.0], [0.4, -0.4, 0.3, 0.7], [0.6, -0.3, 0.3, 1.0]])
WAVE = Wave(amplitude=(0.06, 0.05), phase=(1.0, 4.0), k=9.0, light=0.0)


def smooth_picture() -> NDArray[np.uint8]:
    """Without noise and hard edges, so that a small difference of place is a small one of light."""
    return np.ascontiguousarray(cv2.GaussianBlur(picture(*SIZE), (0, 0), 2.0))


def at(
    pixels: NDArray[np.uint8], x: NDArray[np.float64], y: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Bilinear values at places in pixels, those at the edge repeated."""
    x, y = np.clip(x, 0, WIDTH - 1), np.clip(y, 0, HEIGHT - 1)
    left, top = np.floor(x).astype(int), np.floor(y).astype(int)
    right, bottom = np.minimum(left + 1, WIDTH - 1), np.minimum(top + 1, HEIGHT - 1)
    u, v = (x - left)[..., None], (y - top)[..., None]
    upper = pixels[top, left] * (1 - u) + pixels[top, right] * u
    lower = pixels[bottom, left] * (1 - u) + pixels[bottom, right] * u
    return upper * (1 - v) + lower * v


def screen() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """x and y of every pixel's middle, in screen units."""
    row, column = np.mgrid[0:HEIGHT, 0:WIDTH]
    return (2 * (column + 0.5) / WIDTH - 1) * ASPECT, 1 - 2 * (row + 0.5) / HEIGHT


def to_pixels(x: NDArray[np.float64], y: NDArray[np.float64]) -> tuple[NDArray[np.float64], ...]:
    return (x / ASPECT + 1) / 2 * WIDTH - 0.5, (1 - y) / 2 * HEIGHT - 0.5


def shifted(pixels: NDArray[np.uint8], shifts: NDArray[np.float64]) -> NDArray[np.float64]:
    """Distortion 1 as the paper has it: each colour's image moved by its own way."""
    x, y = screen()
    channels = [at(pixels, *to_pixels(x - dx, y - dy))[..., c] for c, (dx, dy) in enumerate(shifts)]
    return np.stack(channels, axis=2)


def mask(bubbles: NDArray[np.float64]) -> NDArray[np.float64]:
    x, y = screen()
    greatest = np.zeros((HEIGHT, WIDTH))
    for bx, by, radius, strength in bubbles:
        t = np.clip((np.hypot(x - bx, y - by) / radius - 0.55) / 0.45, 0, 1)
        greatest = np.maximum(greatest, strength * (1 - t * t * (3 - 2 * t)))
    return greatest


def waved(pixels: NDArray[np.uint8], bubbles: NDArray[np.float64], w: Wave) -> NDArray[np.float64]:
    """Distortion 2: positions inside the bubbles moved along (cos phase_1, cos phase_2)."""
    x, y = screen()
    m = mask(bubbles)
    reach = np.ones_like(m) if w.over else m
    dx = reach * w.amplitude[0] * np.cos(w.phase[0] + w.k * (x if w.along else y))
    dy = reach * w.amplitude[1] * np.cos(w.phase[1] + w.k * x)
    moved = at(pixels, *to_pixels(x + dx, y + dy))[..., :3]
    return moved * m[..., None] + pixels[..., :3] * (1.0 - m[..., None]) if w.over else moved


@pytest.mark.parametrize("where", ["cpu", "gpu"])
def test_distortion_1_is_the_formula(draw, where: str) -> None:
    shifts = np.array([[0.11, 0.043], [-0.06, 0.02], [0.017, -0.083]])
    pixels = smooth_picture()
    drawn = draw(Frame(video=1.0, shifts=shifts), pixels, where)
    difference = np.abs(drawn - shifted(pixels, shifts))
    assert difference.max() <= 3.0
    assert difference.mean() <= 0.5


def test_distortion_1_is_the_same_picture_on_cpu_and_gpu(draw) -> None:
    frame = Frame(video=0.8, shifts=np.array([[0.1, 0.0], [-0.05, 0.08], [0.0, -0.07]]))
    pixels = picture(*SIZE)
    on_cpu, on_gpu = (draw(frame, pixels, where).astype(int) for where in ("cpu", "gpu"))
    assert np.abs(on_cpu - on_gpu).max() <= 3


@pytest.mark.parametrize("over", [False, True])
@pytest.mark.parametrize("along", [False, True])
def test_distortion_2_is_the_formula(draw, along: bool, over: bool) -> None:
    pixels = smooth_picture()
    wave = dataclasses.replace(WAVE, along=along, over=over)
    drawn = draw(Frame(video=1.0, bubbles=BUBBLES, wave=wave), pixels)
    difference = np.abs(drawn - waved(pixels, BUBBLES, wave))
    moved = np.abs(drawn.astype(int) - pixels[..., :3])[mask(BUBBLES) > 0.5].mean()
    assert moved > 2.0, "there is something to compare"
    assert np.percentile(difference, 99.9) <= 8.0, "the mask's coarser grid, at hard edges"
    assert difference.mean() <= 0.25


def test_distortion_2_leaves_alone_what_is_outside_the_bubbles(draw) -> None:
    pixels = picture(*SIZE)
    drawn = draw(Frame(video=1.0, bubbles=BUBBLES, wave=WAVE), pixels)
    around = cv2.dilate((mask(BUBBLES) > 0).astype(np.uint8), np.ones((17, 17))) == 0
    assert around.mean() > 0.3
    assert np.array_equal(drawn[around], pixels[around][:, :3])


@pytest.mark.parametrize("where", ["cpu", "gpu"])
def test_distortion_1_at_rest_is_the_picture_to_the_bit(draw, where: str) -> None:
    pixels = picture(*SIZE)
    drawn = draw(Frame(video=1.0, shifts=np.zeros((3, 2))), pixels, where)
    assert np.array_equal(drawn, pixels[..., :3])


def test_distortion_2_at_rest_is_the_picture_to_the_bit(draw) -> None:
    pixels = picture(*SIZE)
    rest = dataclasses.replace(WAVE, amplitude=(0.0, 0.0))
    drawn = draw(Frame(video=1.0, bubbles=BUBBLES, wave=rest), pixels)
    assert np.array_equal(drawn, pixels[..., :3])


def test_the_shader_of_distortion_2_itself_is_still_where_nothing_moves(draw) -> None:
    """Even where a little light keeps the picture from being drawn the plain way."""
    pixels = picture(*SIZE)
    still = dataclasses.replace(WAVE, amplitude=(0.0, 0.0), light=1e-9)
    drawn = draw(Frame(video=1.0, bubbles=BUBBLES, wave=still), pixels)
    assert np.array_equal(drawn, pixels[..., :3])


def test_a_distorted_picture_of_another_size_rests_on_the_undistorted_one(draw) -> None:
    pixels = picture(800, 600)
    plain = draw(Frame(video=0.8), pixels)
    bubbles = draw(Frame(video=0.8, bubbles=BUBBLES, wave=Wave()), pixels)
    assert np.array_equal(plain, bubbles)


def test_the_way_to_rest_has_no_jump_at_its_end(draw) -> None:
    """The last shift before rest, a thousandth of a gradient, is hardly to be seen."""
    pixels = smooth_picture()
    least = StageSettings().shift_amplitude * 2.0 / 1080 * 1e-3
    shifts = np.array([[least, 0.0], [0.0, least], [-least, 0.0]])
    for where in ("cpu", "gpu"):
        drawn = draw(Frame(video=1.0, shifts=shifts), pixels, where)
        assert np.abs(drawn.astype(int) - pixels[..., :3]).max() <= 2
