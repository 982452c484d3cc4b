# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Convert recorded notes and pedals to the MIDI messages that they came from."""

from __future__ import annotations

from mido import Message

from descant.types import Event, Note


def to_midi(event: Event, velocity_prefix_controller: int) -> tuple[bytes, ...]:
    """The messages that the piano's decoder converts to `event`, on channel 1.

    A 14-bit velocity gives the high-resolution prefix and the message, any other the message alone.
    """
    if not isinstance(event, Note):
        return (_control(event.pedal, event.value),)
    kind = "note_on" if event.on else "note_off"
    message = bytes(Message(kind, note=event.key, velocity=event.velocity).bytes())
    low_bits = event.velocity_14bit & 0x7F
    return (_control(velocity_prefix_controller, low_bits), message) if low_bits else (message,)


def _control(controller: int, value: int) -> bytes:
    return bytes(Message("control_change", control=controller, value=value).bytes())
