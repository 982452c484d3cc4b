"""Read Standard MIDI Files as messages with times."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import mido
from mido.midifiles.meta import KeySignatureError

from descant.errors import UserError
from descant.piano.decoder import MidiDecoder
from descant.types import NANOSECONDS, Event

DEFAULT_TEMPO = 500_000  # microseconds per quarter note, if a file sets none
WANTED = ("note_on", "note_off", "control_change")
# What mido raises on bytes that break the format.
BROKEN = (OSError, EOFError, ValueError, LookupError, TypeError, struct.error, KeySignatureError)
MOST_TICKS = 0x0FFFFFFF  # between two events: four bytes of seven bits; mido reads more
LONGEST_NS = 366 * 86_400 * NANOSECONDS  # longer ones do not fit a stamp


@dataclass(frozen=True, slots=True)
class TimedMessage:
    """A MIDI message (its bytes), `time_ns` nanoseconds after the start of its file."""

    time_ns: int
    data: bytes


@dataclass(frozen=True)
class MidiFile:
    """The note and controller messages of a file, all tracks merged, in order of time."""

    path: Path
    messages: tuple[TimedMessage, ...]
    duration_ns: int

    def events(self, *, velocity_prefix_controller: int = 88) -> tuple[Event, ...]:
        """Return all notes and pedal movements, with times from the start of the file.

        Keys and pedals that are still down at the end of the file are released there. Ids count
        from 1.
        """
        decoder = MidiDecoder(run_ns=0, velocity_prefix_controller=velocity_prefix_controller)
        events: list[Event] = []
        for message in self.messages:
            events += decoder.feed(message.data, message.time_ns)
        return (*events, *decoder.release_all(self.duration_ns))


def load(path: Path) -> MidiFile:
    """Read a Standard MIDI File; `UserError` names the file and the track or byte of a mistake."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UserError(f"{path}: {error.strerror or error}") from None
    midi = _parse(path, content)
    messages = tuple(_timed(midi))
    if not any(m.data[0] & 0xF0 == 0x90 and m.data[2] > 0 for m in messages):
        raise UserError(f"{path}: no notes in {_count(len(midi.tracks), 'track')}")
    if messages[-1].time_ns > LONGEST_NS:
        raise UserError(f"{path}: too long: its last event is over a year after the start")
    return MidiFile(path, messages, messages[-1].time_ns)


def _parse(path: Path, content: bytes) -> Any:
    if not content:
        raise UserError(f"{path}: byte 0: not a MIDI file: the file is empty")
    if not content.startswith(b"MThd"):
        raise UserError(f"{path}: byte 0: not a MIDI file: no MThd header")
    stream = io.BytesIO(content)
    try:
        midi = mido.MidiFile(file=stream)
    except BROKEN as error:
        position = stream.tell()
        text = str(error) or "the file ends in the middle"
        raise UserError(f"{path}: {_place(content, position)}: {text}") from None
    if midi.type == 2 and len(midi.tracks) > 1:
        raise UserError(f"{path}: byte 8: format 2 (independent songs) cannot be played as one")
    if midi.ticks_per_beat == 0:
        raise UserError(f"{path}: byte 12: a time division of 0 ticks")
    for number, track in enumerate(midi.tracks, start=1):
        if any(message.time > MOST_TICKS for message in track):
            raise UserError(f"{path}: track {number}: too long: a time of more than four bytes")
    return midi


def _place(content: bytes, position: int) -> str:
    """Return 'track 3, byte 1234', or 'byte 4' before the first track."""
    track, start = 0, 8 + int.from_bytes(content[4:8], "big")
    while content[start : start + 4] == b"MTrk" and start < position:
        track += 1
        start += 8 + int.from_bytes(content[start + 4 : start + 8], "big")
    return f"track {track}, byte {position}" if track else f"byte {position}"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _timed(midi: Any) -> Iterator[TimedMessage]:
    """Convert ticks to nanoseconds by the tempo map; each change of tempo rounds by under 1 ns."""
    tempo = DEFAULT_TEMPO
    since_tick, since_ns = 0, 0  # of the last change of tempo
    for tick, message in _merged(midi.tracks):
        time_ns = since_ns + _nanoseconds(tick - since_tick, tempo, midi.ticks_per_beat)
        if message.type == "set_tempo":
            tempo, since_tick, since_ns = message.tempo, tick, time_ns
        else:
            yield TimedMessage(time_ns, bytes(message.bytes()))


def _merged(tracks: Sequence[Any]) -> list[tuple[int, Any]]:
    """Return (tick, message) of the WANTED messages of all tracks, in order.

    At one tick a new tempo comes first; the others keep the order of tracks and within them.
    """
    merged = []
    for track in tracks:
        tick = 0
        for message in track:
            tick += message.time
            if message.type == "set_tempo" or message.type in WANTED:
                merged.append((tick, message))
    return sorted(merged, key=lambda item: (item[0], item[1].type != "set_tempo"))


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
