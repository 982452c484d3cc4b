# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Read the messages, schemas and channels that stand one after the other in an MCAP file."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from io import BytesIO
from typing import NamedTuple

from mcap.data_stream import ReadDataStream
from mcap.exceptions import McapError
from mcap.opcode import Opcode
from mcap.records import Channel, Schema

from descant.bags.allowance import Allowance
from descant.bags.chunks import ChunkError
from descant.bags.topics import RecordedTopic

FRAME = struct.Struct("<BQ")
"""Opcode and length, before every record."""
_MESSAGE = struct.Struct("<BQHIQQ")  # with channel, sequence, log time, publish time
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


class RecordReader:
    """Reads the records of one file of `size` bytes.

    `topics` has all topics so far; `has_more`: there were records of other kinds in chunks.
    """

    def __init__(self, size: int) -> None:
        self.topics: list[RecordedTopic] = []
        self.has_more = False
        self._size = size
        self._schemas: dict[int, Schema] = {}
        self._channels: dict[int, tuple[RecordedTopic, bool]] = {}
        self.begin_pass()

    def begin_pass(self) -> None:
        """Begin to count what the file contains."""
        self.allowance = Allowance(self._size)

    def records(self, data: bytes, *, truncated: bool = False) -> Iterator[list[Record]]:
        """The messages in `data`; `truncated`: these are known to end early.

        Raises `ChunkError` after those before the damage.
        """
        position, size, records, own_bytes, reason = 0, len(data), list[Record](), 0, ""
        channels, head, data_at = self._channels, _MESSAGE.unpack_from, _MESSAGE.size
        try:
            while position + FRAME.size <= size:
                opcode, length = FRAME.unpack_from(data, position)
                end = position + FRAME.size + length
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
                        self.allowance.messages(len(records), own_bytes)
                        yield records
                        records, own_bytes = [], 0
                else:
                    self._register(opcode, data[position + FRAME.size : end])
                position = end
            self.allowance.messages(len(records), own_bytes)
        except _BROKEN as error:
            # As text: the error itself would keep all data of this call in memory.
            reason = str(error) if isinstance(error, ChunkError) else type(error).__name__
        else:
            if position != size and not truncated:
                reason = "its last record has no end"
        yield records
        if reason:
            raise ChunkError(reason)

    def _register(self, opcode: int, body: bytes) -> None:
        """Keep a schema or a channel; skip other kinds, as the specification asks."""
        if opcode == 0:
            raise ChunkError("a record of kind 0 in it")
        self.allowance.definition(len(body))
        if opcode not in (Opcode.SCHEMA, Opcode.CHANNEL):
            self.has_more = True
            return
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
