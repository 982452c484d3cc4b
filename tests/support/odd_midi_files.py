# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""MIDI files that are not as they should be, by kind, and the notes that each must give."""

from __future__ import annotations

from support.midifiles import chunk, header

TEXT = b"\x00\xff\x03\x04left"
SETTING = b"\x00\xf0\x05\x43\x10\x4c\x00\xf7"
FIRST = b"\x00\x90\x3c\x50\x83\x74\x80\x3c\x40"  # key 60 for 500 ticks, which are 0.5 s
SECOND = b"\x00\x90\x40\x50\x83\x74\x80\x40\x40"  # key 64, the same
THIRD = b"\x00\x90\x43\x50\x83\x74\x80\x43\x40"  # key 67, the same
END = b"\x00\xff\x2f\x00"
RUNNING = (
    b"\x00\x90\x3c\x50\x83\x74\x3c\x00\x00\x40\x50\x83\x74\x40\x00\x00\x43\x50\x83\x74\x43\x00"
)
"""The same three notes by running status, which any text behind them would go on with."""
BODY = FIRST + SECOND + THIRD + END
FILE = header() + chunk(BODY)
TWO_TRACKS = header(kind=1, tracks=2) + chunk(FIRST + END) + chunk(b"\x83\x74" + SECOND[1:] + END)

NOTES = [(60, 0, 500), (64, 500, 500), (67, 1000, 500)]
"""Of FILE: key, onset and duration in milliseconds."""


def with_meta(kind: int, data: bytes) -> bytes:
    """FILE with a meta in front of each note."""
    meta = bytes((0, 0xFF, kind, len(data))) + data
    return header() + chunk(meta + FIRST + meta + SECOND + meta + THIRD + END)


def with_event(event: bytes) -> bytes:
    """FILE with an event before, within and after the first note, at no time of its own."""
    first = FIRST[:4] + b"\x00" + event + FIRST[4:]
    return header() + chunk(b"\x00" + event + first + b"\x00" + event + SECOND + THIRD + END)


def riff(
    smf: bytes, *, kind: bytes = b"RMID", size: int | None = None, after: bytes = b""
) -> bytes:
    """An SMF in a RIFF file, with chunks behind it."""
    length = (len(smf) if size is None else size).to_bytes(4, "little")
    body = kind + b"data" + length + smf + after
    return b"RIFF" + len(body).to_bytes(4, "little") + body


SLOWEST = b"\x00\xff\x51\x03\xff\xff\xff"
LIST = b"LIST\x12\x00\x00\x00INFOINAM\x06\x00\x00\x00song\x00\x00"
TEXTS = b"\x00\xff\x01\x01a"  # makes the length of a file with RUNNING odd
BEHIND = {
    "text": b"\r\nCreated with Foo 1.0 (c) 1999 someone",
    "HTML": b'<!-- hosted --><script src="x.js"></script>\n',
    "a tag": b"TAG" + b"title" + bytes(60),
    "spaces": b" " * 128,
    "zeros": bytes(64),
    "end-of-file marks": b"\x1a" * 64,
}
"""What is behind the last track of a file and is no chunk."""

