# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The parts of a recording on the time axis."""

from pathlib import Path

import pytest

from descant.bags.reader import read
from descant.bags.recording import Recording
from descant.picture.draw import draw
from descant.picture.note_bars import TimeSpan
from descant.picture.part_labels import part_starts
from descant.types import NANOSECONDS, Part

OLD_BAGS = Path(__file__).parents[1] / "recordings" / "0.1"
SPAN = TimeSpan(10 * NANOSECONDS, 20 * NANOSECONDS)
KNOTS = '{"version": 1, "name": "knots", "title": "Knots"}'


def part(time_s: float, number: int, description: str = "") -> Part:
    return Part(round(time_s * NANOSECONDS), number, 1, "cue", description)


def test_a_part_has_its_number_and_its_title_where_one_was_recorded():
    parts = (part(0.0, 1), part(12.5, 2, KNOTS), part(21.0, 3))
    found = part_starts(Recording((), (), (), (), (), parts), SPAN)
    assert found == [(0.0, "part 1"), (2.5, "part 2: Knots")]


def test_a_part_that_ended_before_the_picture_is_left_out():
    parts = (part(1.0, 1), part(2.0, 2, KNOTS))
    assert part_starts(Recording((), (), (), (), (), parts), SPAN) == [(0.0, "part 2: Knots")]


@pytest.mark.parametrize(("name", "expected"), [("part3", []), ("performance", [1, 2, 3, 4])])
def test_a_recording_of_version_01_is_drawn_with_the_parts_where_there_are_several(name, expected):
    labels = [text.get_text() for text in draw(read(OLD_BAGS / name)).axes[0].texts]
    assert [label for label in labels if "part" in label] == [f"part {n}" for n in expected]
