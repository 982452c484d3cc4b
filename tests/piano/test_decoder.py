# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""MIDI bytes in, notes and pedal movements out."""

import random

import pytest

from descant.piano.decoder import MidiDecoder
from descant.types import SOFT, SOSTENUTO, SUSTAIN, Note, Pedal

RUN_S = 1_700_000_000
FIRST_ID = (RUN_S << 32) + 1


@pytest.fixture
def decoder():
    return MidiDecoder(run_ns=RUN_S * 1_000_000_000 + 123)


def test_a_key_goes_down_and_up_under_one_id(decoder):
    assert decoder.feed([0x90, 60, 100], 5) == (Note(5, FIRST_ID, True, 60, 100, 12_800),)
    assert decoder.held == 1
    assert decoder.feed([0x80, 60, 31], 9) == (Note(9, FIRST_ID, False, 60, 31, 3_968),)
    assert decoder.held == 0


def test_a_note_on_of_velocity_0_is_an_off_without_a_release_velocity(decoder):
    decoder.feed([0x90, 60, 100], 5)
    assert decoder.feed([0x90, 60, 0], 9) == (Note(9, FIRST_ID, False, 60, 64, 8_192),)


def test_ids_count_up_within_a_run_and_on_over_the_next(decoder):
    ids = [decoder.feed([0x90, key, 1], 0)[0].id for key in range(50)]
    later = MidiDecoder(run_ns=(RUN_S + 1) * 1_000_000_000)
    ids.append(later.feed([0x90, 60, 1], 0)[0].id)
    assert ids[:3] == [FIRST_ID, FIRST_ID + 1, FIRST_ID + 2]
    assert ids == sorted(set(ids))


def test_an_off_of_a_key_that_is_not_down_is_counted_and_ignored(decoder):
    assert decoder.feed([0x80, 60, 64], 0) == ()
    assert decoder.stray_offs == 1


def test_a_key_struck_again_without_an_off_is_released_first(decoder):
    decoder.feed([0x90, 60, 100], 1)
    assert decoder.feed([0x90, 60, 90], 2) == (
        Note(2, FIRST_ID, False, 60, 64, 8_192),
        Note(2, FIRST_ID + 1, True, 60, 90, 11_520),
    )
    assert decoder.held == 1


def test_all_channels_play_one_piano(decoder):
    for channel in range(16):
        (note,) = decoder.feed([0x90 | channel, 30 + channel, 1], 0)
        assert note.on
    assert decoder.held == 16


def test_the_off_of_another_channel_does_not_cut_a_note_that_replaced_its_own(decoder):
    decoder.feed([0x90, 60, 100], 1)
    decoder.feed([0x91, 60, 100], 2)
    assert decoder.feed([0x80, 60, 64], 3) == ()
    (off,) = decoder.feed([0x81, 60, 64], 4)
    assert off.id == FIRST_ID + 1


@pytest.mark.parametrize("pedal", [SUSTAIN, SOSTENUTO, SOFT])
def test_pedals_are_continuous(decoder, pedal):
    for value in range(128):
        assert decoder.feed([0xB0, pedal, value], value) == (Pedal(value, pedal, value),)


def test_the_prefix_gives_the_low_bits_of_the_next_velocity_only(decoder):
    decoder.feed([0xB0, 88, 37], 0)
    assert decoder.feed([0x90, 60, 100], 1)[0].velocity_14bit == 100 * 128 + 37
    assert decoder.feed([0x90, 61, 100], 2)[0].velocity_14bit == 100 * 128


def test_the_prefix_counts_for_an_off_too_and_for_its_own_channel(decoder):
    decoder.feed([0x90, 60, 100], 0)
    decoder.feed([0xB1, 88, 99], 1)
    decoder.feed([0xB0, 88, 5], 1)
    assert decoder.feed([0x80, 60, 40], 2)[0].velocity_14bit == 40 * 128 + 5


def test_the_prefix_controller_is_a_parameter():
    decoder = MidiDecoder(run_ns=0, velocity_prefix_controller=16)
    decoder.feed([0xB0, 88, 1], 0)
    assert decoder.feed([0x90, 60, 100], 0)[0].velocity_14bit == 12_800
    decoder.feed([0xB0, 16, 1], 0)
    assert decoder.feed([0x90, 61, 100], 0)[0].velocity_14bit == 12_801


