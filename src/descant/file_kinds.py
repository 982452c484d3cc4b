# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Open files, and tell what kind they are by their content, whatever their names."""

from __future__ import annotations

import stat
from enum import Enum
from pathlib import Path
from typing import BinaryIO

from descant.errors import UserError

HEAD = 1 << 20
"""Bytes that are looked at: a MIDI file may have others before its header."""


class FileKind(Enum):
    """A kind of file, in words."""

    MIDI = "a MIDI file"
    BAG = "an MCAP file, as in a bag"
    ESEQ = "a Disklavier file in Yamaha's E-SEQ format, which has to be converted to MIDI"
    SQLITE = "an SQLite database"
    ZSTD = "a file compressed with zstd"
    VIDEO = "a video"
    SOUND = "a sound file"
    EMPTY = "an empty file"
    UNKNOWN = "a file of another kind"


UNTOLD = (FileKind.UNKNOWN, FileKind.EMPTY)
"""Kinds that a file of any other kind may have too where it is damaged."""


def file_kind(path: Path) -> FileKind:
    """Tell the kind of a file. `UserError` where it cannot be read."""
    try:
        with open_file(path) as file:
            return content_kind(file.read(HEAD))
    except OSError as error:
        raise UserError(f"{path}: {error.strerror or error}") from None


def open_file(path: Path) -> BinaryIO:
    """Open a file for reading. `UserError` for a pipe or a device, which cannot be read twice and
    need not end; `OSError` where it cannot be opened.
    """
    mode = path.stat().st_mode
    for is_special, name in _SPECIAL:
        if is_special(mode):
            raise UserError(f"{path} is a {name}, expected a file")
    return path.open("rb")


def content_kind(head: bytes) -> FileKind:
    """Tell the kind of a file by its first bytes."""
    for start, kind in _STARTS:
        if head.startswith(start):
            return kind
    if head[4:8] == b"ftyp":
        return FileKind.VIDEO
    if head.startswith(b"RIFF") and head[8:12] in (b"WAVE", b"AVI "):
        return FileKind.SOUND if head[8:12] == b"WAVE" else FileKind.VIDEO
    if b"MThd" in head:
        return FileKind.MIDI
    if b"COM-ESEQ" in head[:64]:
        return FileKind.ESEQ
    return FileKind.UNKNOWN if head else FileKind.EMPTY


_SPECIAL = (
    (stat.S_ISFIFO, "pipe"),
    (stat.S_ISSOCK, "socket"),
    (stat.S_ISCHR, "device"),
    (stat.S_ISBLK, "device"),
)
_STARTS = (
    (b"\x89MCAP", FileKind.BAG),
    (b"SQLite format 3\x00", FileKind.SQLITE),
    (b"\x28\xb5\x2f\xfd", FileKind.ZSTD),
    (b"\x1a\x45\xdf\xa3", FileKind.VIDEO),  # Matroska
)
