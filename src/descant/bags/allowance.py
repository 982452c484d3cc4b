# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Limit what a small file may contain."""

from __future__ import annotations

from descant.bags.chunks import ChunkError


class Allowance:
    """What a file of `size` bytes may contain at most: many times what a recorder writes.

    A few kilobytes may be the compressed form of millions of messages. `messages` and
    `definition` raise `ChunkError` once there is more; then `spent` is true.
    """

    def __init__(self, size: int) -> None:
        self._records = 10_000 + size // 4
        self._bytes = (16 << 20) + 64 * size  # of what readers keep in memory
        self._definition_bytes = (16 << 20) + 8 * size
        self._damaged_bytes = (256 << 20) + 64 * size

    @property
    def spent(self) -> bool:
        """Whether there was more than allowed: the rest of the file need not be read."""
        left = (self._records, self._bytes, self._definition_bytes, self._damaged_bytes)
        return min(left) < 0

    def messages(self, count: int, own_bytes: int) -> None:
        """Count messages; `own_bytes` are those of Descant's types."""
        self._records -= count
        self._bytes -= own_bytes
        if self.spent:
            raise ChunkError("more messages than a file of this size can have")

    def definition(self, length: int) -> None:
        """Count a schema, a channel, or a record of an unknown kind."""
        self._records -= 1
        self._definition_bytes -= length
        if self.spent:
            raise ChunkError("more definitions than a file of this size can have")

    def damaged(self, size: int) -> None:
        """Count the uncompressed bytes of a damaged chunk."""
        self._damaged_bytes -= size
