"""Read the chunks and events of a Standard MIDI File, damaged ones as far as they go.

What carries neither notes nor time is passed over. What is odd is counted, never refused: see
`Oddities`. The page has the same reader, `page/web/core/midi_messages.js`.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from descant.errors import UserError
from descant.piano.decoder import CONTROL_CHANGE, NOTE_OFF, NOTE_ON
from descant.piano.oddities import Oddities

DEFAULT_TEMPO = 500_000  # microseconds per quarter note, if a file sets none
MOST_TICKS = 0x0FFFFFFF  # between two events: four bytes of seven bits
MOST_MESSAGES = 1_000_000  # half a million notes: more than a day of playing
MOST_CHUNKS = 64  # unknown ones in a row
DRUMS = 9  # channel 10, counted from 0
WANTED = (NOTE_OFF, NOTE_ON, CONTROL_CHANGE)
ONE_DATA_BYTE = (0xC0, 0xD0)  # program change, channel pressure
SYSTEM_DATA_BYTES = {0xF1: 1, 0xF2: 2, 0xF3: 1}
EXCLUSIVE, ESCAPE, META = 0xF0, 0xF7, 0xFF
END_OF_TRACK, TEMPO = 0x2F, 0x51
HEADER, TRACK = b"MThd", b"MTrk"


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


def read_smf(content: bytes) -> SmfContent:
    """Read all tracks to the end of the file, whatever its header and its lengths say.

    Raises `UserError`, without the file's name, where there is no header, a division of 0, a file
    of independent songs, or an absurd time or number of messages.
    """
    start = content.find(HEADER)
    if start < 0:
        raise UserError("byte 0: not a MIDI file: no MThd header")
    if len(content) < start + 14:
        raise UserError(f"byte {len(content)}: the file ends in its header")
    size, kind, tracks, division = (
        int.from_bytes(content[start + first : start + last], "big")
        for first, last in ((4, 8), (8, 10), (10, 12), (12, 14))
    )
    if division == 0:
        raise UserError(f"byte {start + 12}: a time division of 0 ticks")
    found = SmfContent(division - 0x10000 if division & 0x8000 else division)
    wrapped = content.startswith(b"RIFF")
    found.oddities.before = 0 if wrapped else start
    left = _read_chunks(content, start + 8 + max(size, 6), found)
    found.oddities.skipped += 0 if wrapped else left
    if kind == 2 and found.tracks > 1:
        raise UserError(f"byte {start + 8}: format 2 (independent songs) cannot be played as one")
    if found.tracks != tracks:
        found.oddities.tracks = (found.tracks, tracks)
    return found


def _read_chunks(content: bytes, position: int, found: SmfContent) -> int:
    """Read every chunk from `position` on; return how many bytes are left behind the last."""
    if position > len(content):  # the header's length cannot be right
        position = content.find(HEADER) + 14
    while position + 8 <= len(content) and content[position : position + 4] != HEADER:
        if content.startswith(TRACK, position):
            position = _read_track(content, position, found)
        elif (chunks := _count_chunks(content, position)) is not None:
            found.oddities.chunks += chunks
            for _ in range(chunks):
                position = _chunk_end(content, position)
        else:
            following = content.find(TRACK, position)
            if following < 0:
                break
            found.oddities.skipped += following - position
            position = following
    return len(content) - position


def _chunk_end(content: bytes, position: int) -> int:
    return position + 8 + int.from_bytes(content[position + 4 : position + 8], "big")


def _count_chunks(content: bytes, position: int) -> int | None:
    """Return the number of whole unknown chunks from `position` up to a track or the end of the
    file; None where something else is there."""
    for chunks in range(MOST_CHUNKS):
        if position == len(content) or content.startswith(TRACK, position):
            return chunks
        name = content[position : position + 4]
        if len(name) < 4 or not all(0x20 <= letter < 0x7F for letter in name):
            return None
        position = _chunk_end(content, position)
    return None


def _read_track(content: bytes, position: int, found: SmfContent) -> int:
    """Read the track whose header is at `position`; return where the next chunk begins.

    A length is believed where chunks follow it; else the track goes on up to its own end, the next
    track or the end of the file.
    """
    body, end = position + 8, _chunk_end(content, position)
    believed = _count_chunks(content, end) is not None
    limit = end
    if not believed:
        following = content.find(TRACK, body)
        limit = following if following >= 0 else len(content)
    found.tracks += 1
    track = _Track(memoryview(content)[body:limit], found)
    track.read()
    found.end_tick = max(found.end_tick, track.tick)
    stop = body + track.position
    if not track.ended:
        found.oddities.cut += track.cut or not believed
        return limit
    found.oddities.lengths += stop != end
    if not believed or content.startswith(TRACK, stop):
        return stop
    found.oddities.skipped += end - stop
    return end


class _Track:
    """Reads the events of one track. `tick` is that of its end or, without one, of its last whole
    event; `ended` and `cut` tell whether it has an end, and an event that is incomplete."""

    def __init__(self, data: memoryview, found: SmfContent) -> None:
        self.position = 0
        self.tick = 0
        self.ended = False
        self.cut = False
        self._data = data
        self._found = found
        self._running = 0  # the last status byte of a channel: any other event leaves it

    def read(self) -> None:
        """Read up to the end of the track."""
        size = len(self._data)
        try:
            while self.position < size and not self.ended:
                tick = self.tick + self._wait()
                self._event(tick)
                self.tick = tick
        except IndexError:
            self.cut = True

    def _wait(self) -> int:
        ticks = self._variable()
        if ticks > MOST_TICKS:
            raise UserError(f"track {self._found.tracks}: too long: a time of more than four bytes")
        return ticks

    def _variable(self) -> int:
        """Read a number of variable length, seven bits a byte; more than MOST_TICKS is too long."""
        value = self._data[self.position]
        self.position += 1
        if value < 0x80:
            return value
        byte, value = value, value & 0x7F
        while byte >= 0x80 and value <= MOST_TICKS:
            byte = self._data[self.position]
            self.position += 1
            value = value << 7 | byte & 0x7F
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
