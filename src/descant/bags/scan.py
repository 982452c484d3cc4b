"""Read an MCAP file from its beginning up to the first damage: whole, cut off or damaged.

A killed recorder leaves a file without a summary, perhaps with an incomplete chunk at its end.
Everything before is read as usual, and every complete message of the incomplete chunk.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, NamedTuple

from mcap.data_stream import ReadDataStream
from mcap.exceptions import McapError
from mcap.opcode import Opcode
from mcap.records import Channel, Schema
from mcap.writer import MCAP0_MAGIC as MAGIC

from descant.bags.chunks import MOST_BYTES, ChunkError, unpack
from descant.bags.topics import RecordedTopic
from descant.errors import UserError
from descant.plain_text import plain

_FRAME = struct.Struct("<BQ")  # opcode and length, before every record
_MESSAGE = struct.Struct("<BQHIQQ")  # with channel, sequence, log time, publish time
_FOOTER_BYTES = _FRAME.size + 20 + len(MAGIC)
_LAST_OPCODE = 0x0F
_READ = (Opcode.CHUNK, Opcode.SCHEMA, Opcode.CHANNEL, Opcode.MESSAGE)
# Errors of the parsers on damaged bytes; McapError includes EndOfFile.
_BROKEN = (McapError, ValueError, KeyError, struct.error, MemoryError)
_PIECE, _PIECE_BYTES = 10_000, 1 << 20
"""Messages in one piece at most, so that a chunk of millions is not in memory as objects."""


class Record(NamedTuple):
    """One message of the file, with its topic; times are nanoseconds since the epoch."""

    topic: RecordedTopic
    log_time_ns: int
    publish_time_ns: int
    sequence: int
    data: bytes


class Piece(NamedTuple):
    """Some messages of a file that stand in one record, or are one, from byte `begin` on."""

    begin: int
    records: list[Record]


class Scan:
    """One pass or more over an MCAP file in bounded memory.

    After `records` has ended, `damage` describes the damage ('' for none), and `topics` has all
    topics, also those without a message. What is added to the file later is not read.
    """

    begin = len(MAGIC)
    """Where the first record of every file is."""

    def __init__(self, path: Path) -> None:
        """Raises `UserError` where `path` is not an MCAP file or cannot be opened."""
        self.path = path
        self.damage = ""
        self.topics: list[RecordedTopic] = []
        self._schemas: dict[int, Schema] = {}
        self._channels: dict[int, tuple[RecordedTopic, bool]] = {}
        try:
            with path.open("rb") as file:
                begin = file.read(len(MAGIC))
            self.size = path.stat().st_size
        except OSError as error:
            raise UserError(f"cannot read {path}: {error.strerror}") from None
        if begin != MAGIC[: len(begin)]:
            raise UserError(f"{path} is not an MCAP file")
        self.begin_pass()

    def begin_pass(self) -> None:
        """Begin to count what the file contains."""
        self._allowance = _Allowance(self.size)

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
            if end is None and not is_finished(self.path):
                self.damage = "it was cut off"
            with self.path.open("rb") as file:
                file.seek(begin)
                yield from self._pieces(file, self.size if end is None else end)
        except OSError as error:
            self.damage = f"it cannot be read: {error.strerror}"

    def _pieces(self, file: BinaryIO, end: int) -> Iterator[Piece]:
        while (start := file.tell()) + _FRAME.size <= end:
            head = file.read(_FRAME.size)
            if len(head) < _FRAME.size:
                return
            opcode, length = _FRAME.unpack(head)
            if not 0 < opcode <= _LAST_OPCODE:
                self.damage = f"it is damaged at byte {start}"
                return
            if opcode in (Opcode.DATA_END, Opcode.FOOTER):
                return
            there = min(length, self.size - file.tell())
            if opcode not in _READ:
                file.seek(there, 1)
            elif there > MOST_BYTES:
                self.damage = f"its record at byte {start} is too large: {there} bytes"
                file.seek(there, 1)
            else:
                for records in self._record(opcode, file.read(there), length, start):
                    yield Piece(start, records)

    def _record(self, opcode: int, body: bytes, length: int, start: int) -> Iterator[list[Record]]:
        """Read one top-level record; `body` may be only its beginning."""
        whole = len(body) == length
        if opcode == Opcode.CHUNK:
            try:
                data = unpack(body, whole=whole)
            except ChunkError as error:
                if whole:
                    self.damage = f"its chunk at byte {start} is damaged ({error})"
                return
            yield from self._inner(data, start, truncated=not whole)
        elif whole:
            yield from self._inner(_FRAME.pack(opcode, length) + body, start)

    def _inner(self, data: bytes, start: int, *, truncated: bool = False) -> Iterator[list[Record]]:
        """The records of a chunk's uncompressed `data`; `truncated`: it is known to end early."""
        position, size, records, own_bytes = 0, len(data), list[Record](), 0
        channels, head, data_at = self._channels, _MESSAGE.unpack_from, _MESSAGE.size
        try:
            while position + _FRAME.size <= size:
                opcode, length = _FRAME.unpack_from(data, position)
                end = position + _FRAME.size + length
                if end > size:
                    break
                if opcode == Opcode.MESSAGE:
                    # Message.read of mcap creates a stream for every message: half of the time.
                    _, _, channel, sequence, log_ns, sent_ns = head(data, position)
                    topic, own = channels[channel]
                    body = data[position + data_at : end]
                    records.append(Record(topic, log_ns, sent_ns, sequence, body))
                    own_bytes += length if own else 0
                    if len(records) == _PIECE or own_bytes > _PIECE_BYTES:
                        self._allowance.messages(len(records), own_bytes)
                        yield records
                        records, own_bytes = [], 0
                else:
                    self._register(opcode, data[position + _FRAME.size : end])
                position = end
            self._allowance.messages(len(records), own_bytes)
        except _BROKEN as error:
            reason = error if isinstance(error, ChunkError) else type(error).__name__
            self.damage = f"its chunk at byte {start} is damaged ({reason})"
        else:
            if position != size and not truncated:
                self.damage = f"its chunk at byte {start} is damaged"
        yield records

    def _register(self, opcode: int, body: bytes) -> None:
        if opcode not in (Opcode.SCHEMA, Opcode.CHANNEL):
            raise ChunkError(f"a record of kind {opcode} in it")
        self._allowance.definition(len(body))
        stream = ReadDataStream(BytesIO(body))
        if opcode == Opcode.SCHEMA:
            schema = Schema.read(stream)
            self._schemas[schema.id] = schema
            return
        channel = Channel.read(stream)
        if channel.id in self._channels:
            return
        schema = self._schemas.get(channel.schema_id) or Schema(0, b"", "", "")
        topic = RecordedTopic(
            name=channel.topic,
            message_type=schema.name,
            definition=schema.data,
            definition_encoding=schema.encoding,
            message_encoding=channel.message_encoding,
            offered_qos=channel.metadata.get("offered_qos_profiles", ""),
            type_hash=channel.metadata.get("topic_type_hash", ""),
        )
        self._channels[channel.id] = topic, schema.name.startswith("descant/")
        self.topics.append(topic)


class _Allowance:
    """What a file of `size` bytes may contain at most: many times what a recorder writes.

    A few kilobytes may be the compressed form of millions of messages.
    """

    def __init__(self, size: int) -> None:
        self._messages = 10_000 + size // 4
        self._bytes = (16 << 20) + 64 * size  # of what readers keep in memory
        self._definition_bytes = (16 << 20) + 8 * size

    def messages(self, count: int, own_bytes: int) -> None:
        """Count messages; `own_bytes` are those of Descant's types."""
        self._messages -= count
        self._bytes -= own_bytes
        if self._messages < 0 or self._bytes < 0:
            raise ChunkError("more messages than a file of this size can have")

    def definition(self, length: int) -> None:
        """Count a schema or a channel."""
        self._definition_bytes -= length
        if self._definition_bytes < 0:
            raise ChunkError("more definitions than a file of this size can have")


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


def is_finished(path: Path) -> bool:
    """Whether the file ends with a footer, as a closed MCAP file does."""
    if path.stat().st_size < len(MAGIC) + _FOOTER_BYTES:
        return False
    with path.open("rb") as file:
        file.seek(-_FOOTER_BYTES, 2)
        end = file.read()
    return end[0] == Opcode.FOOTER and end.endswith(MAGIC)