def test_release_all_lets_everything_go_once(decoder):
    for message in ([0x90, 62, 9], [0x90, 60, 9], [0xB0, 64, 80], [0xB0, 67, 3], [0xB0, 67, 0]):
        decoder.feed(message, 0)
    assert decoder.release_all(7) == (
        Note(7, FIRST_ID, False, 62, 64, 8_192),
        Note(7, FIRST_ID + 1, False, 60, 64, 8_192),
        Pedal(7, SUSTAIN, 0),
    )
    assert decoder.release_all(8) == ()
    assert decoder.held == 0


@pytest.mark.parametrize("controller", [120, 123])
def test_all_notes_off_releases_the_keys_of_its_channel(decoder, controller):
    decoder.feed([0x90, 60, 9], 0)
    decoder.feed([0x91, 62, 9], 0)
    (off,) = decoder.feed([0xB1, controller, 0], 1)
    assert (off.on, off.key) == (False, 62)
    assert decoder.held == 1


@pytest.mark.parametrize("pedal", [SUSTAIN, SOSTENUTO, SOFT])
def test_a_pedal_is_as_far_down_as_on_the_channel_that_holds_it_furthest(decoder, pedal):
    told = []
    for channel, value in [(0, 100), (1, 0), (1, 120), (1, 110), (0, 0), (2, 50), (1, 0), (2, 0)]:
        told += decoder.feed([0xB0 | channel, pedal, value], 3)
    assert told == [Pedal(3, pedal, value) for value in (100, 120, 110, 50, 0)]


def test_a_reset_of_all_controllers_lifts_the_pedals_of_its_channel(decoder):
    for message in ([0xB0, 64, 80], [0xB0, 67, 9], [0xB0, 66, 0], [0xB1, 64, 70], [0xB2, 66, 5]):
        decoder.feed(message, 0)
    assert decoder.feed([0xB0, 121, 0], 4) == (Pedal(4, SUSTAIN, 70), Pedal(4, SOFT, 0))
    assert decoder.feed([0xB0, 121, 0], 5) == ()
    assert decoder.feed([0xB1, 121, 0], 6) == (Pedal(6, SUSTAIN, 0),)
    assert decoder.release_all(7) == (Pedal(7, SOSTENUTO, 0),)


def test_drums_of_a_live_piano_are_notes(decoder):
    """A Disklavier can be set to send on any channel: only files leave out channel 10."""
    assert decoder.feed([0x99, 60, 9], 0)[0].on


@pytest.mark.parametrize(
    "data",
    [
        [0xFE],  # active sensing
        [0xF8],  # clock
        [0xA0, 60, 40],  # polyphonic aftertouch: a PRO model's key position
        [0xC0, 1],  # program change
        [0xE0, 0, 64],  # pitch bend
        [0xF0, 0x43, 0xF7],  # system exclusive
        [0xB0, 0, 1],  # bank select
        [0xB0, 7, 100],  # volume
    ],
)
def test_messages_without_keys_and_pedals_give_no_event(decoder, data):
    assert decoder.feed(data, 0) == ()
    assert decoder.malformed == 0


@pytest.mark.parametrize(
    "data",
    [
        [],  # nothing
        [60, 100],  # no status byte
        [0x90],  # cut short
        [0x90, 60],  # cut short
        [0x90, 60, 200],  # a status byte where data should be
        [0xB0, 200, 0],  # the same
        [0x90, 60, 100, 0],  # too long
    ],
)
def test_what_is_not_midi_is_counted_and_ignored(decoder, data):
    assert decoder.feed(data, 0) == ()
    assert decoder.malformed == 1


def test_noise_never_breaks_it_and_leaves_it_consistent():
    noise = random.Random(88)
    decoder = MidiDecoder(run_ns=0)
    down = {}
    for time_ns in range(50_000):
        data = [noise.randrange(256) for _ in range(noise.randrange(5))]
        if noise.random() < 0.5:  # else hardly any would be a note
            data = [0x80 | noise.randrange(64), noise.randrange(128), noise.randrange(128)]
        for event in decoder.feed(data, time_ns):
            if isinstance(event, Note) and event.on:
                assert event.key not in down
                assert 1 <= event.velocity <= 127
                down[event.key] = event.id
            elif isinstance(event, Note):
                assert down.pop(event.key) == event.id
            assert event.time_ns == time_ns
        assert decoder.held == len(down)
    assert {e.id for e in decoder.release_all(0) if isinstance(e, Note)} == set(down.values())
