# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The moving test picture: always the same for the same notes, and only where something moves."""

import itertools

import cv2
import numpy as np
import pytest

from descant.camera.keyboard import geometry as g
from descant.camera.keyboard.picture import KeyboardPicture
from support.notes import off, on

pytestmark = pytest.mark.slow

SIZE = (640, 360)
S = 1_000_000_000


@pytest.fixture(scope="module")
def make():
    """Pictures of one painted keyboard are dear: one for the module, its performer made anew."""
    painted = KeyboardPicture(cv2, *SIZE)

    def fresh():
        painted._performer = type(painted._performer)()
        return painted

    return fresh


def changed(one, other, tolerance=0):
    """Mask of the pixels that differ by more than `tolerance`."""
    return (cv2.absdiff(one, other) > tolerance).any(axis=2)


def test_size_and_colours(make):
    picture = make().draw(10 * S)
    assert picture.shape == (SIZE[1], SIZE[0], 3)
    assert picture.dtype == np.uint8
    assert picture.flags.c_contiguous
    blue, _, red = picture.reshape(-1, 3).mean(axis=0)
    assert red > blue  # warm light
    assert 8 < picture.mean() < 90  # on a dark stage


def test_same_notes_same_bits_whatever_was_drawn_before():
    notes = [on(0, 60, 1, 90), on(50, 37, 2), off(300, 60, 1), on(420, 66, 3, 127)]
    one, other = KeyboardPicture(cv2, 320, 180), KeyboardPicture(cv2, 320, 180)
    for note in notes:
        one.take(note)
        other.take(note)
        other.draw(note.time_ns + 7_000_000)
    assert np.array_equal(one.draw(S), other.draw(S))


@pytest.mark.parametrize("key", [21, 36, 61, 60, 85, 108])
def test_a_key_changes_only_its_neighbourhood(make, key):
    picture = make()
    before = picture.draw(100 * S)
    picture.take(on(100_000, key, 1, 127))
    picture._performer._hands = ()  # they go where they like
    after = picture.draw(100 * S + S // 10)
    still = make().draw(100 * S + S // 10)
    difference = changed(still, after)
    assert changed(before, still).mean() < 1.0
    rows, columns = np.nonzero(difference)
    [(x, y)] = picture._view().project([(g.middle(key), 45.0, 0.0)])
    reach = 125.0 * picture._view().scale((g.middle(key), 45.0, 0.0))
    assert difference.sum() > 60
    assert (
        np.hypot(columns + picture._margin[0] - x, rows + picture._margin[1] - y).max() < 2 * reach
    )
    assert after[difference].mean() > still[difference].mean()  # it glows


def test_a_harder_stroke_glows_brighter(make):
    def brightness(velocity):
        picture = make()
        picture.take(on(0, 64, 1, velocity))
        return float(picture.draw(S // 10).astype(float).sum())

    assert brightness(20) < brightness(70) < brightness(127)


def test_a_released_key_is_as_it_was(make):
    picture = make()
    still = picture.draw(60 * S)
    picture.take(on(0, 64, 1, 127))
    picture.take(off(500, 64, 1))
    assert np.array_equal(picture.draw(60 * S), still)


def test_the_camera_drifts_slowly_and_never_stops(make):
    picture = make()
    pictures = [picture.draw(n * S // 2) for n in range(8)]
    for one, other in itertools.pairwise(pictures):
        assert changed(one, other).any()
        assert cv2.absdiff(one, other).mean() < 4.0


def test_nothing_jumps_from_picture_to_picture(make):
    """Over a second of playing, two pictures 1/120 s apart differ by little on average."""
    picture = make()
    for note in (on(0, 40, 1), on(0, 64, 2), on(100, 67, 3)):
        picture.take(note)
    times = [S // 5 + n * S // 120 for n in range(40)]
    pictures = [picture.draw(t) for t in times]
    steps = [cv2.absdiff(a, b).mean() for a, b in itertools.pairwise(pictures)]
    assert max(steps) < 2.0


@pytest.mark.parametrize("size", [(64, 64), (333, 187), (1920, 1080)])
def test_other_sizes(size):
    assert KeyboardPicture(cv2, *size).draw(S).shape == (size[1], size[0], 3)
