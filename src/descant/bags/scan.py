"""Read an MCAP file from its beginning up to the first damage: whole, cut off or damaged.

A killed recorder leaves a file without a summary, perhaps with an incomplete chunk at its end.
Everything before is read as usual, and every complete message of the incomplete chunk.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

import lz4.frame  # type: ignore[import-untyped]
import zstandard
from mcap.data_stream import ReadDataStream
from mcap.exceptions import McapError
from mcap.opcode import Opcode
from mcap.records import Channel, Chunk, Schema
from mcap.stream_reader import get_chunk_data_stream
from mcap.writer import MCAP0_MAGIC as MAGIC

from descant.bags.files import bag_folder
from descant.bags.topics import RecordedTopic
from descant.errors import UserError
from descant.plain_text import plain

_FRAME = struct.Struct("<BQ")  # opcode and length, before every record
_CHUNK_HEAD = struct.Struct("<QQQI")  # start and end time, uncompressed size, checksum
_MESSAGE_HEAD = struct.Struct("<HIQQ")  # channel, sequence, log time, publish time
_FOOTER_BYTES = _FRAME.size + 20 + len(MAGIC)
_LAST_OPCODE = 0x0F
# Errors of the parsers on damaged bytes; McapError includes EndOfFile and the checksum error.
_BROKEN = (
    McapError,
    ValueError,
    KeyError,
    struct.error,
    zstandard.ZstdError,
    RuntimeError,
    MemoryError,
)


@dataclass(frozen=True, slots=True)
class Record:
    """One message of the file, with its topic; times are nanoseconds since the epoch."""

    topic: RecordedTopic
    log_time_ns: int
    publish_time_ns: int
    sequence: int
    data: bytes


class Scan:
    """One pass over an MCAP file in constant memory.

    After `records` has ended, `damage` describes the damage ('' for none), and `topics` has all
    topics, also those without a message.
    """

    def __init__(self, path: Path) -> None:
        """Raises `UserError` where `path` is not an MCAP file or cannot be opened."""
        self._path = path
        self.damage = ""
        self.topics: list[RecordedTopic] = []
        self._schemas: dict[int, Schema] = {}
        self._channels: dict[int, RecordedTopic] = {}
        try:
            with path.open("rb") as file:
                begin = file.read(len(MAGIC))
        except OSError as error:
            raise UserError(f"cannot read {path}: {error.strerror}") from None
        if begin != MAGIC[: len(begin)]:
            raise UserError(f"{path} is not an MCAP file")

    def records(self) -> Iterator[Record]:
        """Every whole message, in the order of the file."""
        size = self._path.stat().st_size
        if not is_finished(self._path):
            self.damage = "it was cut off"
        with self._path.open("rb") as file:
            file.seek(len(MAGIC))
            yield from self._records(file, size)

    def _records(self, file: BinaryIO, size: int) -> Iterator[Record]:
        # Only up to `size`: a file that is being recorded grows.
        while file.tell() + _FRAME.size <= size:
            head = file.read(_FRAME.size)
            if len(head) < _FRAME.size:
                return
            opcode, length = _FRAME.unpack(head)
            if not 0 < opcode <= _LAST_OPCODE:
                self.damage = f"it is damaged at byte {file.tell() - _FRAME.size}"
                return
            if opcode in (Opcode.DATA_END, Opcode.FOOTER):
                return
            rest = size - file.tell()
            if opcode in (Opcode.CHUNK, Opcode.SCHEMA, Opcode.CHANNEL, Opcode.MESSAGE):
                start = file.tell() - _FRAME.size
                yield from self._record(opcode, file.read(min(length, rest)), length, start)
            else:
                file.seek(min(length, rest), 1)

    def _record(self, opcode: int, body: bytes, length: int, start: int) -> Iterator[Record]:
        """Read one top-level record; `body` may be only its beginning."""
        whole = len(body) == length
        if opcode == Opcode.CHUNK and not whole:
            yield from self._inner(_incomplete_chunk(body), start, truncated=True)
        elif opcode == Opcode.CHUNK:
            try:
                stream, size = get_chunk_data_stream(Chunk.read(_stream(body)), validate_crc=True)
                data = stream.read(size)
            except _BROKEN as error:
                self.damage = f"its chunk at byte {start} is damaged ({type(error).__name__})"
                return
            yield from self._inner(data, start)
        elif whole:
            yield from self._inner(_FRAME.pack(opcode, length) + body, start)

    def _inner(self, data: bytes, start: int, *, truncated: bool = False) -> Iterator[Record]:
        """The records of a chunk's uncompressed `data`; `truncated`: it is known to end early."""
        position = 0
        while position + _FRAME.size <= len(data):
            opcode, length = _FRAME.unpack_from(data, position)
            position += _FRAME.size
            if position + length > len(data):
                break
            end = position + length
            try:
                if opcode == Opcode.MESSAGE:
                    yield self._message(data, position, end)
                else:
                    self._register(opcode, data[position:end])
            except _BROKEN as error:
                self.damage = f"its chunk at byte {start} is damaged ({type(error).__name__})"
                return
            position = end
        if position != len(data) and not truncated:
            self.damage = f"its chunk at byte {start} is damaged"

    def _message(self, data: bytes, position: int, end: int) -> Record:
        # Message.read of mcap creates a stream for every message: half of the whole time.
        channel, sequence, log_time, publish_time = _MESSAGE_HEAD.unpack_from(data, position)
        body = data[position + _MESSAGE_HEAD.size : end]
        return Record(self._channels[channel], log_time, publish_time, sequence, body)

    def _register(self, opcode: int, body: bytes) -> None:
        if opcode == Opcode.SCHEMA:
            schema = Schema.read(_stream(body))
            self._schemas[schema.id] = schema
        if opcode != Opcode.CHANNEL:
            return
        channel = Channel.read(_stream(body))
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
        self._channels[channel.id] = topic
        self.topics.append(topic)


