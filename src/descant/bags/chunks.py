# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Decompress the chunks of an MCAP file in bounded memory, whole ones and the beginning of one.

A few kilobytes may be the compressed form of gigabytes. What is larger than `MOST_BYTES` is refused
before it is decompressed, or while it is where its size was given wrongly.
"""

from __future__ import annotations

import struct
import zlib
from contextlib import suppress
from io import BytesIO

import lz4.frame  # type: ignore[import-untyped]
import zstandard

MOST_BYTES = 128 << 20
"""A chunk or a record of more bytes, compressed or not, is not read."""
_HEAD = struct.Struct("<QQQII")  # start and end time, uncompressed size, checksum, length of a name


class ChunkError(ValueError):
    """A chunk that cannot be read: the text says why; `beginning` are its records that can be."""

    def __init__(self, reason: str, beginning: bytes = b"") -> None:
        super().__init__(reason)
        self.beginning = beginning


def unpack(body: bytes, length: int | None = None) -> bytes:
    """Return the records in a chunk whose record has this `body`.

    Where the record has more bytes, `length`, its end is missing: the data are those that can be
    decompressed. Raises `ChunkError` for a chunk that is damaged, compressed in another way, or
    too large.
    """
    length = len(body) if length is None else length
    whole = length == len(body)
    if len(body) < _HEAD.size:
        return _nothing(whole)
    _, _, size, checksum, name_length = _HEAD.unpack_from(body)
    begin = _HEAD.size + name_length + 8
    if begin <= length and len(body) < begin:
        return _nothing(whole)
    if begin + int.from_bytes(body[begin - 8 : begin], "little") != length:
        raise ChunkError("its length is wrong")
    if size > MOST_BYTES:
        raise ChunkError(f"{size} bytes, expected at most {MOST_BYTES}")
    try:
        data = _decompress(bytes(body[_HEAD.size : begin - 8]), memoryview(body)[begin:], size)
    except ChunkError as error:
        raise ChunkError(str(error), b"" if whole else error.beginning) from None
    except (zstandard.ZstdError, RuntimeError, EOFError, MemoryError) as error:
        raise ChunkError(type(error).__name__) from None
    if whole and len(data) != size:
        raise ChunkError("its uncompressed size is wrong", data if len(data) < size else b"")
    if whole and checksum not in (0, zlib.crc32(data)):
        raise ChunkError("its checksum is wrong")
    return data


def uncompressed_size(body: bytes) -> int:
    """What a chunk's record says that its data have."""
    return int.from_bytes(body[16:24], "little")


def _nothing(whole: bool) -> bytes:
    """The records in a chunk without a whole header."""
    if whole:
        raise ChunkError("no whole header")
    return b""


def _decompress(name: bytes, packed: memoryview, size: int) -> bytes:
    """The data, of more than `size` bytes none or one too many."""
    if name in (b"", b"none"):  # some writers name it
        return bytes(packed)
    if name == b"zstd":
        # As a stream: the size that the compressed data begin with may be wrong too.
        decompressor = zstandard.ZstdDecompressor()
        with decompressor.stream_reader(packed, read_across_frames=True) as stream:
            return _read(stream, size)
    if name == b"lz4":
        data = lz4.frame.LZ4FrameDecompressor().decompress(packed, max_length=size + 1)
        return bytes(data)
    raise ChunkError(f"compressed by {name[:20]!r}, expected zstd or lz4")


def _read(stream: zstandard.ZstdDecompressionReader, size: int) -> bytes:
    """Up to one more than `size` bytes. Raises `ChunkError` with those before an error."""
    data = BytesIO()
    try:
        while (left := size - data.tell()) and (part := stream.read(min(left, 1 << 16))):
            data.write(part)
    except zstandard.ZstdError:
        raise ChunkError("ZstdError", data.getvalue()) from None
    with suppress(zstandard.ZstdError):  # something else follows
        data.write(stream.read(1))
    return data.getvalue()
