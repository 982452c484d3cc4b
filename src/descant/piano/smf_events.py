# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Read the events of one track of a Standard MIDI File, as far as they can be right."""

from __future__ import annotations

from dataclasses import dataclass, field

from descant.errors import UserError
from descant.piano.decoder import CONTROL_CHANGE, NOTE_OFF, NOTE_ON
from descant.piano.oddities import Oddities

DEFAULT_TEMPO = 500_000  # microseconds per quarter note, if a file sets none
MOST_TICKS = 0x0FFFFFFF  # between two events: four bytes of seven bits
MOST_MESSAGES = 1_000_000  # half a million notes: more than a day of playing
DRUMS = 9  # channel 10, counted from 0
WANTED = (NOTE_OFF, NOTE_ON, CONTROL_CHANGE)
ONE_DATA_BYTE = (0xC0, 0xD0)  # program change, channel pressure
SYSTEM_DATA_BYTES = {0xF1: 1, 0xF2: 2, 0xF3: 1}
EXCLUSIVE, ESCAPE, META = 0xF0, 0xF7, 0xFF
END_OF_TRACK, TEMPO = 0x2F, 0x51


@dataclass
class SmfContent:
    """The note and controller messages of all tracks, as (tick, bytes), track after track.

    `tempi` are (tick, microseconds per quarter note), `end_tick` is the last end of a track,
    `division` the ticks per quarter note, or negative for SMPTE time. Channel 10 is left out: its
    keys are drums.
    """

    division: int
    tracks: int = 0
    end_tick: int = 0
    messages: list[tuple[int, bytes]] = field(default_factory=list)
    tempi: list[tuple[int, int]] = field(default_factory=list)
    oddities: Oddities = field(default_factory=Oddities)


class TrackReader:
    """Reads the events of one track from `data`, which may go on behind the track.

    `tick` is that of its end or, without one, of its last whole event; `ended` and `cut` tell
    whether it has an end, and an event that is incomplete or damaged.
    """

    def __init__(self, data: memoryview, found: SmfContent) -> None:
        self.position = 0
        self.tick = 0
        self.ended = False
        self.cut = False
        self._data = data
        self._found = found
        self._running = 0  # the last status byte of a channel: any other event leaves it

    def read(self, length: int) -> None:
        """Read the track, which is `length` bytes long if its chunk is right.

        Two ends may be none: `length` where whole events lead to it, and an end of track in front
        of it. What follows is read where it is without fault up to an end of track or to `length`.
        """
        self._section(length)
        while not self.cut and self.position < len(self._data):
            if self.ended and not self.position < length <= len(self._data):
                break
            if not self._section_behind(length):
                break

    def _section(self, stop: int) -> None:
        size = len(self._data)
        try:
            while self.position < size and not self.ended:
                tick = self.tick + self._variable()
                self._event(tick)
                self.tick = tick
                if self.position == stop:
                    return
        except IndexError:
            self.cut = True

    def _section_behind(self, length: int) -> bool:
        """Read behind what may be the end; forget it where it is not without fault."""
        found, early = self._found, self.ended
        odd = found.oddities
        before = self.position, self.tick, self._running
        messages, tempi = len(found.messages), len(found.tempi)
        skipped, clipped, damaged, drums = odd.skipped, odd.clipped, odd.tempi, odd.drums
        self.ended = False
        if early:
            self._running = 0
        self._section(length)
        faults = odd.skipped - skipped + odd.clipped - clipped
        whole = self.position <= length and not self.cut if early else self.ended
        if whole and not faults:
            odd.behind += (len(found.messages) - messages) * early
            return True
        self.position, self.tick, self._running = before
        self.ended, self.cut = early, False
        odd.skipped, odd.clipped, odd.tempi, odd.drums = skipped, clipped, damaged, drums
        del found.messages[messages:], found.tempi[tempi:]
        return False

    def _variable(self) -> int:
        """Read a number of variable length, seven bits a byte; more than four cannot be right."""
        value = self._data[self.position]
        self.position += 1
        if value < 0x80:
            return value
        byte, value = value, value & 0x7F
        while byte >= 0x80 and value <= MOST_TICKS:
            byte = self._data[self.position]
            self.position += 1
            value = value << 7 | byte & 0x7F
        if value > MOST_TICKS:
            raise IndexError
        return value

    def _event(self, tick: int) -> None:
        status = self._data[self.position]
        if status < 0x80:
            status = self._running or self._next_status()
        else:
            self.position += 1
        if status < EXCLUSIVE:
            self._running = status
            self._channel_message(tick, status)
        elif status in (EXCLUSIVE, ESCAPE):
            self._skip(self._variable())
        elif status == META:
            self._meta(tick)
        else:
            self._skip(SYSTEM_DATA_BYTES.get(status, 0))

    def _next_status(self) -> int:
        """Skip data bytes that belong to no message."""
        while (status := self._data[self.position]) < 0x80:
            self.position += 1
            self._found.oddities.skipped += 1
        self.position += 1
        return status

    def _channel_message(self, tick: int, status: int) -> None:
        kind = status & 0xF0
        first = self._data_byte()
        if kind in ONE_DATA_BYTE:
            return
        second = self._data_byte()
        if kind not in WANTED:
            return
        if status & 0x0F == DRUMS:
            self._found.oddities.drums += kind == NOTE_ON and second > 0
            return
        self._found.messages.append((tick, bytes((status, first, second))))
        if len(self._found.messages) > MOST_MESSAGES:
            raise UserError(f"too long: more than {MOST_MESSAGES:,} messages")

    def _data_byte(self) -> int:
        byte = self._data[self.position]
        self.position += 1
        if byte > 127:
            self._found.oddities.clipped += 1
            return 127
        return byte

    def _meta(self, tick: int) -> None:
        kind = self._data[self.position]
        self.position += 1
        size = self._variable()
        first = self.position
        self._skip(size)
        self.ended = kind == END_OF_TRACK
        if kind == TEMPO:
            tempo = int.from_bytes(self._data[first : first + 3], "big") if size >= 3 else 0
            self._found.oddities.tempi += tempo == 0
            self._found.tempi.append((tick, tempo or DEFAULT_TEMPO))

    def _skip(self, count: int) -> None:
        self.position += count
        if self.position > len(self._data):
            self.position = len(self._data)
            raise IndexError