class BagScan:
    """One pass or more over all files of a bag. `UserError` where there is no bag.

    After each iteration `count` and `end_ns` (log time of the last message) are those of the bag,
    `damage` has one line for each damaged file and one for those that are missing, `remarks` one
    for files that were not read.
    """

    def __init__(self, bag: Path) -> None:
        self._bag = bag
        self.damage: list[str] = []
        self.remarks: tuple[str, ...] = ()
        self.count = self.end_ns = 0

    def __iter__(self) -> Iterator[Record]:
        """Every whole message, in recorded order."""
        self.damage, self.count, self.end_ns = [], 0, 0
        folder = bag_folder(self._bag)
        for file in folder.files:
            scan = Scan(file)
            for record in scan.records():
                self.count += 1
                self.end_ns = max(self.end_ns, record.log_time_ns)
                yield record
            if scan.damage:
                self.damage.append(f"{plain(file.name)}: {scan.damage}")
        self.damage += folder.damage
        self.remarks = folder.remarks


def is_finished(path: Path) -> bool:
    """Whether the file ends with a footer, as a closed MCAP file does."""
    if path.stat().st_size < len(MAGIC) + _FOOTER_BYTES:
        return False
    with path.open("rb") as file:
        file.seek(-_FOOTER_BYTES, 2)
        end = file.read()
    return end[0] == Opcode.FOOTER and end.endswith(MAGIC)


def _stream(body: bytes) -> ReadDataStream:
    return ReadDataStream(BytesIO(body))


def _incomplete_chunk(body: bytes) -> bytes:
    """The data of a chunk whose end is missing, decompressed as far as possible."""
    head = _CHUNK_HEAD.size
    if len(body) < head + 4:
        return b""
    name_end = head + 4 + int.from_bytes(body[head : head + 4], "little")
    compression, data = body[head + 4 : name_end], body[name_end + 8 :]
    try:
        if compression == b"zstd":
            return zstandard.ZstdDecompressor().decompressobj().decompress(data)
        if compression == b"lz4":
            return bytes(lz4.frame.LZ4FrameDecompressor().decompress(data))
    except (zstandard.ZstdError, RuntimeError):
        return b""
    return data if compression == b"" else b""
