# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Read Standard MIDI Files as messages with times."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from operator import itemgetter
from pathlib import Path
from typing import NamedTuple

from descant.errors import UserError
from descant.file_kinds import HEAD, UNTOLD, FileKind, content_kind, open_file
from descant.piano.decoder import NOTE_ON, MidiDecoder
from descant.piano.oddities import count
from descant.piano.same_tick import old_offs_first
from descant.piano.smf import HEADER, read_smf
from descant.piano.smf_events import DEFAULT_TEMPO, SmfContent
from descant.types import NANOSECONDS, Event

MOST_BYTES = 64 << 20
LONGEST_NS = 100 * 86_400 * NANOSECONDS  # the page counts in floats, which are exact up to 104 days


class TimedMessage(NamedTuple):
    """A MIDI message (its bytes), `time_ns` nanoseconds after the start of its file."""

    time_ns: int
    data: bytes


@dataclass(frozen=True)
class MidiFile:
    """The note and controller messages of a file, all tracks merged, in order of time.

    `duration_ns` is the last end of a track; what is over 100 days after the start is left out.
    `remarks`: one line on what was odd, if anything was.
    """

    path: Path
    messages: tuple[TimedMessage, ...]
    duration_ns: int
    remarks: tuple[str, ...] = ()

    def events(self, *, velocity_prefix_controller: int = 88) -> tuple[Event, ...]:
        """Return all notes and pedal movements, with times from the start of the file.

        Keys and pedals that are still down at the end of the file are released there. Ids count
        from 1.
        """
        return tuple(self.decode(velocity_prefix_controller=velocity_prefix_controller))

    def decode(self, *, velocity_prefix_controller: int = 88) -> Iterator[Event]:
        """Yield the events one by one, for who does not need them all."""
        decoder = MidiDecoder(run_ns=0, velocity_prefix_controller=velocity_prefix_controller)
        for message in self.messages:
            yield from decoder.feed(message.data, message.time_ns)
        yield from decoder.release_all(self.duration_ns)


def load(path: Path) -> MidiFile:
    """Read a Standard MIDI File, damaged ones as far as they go; see `MidiFile.remarks`.

    Raises `UserError` with the file and the byte where nothing can be read.
    """
    if path.is_dir() and any(path.glob("*.mcap")):
        raise UserError(f"{path} is a bag, not a MIDI file")
    try:
        with open_file(path) as file:
            content = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise UserError(f"{path}: {error.strerror or error}") from None
    try:
        return _parse(path, content)
    except UserError as error:
        raise UserError(f"{path}: {error}") from None


def _parse(path: Path, content: bytes) -> MidiFile:
    if not content:
        raise UserError("byte 0: not a MIDI file: the file is empty")
    kind = content_kind(content[:HEAD])
    if kind not in (FileKind.MIDI, *UNTOLD) and HEADER not in content:
        raise UserError(f"not a MIDI file but {kind.value}")
    if len(content) > MOST_BYTES:
        raise UserError(f"too large for a MIDI file: more than {MOST_BYTES >> 20} MiB")
    smf = read_smf(content)
    timed = list(_timed(smf))
    messages = [m for m in timed if m.time_ns <= LONGEST_NS]
    smf.oddities.late = len(timed) - len(messages)
    duration_ns = messages[-1].time_ns if messages else 0
    if not smf.oddities.late:
        messages.pop()  # the end
    if not any(m.data[0] & 0xF0 == NOTE_ON and m.data[2] > 0 for m in messages):
        read = f": {smf.oddities.remarks[0]}" if smf.oddities.remarks else ""
        raise UserError(f"no notes in {count(smf.tracks, 'track')}{read}")
    return MidiFile(path, tuple(messages), duration_ns, smf.oddities.remarks)


def _timed(smf: SmfContent) -> Iterator[TimedMessage]:
    """Convert ticks to nanoseconds by the tempo map; each change of tempo rounds by under 1 ns.

    At one tick a new tempo comes first, and old notes end before new ones; all else keeps the order
    of the tracks and within them. The last, without bytes, is the end of the file.
    """
    by_tick = itemgetter(0)
    tempi = deque(sorted(smf.tempi, key=by_tick))
    tempo = DEFAULT_TEMPO
    since_tick, since_ns = 0, 0  # of the last change of tempo
    last_tick, time_ns = 0, 0
    for tick, data in (*old_offs_first(sorted(smf.messages, key=by_tick)), (smf.end_tick, b"")):
        while tempi and tempi[0][0] <= tick:
            since_ns += _nanoseconds(tempi[0][0] - since_tick, tempo, smf.division)
            since_tick, tempo = tempi.popleft()
        if tick != last_tick:
            time_ns = since_ns + _nanoseconds(tick - since_tick, tempo, smf.division)
            last_tick = tick
        yield TimedMessage(time_ns, data)


def _nanoseconds(ticks: int, tempo: int, division: int) -> int:
    """Convert ticks; `tempo` is in microseconds per quarter note.

    A negative `division` is SMPTE: the header's 16 bits then hold minus the frames per second and,
    in the lower byte, the ticks per frame.
    """
    if division > 0:
        return ticks * tempo * 1_000 // division
    frames, ticks_a_frame = -(division >> 8), division & 0xFF
    rate = 30_000 / 1_001 if frames == 29 else float(frames)
    return round(ticks * 1e9 / (rate * max(ticks_a_frame, 1)))
