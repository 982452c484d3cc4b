# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Decode MIDI messages with their arrival times into notes and pedal movements."""

from __future__ import annotations

from collections.abc import Sequence

from descant.types import NANOSECONDS, PEDALS, Event, Note, Pedal

NOTE_OFF, NOTE_ON, CONTROL_CHANGE = 0x80, 0x90, 0xB0
ALL_SOUND_OFF, RESET_ALL_CONTROLLERS, ALL_NOTES_OFF = 120, 121, 123
CHANNELS = 16
ABSENT_RELEASE_VELOCITY = 64  # of a note-off without a velocity (MIDI 1.0)


class MidiDecoder:
    """Decodes the messages of one piano; stores its held keys and pedals.

    A piano has each key once, on whatever channel: a key struck again without a note-off is
    released first. A pedal is as far down as on the channel that holds it furthest. `run_ns`, the
    start of the run in nanoseconds since the epoch, makes the ids unique over restarts: its seconds
    are their upper 32 bits, the lower bits count from 1.
    """

    def __init__(self, *, run_ns: int, velocity_prefix_controller: int = 88) -> None:
        self.velocity_prefix_controller = velocity_prefix_controller
        self.stray_offs = 0  # note-offs of keys that were not down
        self.malformed = 0  # messages that are not MIDI, or incomplete
        self._next_id = (run_ns // NANOSECONDS << 32) + 1
        self._held: dict[int, tuple[int, int]] = {}  # key -> (id of its note-on, channel)
        self._pedals: dict[int, dict[int, int]] = {}  # pedal -> channel -> its last value
        self._prefix = [0] * CHANNELS  # low 7 bits of the next velocity

    @property
    def held(self) -> int:
        """Number of keys that are down."""
        return len(self._held)

    def feed(self, data: Sequence[int], time_ns: int) -> tuple[Event, ...]:
        """Return the events of one MIDI message (its bytes) that arrived at `time_ns`.

        Messages of other kinds, and bytes that are not MIDI, give none.
        """
        status = data[0] if data else 0
        kind, channel = status & 0xF0, status & 0x0F
        if kind not in (NOTE_OFF, NOTE_ON, CONTROL_CHANGE):
            self.malformed += status < 0x80
            return ()
        if len(data) != 3 or not (0 <= data[1] < 128 and 0 <= data[2] < 128):
            self.malformed += 1
            return ()
        if kind == CONTROL_CHANGE:
            return self._control(channel, data[1], data[2], time_ns)
        low_bits, self._prefix[channel] = self._prefix[channel], 0
        if kind == NOTE_ON and data[2] > 0:
            return self._press(channel, data[1], data[2], low_bits, time_ns)
        if kind == NOTE_ON:
            return self._release(channel, data[1], ABSENT_RELEASE_VELOCITY, 0, time_ns)
        return self._release(channel, data[1], data[2], low_bits, time_ns)

    def release_all(self, time_ns: int) -> tuple[Event, ...]:
        """Release everything, as when the piano is lost: held keys in their order, then pedals."""
        offs = tuple(self._off(key, time_ns) for key in list(self._held))
        down = [pedal for pedal in self._pedals if self._depth(pedal) > 0]
        self._pedals.clear()
        self._prefix = [0] * CHANNELS
        return offs + tuple(Pedal(time_ns, pedal, 0) for pedal in down)

    def _press(
        self, channel: int, key: int, velocity: int, low_bits: int, time_ns: int
    ) -> tuple[Event, ...]:
        struck_again = (self._off(key, time_ns),) if key in self._held else ()
        number, self._next_id = self._next_id, self._next_id + 1
        self._held[key] = (number, channel)
        return *struck_again, Note(time_ns, number, True, key, velocity, velocity << 7 | low_bits)

    def _release(
        self, channel: int, key: int, velocity: int, low_bits: int, time_ns: int
    ) -> tuple[Event, ...]:
        # The note-off of another channel belongs to a note that was replaced by this one.
        if self._held.get(key, (0, -1))[1] != channel:
            self.stray_offs += 1
            return ()
        return (self._off(key, time_ns, velocity, low_bits),)

    def _off(
        self, key: int, time_ns: int, velocity: int = ABSENT_RELEASE_VELOCITY, low_bits: int = 0
    ) -> Note:
        number, _ = self._held.pop(key)
        return Note(time_ns, number, False, key, velocity, velocity << 7 | low_bits)

    def _control(
        self, channel: int, controller: int, value: int, time_ns: int
    ) -> tuple[Event, ...]:
        if controller in PEDALS:
            return self._move_pedal(channel, controller, value, time_ns)
        if controller == self.velocity_prefix_controller:
            self._prefix[channel] = value
        elif controller in (ALL_SOUND_OFF, ALL_NOTES_OFF):
            keys = [key for key, (_, of) in self._held.items() if of == channel]
            return tuple(self._off(key, time_ns) for key in keys)
        elif controller == RESET_ALL_CONTROLLERS:
            held = [pedal for pedal, values in self._pedals.items() if values.get(channel)]
            return tuple(e for pedal in held for e in self._move_pedal(channel, pedal, 0, time_ns))
        return ()

    def _move_pedal(self, channel: int, pedal: int, value: int, time_ns: int) -> tuple[Event, ...]:
        before = self._depth(pedal)
        self._pedals.setdefault(pedal, {})[channel] = value
        depth = self._depth(pedal)
        return (Pedal(time_ns, pedal, depth),) if value == depth or depth != before else ()

    def _depth(self, pedal: int) -> int:
        """How far down a pedal is, on whatever channel."""
        return max(self._pedals.get(pedal, {}).values(), default=0)