SAME_NOTES: dict[str, dict[str, bytes]] = {
    "metas without meaning": {
        "key signature of 8 sharps": with_meta(0x59, b"\x08\x00"),
        "key signature of mode 7": with_meta(0x59, b"\x00\x07"),
        "empty key signature": with_meta(0x59, b""),
        "time signature of two bytes": with_meta(0x58, b"\x04\x02"),
        "time signature of 2^255": with_meta(0x58, b"\x04\xff\x18\x08"),
        "channel prefix of no byte": with_meta(0x20, b""),
        "port prefix of no byte": with_meta(0x21, b""),
        "sequence number of no byte": with_meta(0x00, b""),
        "SMPTE offset of odd hours": with_meta(0x54, b"\xe0\x00\x03\x00\x00"),
        "SMPTE offset of two bytes": with_meta(0x54, b"\x60\x00"),
        "text in no encoding": with_meta(0x01, b"\xff\xfe\x80"),
        "unknown kind": with_meta(0x77, b"\x90\x3c\x50"),
        "kind over 127": with_meta(0x9F, b"abc"),
    },
    "events without meaning": {
        "escape": with_event(b"\xf7\x01\xfa"),
        "empty escape": with_event(b"\xf7\x00"),
        "exclusive without its end": with_event(b"\xf0\x03\x43\x10\x4c"),
        "clock": with_event(b"\xf8"),
        "active sensing": with_event(b"\xfe"),
        "song position": with_event(b"\xf2\x01\x02"),
        "undefined": with_event(b"\xf4"),
        "program and pressure": with_event(b"\xc0\x05\x00\xd0\x11\x00\xa0\x3c\x01"),
        "running status after all of these": header()
        + chunk(
            b"\x00\x90\x3c\x50\x83\x74\x3c\x00" + SETTING + b"\x00\x40\x50" + TEXT
            + b"\x83\x74\x40\x00\x00\xfe\x00\x43\x50\x83\x74\x43\x00" + END
        ),
    },
    "chunks": {
        "unknown before": header() + b"XFIH\x00\x00\x00\x03abc" + chunk(BODY),
        "unknown behind": FILE + b"XFKM\x00\x00\x00\x00",
        "bytes before the header": bytes(128) + FILE,
        "text before the header": b"MIME: audio/midi\r\n\r\n" + FILE,
        "bytes behind": FILE + b"\x00" * 100,
        "bytes between": header() + b"\x00\x07" + chunk(BODY),
        "a longer header": b"MThd\x00\x00\x00\x08" + header()[8:] + b"\x00\x00" + chunk(BODY),
        "a header of length 0": b"MThd\x00\x00\x00\x00" + header()[8:] + chunk(BODY),
        "a header of absurd length": b"MThd\xff\xff\xff\xff" + header()[8:] + chunk(BODY),
        "RMID": riff(FILE),
        "RMID with a sound bank": riff(FILE, after=b"LIST\x04\x00\x00\x00INFO"),
        "RMID of wrong length": riff(FILE, size=3),
    },
    "lengths": {
        "too long": header() + chunk(BODY, size=len(BODY) + 3),
        "as long as can be": header() + chunk(BODY, size=0xFFFFFFFF),
        "too short": header() + chunk(BODY, size=len(BODY) - 5),
        "zero": header() + chunk(BODY, size=0),
        "without an end of track": header() + chunk(BODY[:-4]),
        "bytes behind the end of track": header() + chunk(BODY + b"\x00\x30\x40"),
    },
    "bytes behind a track without an end": {
        name: header() + chunk(RUNNING) + behind for name, behind in BEHIND.items()
    },
    "RMID around a track without an end": {
        "alone": riff(header() + chunk(RUNNING)),
        "padded": riff(header() + chunk(TEXTS + RUNNING), after=b"\x00" + LIST),
        "not padded": riff(header() + chunk(TEXTS + RUNNING), after=LIST),
        "behind the RIFF chunk": riff(header() + chunk(RUNNING)) + LIST,
    },
    "behind an end of track": {
        "a note": header() + chunk(FIRST + SECOND + END + THIRD + END),
        "a note without another end": header() + chunk(FIRST + SECOND + END + THIRD),
        "two ends": header() + chunk(FIRST + END + SECOND + END + THIRD + END),
        "a note and padding": header() + chunk(FIRST + SECOND + END + THIRD + END + bytes(3)),
        "half a note": header() + chunk(BODY + FIRST[:-2]),
        "text": header() + chunk(BODY + b" (c) 1999 "),
        "a note and text behind the track": header() + chunk(FIRST + SECOND + END + THIRD + END)
        + b" (c) 1999 ",
    },
    "headers": {
        "named in a text": b"The MThd chunk follows here....." + FILE,
        "named twice": b"MThd, MThd" + FILE,
        "in a text before a longer one": b"no MThd" + b"MThd\x00\x00\x00\x07" + header()[8:]
        + b"\x00" + chunk(BODY),
    },
    "songs": {
        "one": header(kind=2) + chunk(BODY),
        "three": header(kind=2, tracks=3) + chunk(FIRST + END)
        + chunk(b"\x83\x74" + SECOND[1:] + END) + chunk(b"\x87\x68" + THIRD[1:] + END),
    },
    "numbers of tracks": {
        "more than there are": header(tracks=3) + chunk(BODY),
        "none": header(tracks=0) + chunk(BODY),
        "format 0 with two": header(tracks=1) + chunk(FIRST + SECOND + END)
        + chunk(b"\x87\x68" + THIRD[1:] + END),
        "first too long": header(kind=1, tracks=2) + chunk(FIRST + SECOND + END, size=60)
        + chunk(b"\x87\x68" + THIRD[1:] + END),
        "first too short": header(kind=1, tracks=2) + chunk(FIRST + SECOND + END, size=11)
        + chunk(b"\x87\x68" + THIRD[1:] + END),
        "first to the end of the file": header(kind=1, tracks=2)
        + chunk(FIRST + SECOND + END, size=22 + 8 + 14)
        + chunk(b"\x87\x68" + THIRD[1:] + END),
    },
    "tempi": {
        "zero": with_meta(0x51, b"\x00\x00\x00"),
        "of two bytes": with_meta(0x51, b"\x07\xa1"),
        "of four bytes": with_meta(0x51, b"\x07\xa1\x20\x00"),
    },
    "drums": {
        "beside the piano": header() + chunk(b"\x00\x99\x24\x7f\x00\xb9\x40\x7f" + BODY),
    },
}  # fmt: skip
"""Each gives NOTES."""

