# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Keys and hands, as functions of the notes and the time."""

import itertools

import pytest

from descant.camera.keyboard import geometry as g
from descant.camera.keyboard.motion import Hand, KeyState, Performer
from support.notes import off, on


def test_the_keyboard_has_52_white_and_36_black_keys_side_by_side():
    assert (len(g.WHITE_KEYS), len(g.BLACK_KEYS)) == (52, 36)
    assert g.span(21) == (0.0, g.PITCH)
    assert g.span(108)[1] == pytest.approx(g.WIDTH)
    middles = [g.middle(key) for key in g.KEYS]
    assert middles == sorted(middles)


def test_a_key_goes_down_glows_by_its_velocity_and_fades():
    key = KeyState().struck(1.0, 0.8)
    assert key.at(1.0) == (0.0, 0.0)
    depth, glow = key.at(1.12)
    assert depth > 0.99
    assert glow == pytest.approx(0.8, abs=0.05)
    assert key.at(9.0)[1] == pytest.approx(0.8 * 0.42, abs=0.02)
    released = key.released(1.12)
    assert released.at(1.12) == pytest.approx(key.at(1.12))
    assert 0.1 < released.at(1.62)[1] < 0.4
    assert max(released.at(6.0)) < 0.001


def test_what_was_looked_at_in_between_changes_nothing():
    notes = [on(0, 60, 1), on(90, 64, 2), off(150, 60, 1), on(400, 40, 3), off(800, 64, 2)]
    looked, blind = Performer(), Performer()
    for note in notes:
        time = note.time_ns / 1e9
        looked.take(note, time)
        blind.take(note, time)
        looked.keys(time + 0.013)
        looked.hands(time + 0.05)
    assert looked.keys(1.0) == blind.keys(1.0)
    for one, other in zip(looked.hands(1.0), blind.hands(1.0), strict=True):
        assert (one.tips == other.tips).all()
        assert (one.x, one.presence) == (other.x, other.presence)


def test_an_off_of_an_older_note_does_not_lift_a_key():
    performer = Performer()
    for note in (on(0, 60, 1), on(100, 60, 2), off(200, 60, 1)):
        performer.take(note, note.time_ns / 1e9)
    [(key, depth, _)] = performer.keys(0.5)
    assert key == 60
    assert depth > 0.99


def test_keys_that_a_piano_lacks_are_left_out():
    performer = Performer()
    performer.take(on(0, 5, 1), 0.0)
    performer.take(on(0, 120, 2), 0.0)
    assert performer.keys(0.1) == []


def test_release_all_lifts_every_key():
    performer = Performer()
    for key in (40, 60, 61):
        performer.take(on(0, key, key), 0.0)
    performer.release_all(1.0)
    assert performer.keys(6.0) == []


def test_a_hand_comes_moves_without_a_jump_and_leaves():
    hand = Hand(1)
    assert hand.presence(0.0) == 0.0
    hand.play(0.0, 72)
    hand.release(0.2, 72)
    hand.play(0.3, 90)
    times = [n / 200 for n in range(60, 400)]
    xs = [hand.pose(t).x for t in times]
    assert max(abs(b - a) for a, b in itertools.pairwise(xs)) < 12.0  # mm in 5 ms
    assert abs(xs[-1] - g.middle(90)) < 60.0
    assert hand.presence(1.0) > 0.95
    hand.release(1.0, 90)
    assert hand.presence(2.0) > 0.9
    assert hand.presence(6.0) == 0.0


def test_presence_grows_under_a_fast_run_of_notes():
    """It used to begin anew with every note, and the hand was never seen."""
    hand = Hand(0)
    for n in range(40):
        hand.play(n * 0.05, 50 + n % 5)
        hand.release(n * 0.05 + 0.04, 50 + n % 5)
    assert hand.presence(2.0) > 0.95


def test_low_keys_are_the_left_hands_and_high_ones_the_rights():
    performer = Performer()
    performer.take(on(0, 30, 1), 0.0)
    performer.take(on(0, 90, 2), 0.0)
    left, right = performer.hands(2.0)
    assert left.x < g.middle(40)
    assert right.x > g.middle(80)
