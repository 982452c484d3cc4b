# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Read an MCAP file from its beginning up to the first damage: whole, cut off or damaged.

A killed recorder leaves a file without a summary, perhaps with an incomplete chunk at its end.
Everything before is read as usual, and every complete message of the incomplete chunk.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO, NamedTuple

from mcap.opcode import Opcode
from mcap.writer import MCAP0_MAGIC as MAGIC

from descant.bags.chunks import MOST_BYTES, ChunkError, uncompressed_size, unpack
from descant.bags.records import FRAME, Record, RecordReader
from descant.bags.topics import RecordedTopic
from descant.errors import UserError
from descant.plain_text import plain

__all__ = ["Piece", "Record", "Scan", "open_scans"]

_FOOTER_BYTES = FRAME.size + 20 + len(MAGIC)
_LAST_OPCODE = 0x0F
_FOOTER = bytes([Opcode.FOOTER])
_READ = (Opcode.CHUNK, Opcode.SCHEMA, Opcode.CHANNEL, Opcode.MESSAGE)
_LARGE = (Opcode.CHUNK, Opcode.MESSAGE, Opcode.ATTACHMENT)
_SMALL_BYTES = 1 << 16
"""A record of no `_LARGE` kind with more bytes is none that was cut off: its length is wrong."""
_MOST_LENGTH = 1 << 40
_ROSBAG2 = b"\x07\0\0\0rosbag2"  # the name of a metadata record that repair writes anew
_CUT_OFF = "it was cut off"


class Piece(NamedTuple):
    """Some messages of a file that stand in one record, or are one, from byte `begin` on."""

    begin: int
    records: list[Record]


