# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The text and the position of the progress bar."""

import math

import pytest

from descant.demo.progress import PianoProgress, format_loss, learning_text
from descant.piano.connection import PianoStatus
from descant.types import LearningStatus


def piano(status: PianoStatus) -> PianoProgress:
    return PianoProgress(status, "", position_s=10.0, duration_s=12.0, received_s=100.0)


def test_between_two_states_of_a_playing_piano_the_bar_moves_on_but_not_past_the_end():
    positions = [piano(PianoStatus.PLAYING).position(now) for now in (99.0, 100.0, 100.5, 200.0)]
    assert positions == [10.0, 10.0, 10.5, 12.0]


def test_a_piano_that_does_not_play_stays_where_it_is():
    assert piano(PianoStatus.LOST).position(105.0) == 10.0


def test_the_text_has_one_width_so_that_the_bar_stands_still():
    views = [
        learning_text(1, 0, LearningStatus.LEARNING, 3.81),
        learning_text(12, 117, LearningStatus.LEARNING, 0.0123),
        learning_text(3, 7, LearningStatus.DIVERGED, math.inf),
        learning_text(3, 7, LearningStatus.CONVERGED, 0.0009),
    ]
    assert {len(view) for view in views} == {len(views[0])}
    assert views[1] == "episode 12  step 117  loss 0.0123"
    assert "in tune" in views[3]


@pytest.mark.parametrize(
    ("loss", "text"),
    [(0.0, "0.0000"), (0.0231, "0.0231"), (1.27, "1.27"), (152.4, "152"), (2.3e7, "2.3e+07"),
     (math.inf, "inf"), (math.nan, "nan")],
)  # fmt: skip
def test_a_loss_is_short(loss: float, text: str):
    assert format_loss(loss) == text
