# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Recorded events as MIDI messages: the decoder makes the same of them."""

from hypothesis import given
from hypothesis import strategies as st

from descant.piano.decoder import MidiDecoder
from descant.replay.midi import to_midi
from descant.types import Note, Pedal

VELOCITIES = st.integers(128, (1 << 14) - 1)


@given(st.integers(0, 127), VELOCITIES, st.integers(0, (1 << 14) - 1), st.sampled_from([16, 88]))
def test_a_note_comes_back_to_the_last_bit_of_its_velocity(
    key: int, struck: int, released: int, controller: int
) -> None:
    decoder = MidiDecoder(run_ns=0, velocity_prefix_controller=controller)
    notes = [
        Note(5, 1, True, key, struck >> 7, struck),
        Note(6, 1, False, key, released >> 7, released),
    ]
    back = [e for n in notes for m in to_midi(n, controller) for e in decoder.feed(m, n.time_ns)]
    assert back == notes


@given(st.sampled_from([64, 66, 67]), st.integers(0, 127))
def test_a_pedal_comes_back(pedal: int, value: int) -> None:
    event = Pedal(7, pedal, value)
    [message] = to_midi(event, 88)
    assert MidiDecoder(run_ns=0).feed(message, 7) == (event,)