class Scan:
    """One pass or more over an MCAP file in bounded memory.

    After `records` has ended, `damage` describes the damage ('' for none), and `topics` has all
    topics, also those without a message. Records of unknown kinds are skipped, as the
    specification asks. What is added to the file later is not read.
    """

    begin = len(MAGIC)
    """Where the first record of every file is."""

    def __init__(self, path: Path) -> None:
        """Raises `UserError` where `path` is not an MCAP file or cannot be opened."""
        self.path = path
        self._damage = self._lack = ""
        self._has_more = False
        try:
            with path.open("rb") as file:
                begin = file.read(len(MAGIC))
                self.size = file.seek(0, 2)
                self._finished = _has_footer(file, self.size)
        except OSError as error:
            raise UserError(f"cannot read {path}: {error.strerror}") from None
        if begin != MAGIC[: len(begin)]:
            raise UserError(f"{path} is not an MCAP file")
        self._reader = RecordReader(self.size)
        self._count = 0

    @property
    def topics(self) -> list[RecordedTopic]:
        """The topics found so far."""
        return self._reader.topics

    @property
    def has_more(self) -> bool:
        """Whether there are records besides those that make messages: attachments, metadata."""
        return self._has_more or self._reader.has_more

    @property
    def damage(self) -> str:
        """What is damaged, '' for nothing."""
        return "; ".join(filter(None, (self._damage, self._lack)))

    @property
    def only_cut(self) -> bool:
        """Whether all damage is that the file's end is missing."""
        return self.damage == _CUT_OFF

    def begin_pass(self) -> None:
        """Begin to count what the file contains."""
        self._reader.begin_pass()
        self._count = 0

    def records(self) -> Iterator[Record]:
        """Every whole message, in the order of the file."""
        self.begin_pass()
        for piece in self.pieces():
            yield from piece.records

    def pieces(self, begin: int = begin, end: int | None = None) -> Iterator[Piece]:
        """The messages from the record at byte `begin` on, up to that at `end` or the last.

        A later pass over a part of the file needs one over the whole of it before.
        """
        try:
            with self.path.open("rb") as file:
                file.seek(begin)
                yield from self._pieces(file, end)
        except OSError as error:
            self._tell(f"it cannot be read: {error.strerror}")

    def _pieces(self, file: BinaryIO, end: int | None) -> Iterator[Piece]:
        all_of_it = end is None and file.tell() == self.begin
        while (start := file.tell()) + FRAME.size <= (self.size if end is None else end):
            head = file.read(FRAME.size)
            if len(head) < FRAME.size:
                break
            opcode, length = FRAME.unpack(head)
            left = self.size - file.tell()
            if self._is_last(opcode, length, start):
                return
            if opcode == Opcode.STATISTICS and all_of_it:
                self._compare(file.read(min(length, 8)))
            elif opcode in _READ and min(length, left) <= MOST_BYTES:
                for records in self._record(opcode, file.read(min(length, left)), length, start):
                    self._count += len(records)
                    yield Piece(start, records)
                if self._reader.allowance.spent:
                    return
            elif opcode in _READ:
                self._tell(f"its record at byte {start} is too large: {length} bytes")
            else:
                self._note(opcode, file.read(min(length, len(_ROSBAG2))))
            file.seek(start + FRAME.size + min(length, left))
        if end is None and not self._damage:
            self._tell(f"it is damaged at byte {start}" if self._finished else _CUT_OFF)

    def _is_last(self, opcode: int, length: int, start: int) -> bool:
        """Whether nothing can be read from byte `start` on: the footer, or damage."""
        left = self.size - start - FRAME.size
        footer_at = self.size - _FOOTER_BYTES
        wrong = opcode == 0 or (opcode == Opcode.FOOTER and start < footer_at)
        if length > left:  # the last record of a file that was cut off, or a wrong length
            large = opcode not in _LARGE and left > _SMALL_BYTES
            wrong = wrong or self._finished or large or length > _MOST_LENGTH
        if wrong:
            self._tell(f"it is damaged at byte {start}")
            return opcode not in _READ
        return self._finished and start == footer_at

    def _tell(self, damage: str) -> None:
        self._damage = damage

    def _compare(self, statistics: bytes) -> None:
        """Find how many messages lack by the file's statistics."""
        expected = int.from_bytes(statistics, "little")
        if self._count < expected:
            self._lack = f"{self._count} of its {expected} messages can be read"

    def _note(self, opcode: int, body: bytes) -> None:
        """Note a record that `descant bag repair` would not copy."""
        other = opcode in (Opcode.ATTACHMENT, Opcode.METADATA) or opcode > _LAST_OPCODE
        self._has_more |= other and not (opcode == Opcode.METADATA and body == _ROSBAG2)

    def _record(self, opcode: int, body: bytes, length: int, start: int) -> Iterator[list[Record]]:
        """Read one top-level record; `body` may be only its beginning."""
        whole = len(body) == length
        if opcode == Opcode.CHUNK:
            try:
                data = unpack(body, length)
            except ChunkError as error:
                self._tell(f"its chunk at byte {start} is damaged ({error})")
                self._reader.allowance.damaged(min(uncompressed_size(body), MOST_BYTES))
                data, whole = error.beginning, False
        elif whole:
            data = FRAME.pack(opcode, length) + body
        else:
            return
        try:
            yield from self._reader.records(data, truncated=not whole)
        except ChunkError as error:
            self._tell(f"its chunk at byte {start} is damaged ({error})")
            self._reader.allowance.damaged(len(data))


def open_scans(files: Sequence[Path]) -> tuple[list[Scan], list[str]]:
    """Open the files of a bag; the second value has a line for each that cannot be.

    Raises `UserError` where none can be opened.
    """
    scans, errors = [], []
    for file in files:
        try:
            scans.append(Scan(file))
        except UserError as error:
            errors.append(error)
    if not scans:
        raise errors[0]
    return scans, [f"not read: {plain(str(error))}" for error in errors]


def _has_footer(file: BinaryIO, size: int) -> bool:
    """Whether the file ends with a footer, as a closed MCAP file does."""
    if size < len(MAGIC) + _FOOTER_BYTES:
        return False
    file.seek(size - _FOOTER_BYTES)
    end = file.read(_FOOTER_BYTES)
    return end[:1] == _FOOTER and end.endswith(MAGIC)
