# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Read the chunks and events of a Standard MIDI File, damaged ones as far as they go.

What carries neither notes nor time is passed over. What is odd is counted, never refused: see
`Oddities`. The page has the same reader, `page/web/core/midi_messages.js`.
"""

from __future__ import annotations

from descant.errors import UserError
from descant.piano.smf_events import SmfContent, TrackReader

MOST_CHUNKS = 64  # unknown ones in a row
MOST_HEADERS = 64  # that are compared
HEADER, TRACK = b"MThd", b"MTrk"


def read_smf(content: bytes) -> SmfContent:
    """Read all tracks to the end of the file, whatever its header and its lengths say.

    Raises `UserError`, without the file's name, where there is no header, a division of 0, or an
    absurd number of messages.
    """
    start = _find_header(content)
    if start < 0:
        raise UserError("byte 0: not a MIDI file: no MThd header")
    if len(content) < start + 14:
        raise UserError(f"byte {len(content)}: the file ends in its header")
    kind, tracks, division = (_number(content, start + first, 2) for first in (8, 10, 12))
    if division == 0:
        raise UserError(f"byte {start + 12}: a time division of 0 ticks")
    found = SmfContent(division - 0x10000 if division & 0x8000 else division)
    wrapped = content.startswith(b"RIFF")
    found.oddities.before = 0 if wrapped else start
    end = _riff_end(content, start) if wrapped else len(content)
    _read_chunks(content[:end], start, found)
    found.oddities.songs = found.tracks if kind == 2 and found.tracks > 1 else 0
    if found.tracks != tracks:
        found.oddities.tracks = (found.tracks, tracks)
    return found


def _number(content: bytes, position: int, size: int) -> int:
    return int.from_bytes(content[position : position + size], "big")


def _find_header(content: bytes) -> int:
    """Return where the header is, -1 where there is none.

    Where its name occurs several times, as in a text, chunks follow the right one, whose length is
    6 as a rule.
    """
    best, most = -1, -1
    place = content.find(HEADER)
    for _ in range(MOST_HEADERS):
        if place < 0:
            break
        size = _number(content, place + 4, 4)
        body = place + 8 + max(size, 6)
        chunks = body < len(content) and _count_chunks(content, body) is not None
        likely = 2 * chunks + (size == 6)
        if likely > most:
            best, most = place, likely
        place = content.find(HEADER, place + 4)
    return best


def _riff_end(content: bytes, start: int) -> int:
    """Return where the `data` chunk ends that holds the header at `start`.

    Its length is believed where another chunk or the end of the file follows it.
    """
    size = int.from_bytes(content[start - 4 : start], "little")
    end = start + size
    if content[start - 8 : start - 4] != b"data" or size < 22:
        return len(content)
    paddings = {0, size % 2}  # a byte after an odd length, which some leave out
    followers = [content[end + padding : end + padding + 4] for padding in paddings]
    return end if any(not name or _is_name(name) for name in followers) else len(content)


def _read_chunks(content: bytes, start: int, found: SmfContent) -> None:
    """Read every chunk behind the header at `start`."""
    position = start + 8 + max(_number(content, start + 4, 4), 6)
    if position > len(content):  # the header's length cannot be right
        position = start + 14
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
    found.oddities.skipped += len(content) - position


def _chunk_end(content: bytes, position: int) -> int:
    return position + 8 + _number(content, position + 4, 4)


def _is_name(name: bytes) -> bool:
    """Whether this may be the name of a chunk."""
    return len(name) == 4 and all(0x20 <= letter < 0x7F for letter in name)


def _count_chunks(content: bytes, position: int) -> int | None:
    """Return the number of whole unknown chunks from `position` up to a track or the end of the
    file; None where something else is there.
    """
    for chunks in range(MOST_CHUNKS):
        if position == len(content) or content.startswith(TRACK, position):
            return chunks
        name = content[position : position + 4]
        if not _is_name(name):
            return None
        position = _chunk_end(content, position)
    return None


def _read_track(content: bytes, position: int, found: SmfContent) -> int:
    """Read the track whose header is at `position`; return where the next chunk begins.

    A length is believed where chunks follow it; else the track goes on up to its own end, the next
    track or the end of the file, unless whole events lead to its length and none follow.
    """
    body, end = position + 8, _chunk_end(content, position)
    believed = _count_chunks(content, end) is not None
    limit = end
    if not believed:
        following = content.find(TRACK, body)
        limit = following if following >= 0 else len(content)
    found.tracks += 1
    track = TrackReader(memoryview(content)[body:limit], found)
    track.read(end - body)
    found.end_tick = max(found.end_tick, track.tick)
    stop = body + track.position
    if not track.ended and (track.cut or stop != end):
        found.oddities.cut += 1
        return limit
    found.oddities.lengths += stop != end
    if not believed or content.startswith(TRACK, stop):
        return stop
    found.oddities.skipped += end - stop
    return end
