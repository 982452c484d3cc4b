# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Distinguish a repeated picture from a new one."""

import numpy as np

from descant.camera.frame_filters import RepetitionDetector


def noise(seed):
    return np.random.default_rng(seed).integers(0, 255, (90, 160, 3), np.uint8)


def test_repeated_pictures_are_counted_and_new_ones_are_not():
    repetition = RepetitionDetector()
    assert [repetition.is_new(noise(seed)) for seed in (1, 1, 1, 2, 1)] == [
        True, False, False, True, True,
    ]  # fmt: skip
    assert repetition.repeated == 2


def test_one_changed_pixel_anywhere_makes_a_new_picture():
    repetition = RepetitionDetector()
    picture = noise(1)
    repetition.is_new(picture)
    changed = picture.copy()
    changed[7, 9, 1] += 1  # off the grid that is looked at first
    assert repetition.is_new(changed)


def test_another_size_is_another_picture():
    repetition = RepetitionDetector()
    repetition.is_new(np.zeros((90, 160, 3), np.uint8))
    assert repetition.is_new(np.zeros((180, 320, 3), np.uint8))
