"""Decompress the chunks of an MCAP file in bounded memory, whole ones and the beginning of one.

A few kilobytes may be the compressed form of gigabytes. What is larger than `MOST_BYTES` is refused
before it is decompressed, or while it is where its size was given wrongly.
"""

from __future__ import annotations

import struct
import zlib

import lz4.frame  # type: ignore[import-untyped]
import zstandard

MOST_BYTES = 128 << 20
"""A chunk or a record of more bytes, compressed or not, is not read."""
_HEAD = struct.Struct("<QQQII")  # start and end time, uncompressed size, checksum, length of a name


class ChunkError(ValueError):
    """A chunk that cannot be read: the text says why."""


def unpack(body: bytes, *, whole: bool = True) -> bytes:
    """Return the records in a chunk whose record has this `body`.

    Where it is not `whole` its end is missing: the data are those that can be decompressed. Raises
    `ChunkError` for a chunk that is damaged, compressed in another way, or too large.
    """
    if len(body) < _HEAD.size:
        raise ChunkError("no whole header")
    _, _, size, checksum, length = _HEAD.unpack_from(body)
    begin = _HEAD.size + length + 8
    name, packed = bytes(body[_HEAD.size : begin - 8]), memoryview(body)[begin:]
    if whole and len(packed) != int.from_bytes(body[begin - 8 : begin], "little"):
        raise ChunkError("its length is wrong")
    if size > MOST_BYTES:
        raise ChunkError(f"{size} bytes, expected at most {MOST_BYTES}")
    try:
        data = _decompress(name, packed, size, whole=whole)
    except (zstandard.ZstdError, RuntimeError, EOFError, MemoryError) as error:
        raise ChunkError(type(error).__name__) from None
    if whole and checksum not in (0, zlib.crc32(data)):
        raise ChunkError("its checksum is wrong")
    return data


def _decompress(name: bytes, packed: memoryview, size: int, *, whole: bool) -> bytes:
    if not name:
        data = bytes(packed)
    elif name == b"zstd":
        # As a stream: the size that the compressed data begin with may be wrong too.
        with zstandard.ZstdDecompressor().stream_reader(packed) as stream:
            data = _read(stream, size, whole=whole)
    elif name == b"lz4":
        data = lz4.frame.LZ4FrameDecompressor().decompress(packed, max_length=size + 1)
    else:
        raise ChunkError(f"compressed by {name[:20]!r}, expected zstd or lz4")
    if whole and len(data) != size:
        raise ChunkError("its uncompressed size is wrong")
    return data


def _read(stream: zstandard.ZstdDecompressionReader, size: int, *, whole: bool) -> bytes:
    """Up to `size` bytes; where the end is missing, those before an error."""
    if whole:
        return stream.read(size + 1)  # more than `size` is wrong
    parts = []
    try:
        while size > 0 and (part := stream.read(min(size, 1 << 16))):
            parts.append(part)
            size -= len(part)
    except zstandard.ZstdError:
        pass
    return b"".join(parts)
