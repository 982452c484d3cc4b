# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Geometry and colours of the piano roll."""

import numpy as np

from descant.picture import palette
from descant.picture.note_bars import NoteBar
from descant.picture.piano_roll import bar_colours, bar_segments, is_crowded, key_range


def bar(start: float, end: float, key: int = 60, loss: float | None = None) -> NoteBar:
    return NoteBar(start, end, end, key, 64, loss)


def test_the_range_of_keys_is_what_was_played_but_never_narrower_than_three_octaves():
    assert key_range([bar(0, 1, 30), bar(0, 1, 90)]) == (28, 92)
    low, high = key_range([bar(0, 1, 60)])
    assert (low, high) == (42, 78)


def test_round_ends_begin_and_end_with_the_note():
    (segment,) = bar_segments([bar(1.0, 2.0)], 0.1, 0.01)
    assert np.allclose(segment, [[1.1, 60.0], [1.9, 60.0]])


def test_a_note_shorter_than_its_round_ends_is_a_dot_that_begins_with_it():
    (segment,) = bar_segments([bar(1.0, 1.05)], 0.1, 0.01)
    assert np.allclose(segment, [[1.1, 60.0], [1.11, 60.0]])


def test_bars_are_crowded_when_most_are_shorter_than_their_round_ends():
    short, long = bar(0.0, 0.1), bar(0.0, 1.0)
    assert is_crowded([short, short, long], 0.2)
    assert not is_crowded([short, long, long], 0.2)


def test_colours_go_from_ice_at_the_threshold_to_embers_and_grey_where_nothing_was_learned():
    cold, colder, hot, hotter, none = bar_colours(
        [bar(0, 1, loss=x) for x in (0.001, 0.0, 2.0, float("nan"), None)], 0.001
    )
    assert np.array_equal(cold, colder)
    assert np.array_equal(hot, hotter)
    assert cold[2] > cold[0]
    assert hot[0] > hot[2]
    assert np.array_equal(none, palette.unknown_colour())
