"""Recorded notes and pedals as the MIDI messages they came from."""

from __future__ import annotations

from descant.piano.decoder import CONTROL_CHANGE, NOTE_OFF, NOTE_ON
from descant.types import Event, Note


def messages(event: Event, velocity_prefix_controller: int) -> tuple[bytes, ...]:
    """What the piano's decoder turns into `event` again, on channel 1.

    A velocity of 14 bits is the high-resolution prefix and the message, others the message alone.
    """
    if not isinstance(event, Note):
        return (bytes((CONTROL_CHANGE, event.pedal, event.value)),)
    message = bytes((NOTE_ON if event.on else NOTE_OFF, event.key, event.velocity))
    low_bits = event.velocity_14bit & 0x7F
    if not low_bits:
        return (message,)
    return bytes((CONTROL_CHANGE, velocity_prefix_controller, low_bits)), message