OTHER: dict[str, dict[str, bytes]] = {
    "cut off": {f"after {n} bytes": FILE[:n] for n in range(27, len(FILE))},
    "data over 127": {
        "velocity": header() + chunk(FIRST + b"\x00\x90\x40\x8f\x83\x74\x80\x40\x40" + END),
        "key": header() + chunk(b"\x00\x90\xbc\x50\x83\x74\x80\xbc\x40" + END),
        "pedal": header() + chunk(b"\x00\xb0\x40\xff" + FIRST + END),
    },
    "stray data": {
        "before any status": header() + chunk(b"\x00\x3c\x40\x00" + FIRST[1:] + END),
    },
    "damaged times": {
        "in the only track": header() + chunk(FIRST + b"\x81\x80\x80\x80" + SECOND + END),
        "in the first track": header(kind=1, tracks=2)
        + chunk(FIRST + b"\xff\xff\xff\xff\x7f" + SECOND[1:] + END)
        + chunk(b"\x83\x74" + SECOND[1:] + END),
        "in the second track": header(kind=1, tracks=2) + chunk(FIRST + END)
        + chunk(b"\x83\x74" + SECOND[1:] + b"\x81\x80\x80\x80" + THIRD + END),
        "a hundred days": header(division=1)
        + chunk(
            b"\x00\x90\x3c\x50\x01\x80\x3c\x40" + SLOWEST + b"\xff\xff\xff\x7f" + THIRD[1:] + END
        ),
    },
    "same tick": {
        "on before off": header()
        + chunk(FIRST[:4] + b"\x83\x74\x90\x3c\x5a\x00\x80\x3c\x40\x83\x74\x80\x3c\x40" + END),
        "prefixes": header()
        + chunk(
            FIRST[:4] + b"\x83\x74\xb0\x58\x11\x00\x90\x3c\x5a\x00\xb0\x58\x22\x00\x80\x3c\x40"
            b"\x83\x74\x80\x3c\x40" + END
        ),
        "no time": header() + chunk(b"\x00\x90\x3c\x50\x00\x80\x3c\x40" + FIRST + END),
        "two tracks": header(kind=1, tracks=2) + chunk(b"\x83\x74" + FIRST[1:] + END)
        + chunk(FIRST + END),
    },
    "pedals": {
        "reset": header()
        + chunk(b"\x00\xb0\x40\x7f\x00\xb1\x43\x30" + FIRST + b"\x00\xb0\x79\x00" + END),
        "two channels": header()
        + chunk(b"\x00\xb0\x40\x50\x00\xb1\x40\x60\x00\xb1\x40\x00\x00\xb0\x40\x20" + FIRST + END),
    },
    "ends": {
        "a held chord": header()
        + chunk(b"\x00\x90\x30\x5a\x00\x34\x5a\x00\xb0\x40\x7f\x9f\x20\xff\x2f\x00"),
        "a longer track without notes": header(kind=1, tracks=2) + chunk(BODY)
        + chunk(b"\x9f\x20\xff\x2f\x00"),
        "a tempo behind the last note": header()
        + chunk(BODY[:-4] + b"\x83\x74\xff\x51\x03\x0f\x42\x40\x83\x74\xff\x2f\x00"),
    },
}  # fmt: skip

ODD_FILES = {**SAME_NOTES, **OTHER}
