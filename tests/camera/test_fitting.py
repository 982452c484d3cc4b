# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Size, aspect ratio and orientation of the published picture."""

import cv2
import numpy as np
import pytest

from descant.camera.fitting import fit_picture
from descant.camera.settings import CameraSettings


def settings(**changes):
    return CameraSettings(width=160, height=90, **changes)


def quarters(rows, columns):
    """A picture whose quarters have the values 10, 80, 150 and 220."""
    picture = np.empty((rows, columns, 3), np.uint8)
    picture[: rows // 2, : columns // 2] = 10
    picture[: rows // 2, columns // 2 :] = 80
    picture[rows // 2 :, : columns // 2] = 150
    picture[rows // 2 :, columns // 2 :] = 220
    return picture


def corners(picture):
    return [int(picture[y, x, 0]) for y in (0, -1) for x in (0, -1)]


def test_a_picture_that_fits_is_passed_on_as_it_is():
    picture = quarters(90, 160)
    assert fit_picture(cv2, picture, settings()) is picture


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, [10, 80, 150, 220]),
        ({"mirror": True}, [80, 10, 220, 150]),
        ({"flip": True}, [150, 220, 10, 80]),
        ({"mirror": True, "flip": True}, [220, 150, 80, 10]),
    ],
)
def test_mirrored_and_upside_down(changes, expected):
    assert corners(fit_picture(cv2, quarters(90, 160), settings(**changes))) == expected


@pytest.mark.parametrize("fit", ["crop", "bars", "stretch"])
@pytest.mark.parametrize("size", [(480, 640), (90, 400), (1080, 1920), (50, 60)])
def test_every_shape_becomes_the_wanted_size(fit, size):
    picture = fit_picture(cv2, quarters(*size), settings(fit=fit))
    assert picture.shape == (90, 160, 3)
    assert picture.flags.c_contiguous


def test_bars_show_the_whole_on_black_and_crop_fills():
    square = np.full((90, 90, 3), 200, np.uint8)
    bars = fit_picture(cv2, square, settings(fit="bars"))
    assert not bars[:, :35].any()
    assert not bars[:, -35:].any()
    assert (bars[:, 36:124] == 200).all()
    assert (fit_picture(cv2, square, settings()) == 200).all()


def test_grey_cameras_are_shown_in_three_colours():
    assert fit_picture(cv2, np.full((90, 160), 77, np.uint8), settings()).shape == (90, 160, 3)
