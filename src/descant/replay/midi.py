"""Convert recorded notes and pedals to the MIDI messages that they came from."""

from __future__ import annotations

from descant.piano.decoder import CONTROL_CHANGE, NOTE_OFF, NOTE_ON
from descant.types import Event, Note


def to_midi(event: Event, velocity_prefix_controller: int) -> tuple[bytes, ...]:
    """The messages that the piano's decoder converts to `event`, on channel 1.

    A 14-bit velocity gives the high-resolution prefix and the message, any other the message alone.
    """
    if not isinstance(event, Note):
        return (bytes((CONTROL_CHANGE, event.pedal, event.value)),)
    message = bytes((NOTE_ON if event.on else NOTE_OFF, event.key, event.velocity))
    low_bits = event.velocity_14bit & 0x7F
    if not low_bits:
        return (message,)
    return bytes((CONTROL_CHANGE, velocity_prefix_controller, low_bits)), message
