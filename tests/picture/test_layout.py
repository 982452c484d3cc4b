# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The axis of time."""

import pytest

from descant.picture.layout import clock, tick_step


@pytest.mark.parametrize(
    ("duration", "step"), [(1.0, 1), (13.0, 2), (33.0, 5), (263.0, 30), (1710.0, 300), (1e6, 14400)]
)
def test_there_are_at_most_a_dozen_round_marks(duration: float, step: int):
    assert tick_step(duration) == step


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "0:00"), (65, "1:05"), (600, "10:00"), (3665, "1:01:05")]
)
def test_times_are_written_as_on_a_clock(seconds: int, text: str):
    assert clock(seconds) == text
