# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Write one MCAP file whose flushed messages survive a crash of the process."""

from __future__ import annotations

import os
import time
from contextlib import suppress
from io import FileIO
from pathlib import Path
from typing import Any, cast

from mcap.writer import CompressionType, Writer

from descant.bags import metadata
from descant.bags.locking import lock
from descant.bags.topics import FileStatistics, RecordedTopic

CHUNK_BYTES = 1 << 20
"""A chunk is finished at this size, or when it is flushed."""
LARGE_BYTES = 64 << 10
"""Larger messages get chunks of their own. They are pictures mostly: of a raw one of 1280x720 zstd
saves no more than lz4 once it has noise, and takes 7 to 29 ms where lz4 takes 2 to 8."""
_OF_LARGE = {"zstd": "lz4"}
"""Compression of the chunks of large messages, where it is another one."""


class McapFile:
    """Writes messages into a new MCAP file with ROS 2's conventions.

    Not thread-safe except for `sync`. Every method may raise `OSError` (a full disk); after that
    only `abandon` may be called.
    """

    def __init__(self, path: Path, compression: str = "zstd") -> None:
        """Create `path`, which must not exist."""
        self._path = path
        self._stream = _Unbuffered(path)
        # Any: half of the writer's methods have no types.
        self._writer: Any = Writer(
            cast(Any, self._stream),
            chunk_size=CHUNK_BYTES,
            compression=CompressionType[compression.upper()],
        )
        self._compression = self._used = compression
        self._topics: dict[int, RecordedTopic] = {}
        self._counts: dict[int, int] = {}
        self._channels: dict[tuple[str, str, bytes], int] = {}
        self._by_name: dict[str, int] = {}
        self._schemas: dict[tuple[str, bytes], int] = {}
        self._start_ns: int | None = None
        self._end_ns: int | None = None
        self._whole = 0
        try:
            self._writer.start(profile="ros2", library="descant")
            self._add_metadata()
            self._whole = self._stream.position
        except OSError:
            self._stream.file.close()
            path.unlink(missing_ok=True)
            raise

    @property
    def size(self) -> int:
        """Bytes passed to the operating system so far."""
        return self._stream.position

    @property
    def disk_s(self) -> float:
        """Seconds for which the operating system has taken data, up to now. For any thread."""
        return self._stream.busy_s()

    def add_topic(self, topic: RecordedTopic) -> int:
        """Register a topic, and return its channel for `write`.

        A topic has a channel for each of its types and definitions; a second registration of one
        is ignored.
        """
        schema = (topic.message_type, topic.definition)
        key = (topic.name, *schema)
        if key in self._channels:
            return self._channels[key]
        if schema not in self._schemas:
            self._schemas[schema] = self._writer.register_schema(
                topic.message_type, topic.definition_encoding, topic.definition
            )
        channel: int = self._writer.register_channel(
            topic.name,
            topic.message_encoding,
            self._schemas[schema],
            {"offered_qos_profiles": topic.offered_qos, "topic_type_hash": topic.type_hash},
        )
        self._channels[key] = channel
        self._by_name.setdefault(topic.name, channel)
        self._topics[channel] = topic
        self._counts[channel] = 0
        return channel

    def write(
        self,
        topic: str | int,
        log_time_ns: int,
        publish_time_ns: int,
        data: bytes,
        sequence: int = 0,
    ) -> None:
        """Add one message of a registered topic: its name (then of its first type) or its channel.

        Times are nanoseconds since the epoch.
        """
        channel = self._by_name[topic] if isinstance(topic, str) else topic
        self._use_compression(large=len(data) > LARGE_BYTES)
        self._writer.add_message(channel, log_time_ns, data, publish_time_ns, sequence)
        self._counts[channel] += 1
        self._start_ns = log_time_ns if self._start_ns is None else min(self._start_ns, log_time_ns)
        self._end_ns = log_time_ns if self._end_ns is None else max(self._end_ns, log_time_ns)

    def _use_compression(self, *, large: bool) -> None:
        """Finish the chunk where the next message needs another compression than its own."""
        wanted = _OF_LARGE.get(self._compression, self._compression) if large else self._compression
        if wanted != self._used:
            self._used = wanted
            self._writer.flush()
            # The writer has one compression for all chunks, and no public way to change it.
            self._writer._Writer__compression = CompressionType[wanted.upper()]

    def flush(self) -> None:
        """Finish the chunk and pass it to the operating system: from now on it survives SIGKILL."""
        self._writer.flush()
        self._whole = self._stream.position

    def sync(self) -> None:
        """Wait until the flushed messages are on the disk (fsync). For any thread."""
        with suppress(ValueError):  # the file was closed meanwhile
            os.fsync(self._stream.file.fileno())

    def free_bytes(self) -> int:
        """Free bytes on the file's disk."""
        status = os.fstatvfs(self._stream.file.fileno())
        return status.f_bavail * status.f_frsize

    def statistics(self) -> FileStatistics:
        """Statistics of what was written so far."""
        counts = {topic: self._counts[channel] for channel, topic in self._topics.items()}
        return FileStatistics(self._path.name, counts, self._start_ns, self._end_ns)

    @property
    def deleted(self) -> bool:
        """Whether what was written is lost: no folder has the file, or it is `truncated`."""
        return self.truncated or os.fstat(self._stream.file.fileno()).st_nlink == 0

    @property
    def truncated(self) -> bool:
        """Whether another program cut the file short; nothing more is written into it then."""
        return self._stream.is_truncated()

    @property
    def moved(self) -> bool:
        """Whether there is another file, or none, where this one was created."""
        ours = os.fstat(self._stream.file.fileno())
        try:
            return not os.path.samestat(ours, self._path.stat())
        except OSError:
            return True

    @property
    def path_now(self) -> Path:
        """Where the file is now, as far as the system tells."""
        try:
            return Path(os.readlink(f"/proc/self/fd/{self._stream.file.fileno()}"))
        except OSError:
            return self._path

    def finish(self) -> None:
        """Write the summary: the file is complete."""
        self.flush()
        self._add_metadata()
        self._writer.finish()

    def close(self) -> None:
        """Write the summary, wait until the file is on the disk (fsync), and close it."""
        self.finish()
        self.sync()
        self._stream.file.close()

    def abandon(self) -> None:
        """Close without a summary, cut back to the last whole chunk, unless closed. Never raises.

        `descant bag repair` completes such a file; messages that were not flushed are lost.
        """
        with suppress(OSError, ValueError):  # closed already
            if not self.truncated:
                self._stream.position = self._stream.file.truncate(self._whole)
        self._stream.file.close()

    def _add_metadata(self) -> None:
        self._writer.add_metadata(
            "rosbag2", {"serialized_metadata": metadata.text([self.statistics()])}
        )


class _Unbuffered:
    """A new, locked file to which every write goes at once. No `RawIOBase`: mcap's writer would put
    a buffer before it.
    """

    def __init__(self, path: Path) -> None:
        self.file = FileIO(path, "xb")
        self.position = 0
        self._truncated = False
        self._busy_s = 0.0
        self._since: float | None = None  # a write that has not ended
        lock(self.file.fileno())

    def is_truncated(self) -> bool:
        """Whether the file has, or had before a write, fewer bytes than were written."""
        if not self._truncated:
            self._truncated = os.fstat(self.file.fileno()).st_size < self.position
        return self._truncated

    def write(self, data: bytes) -> int:
        if self.is_truncated():  # zeros would fill the gap
            return len(data)
        view = memoryview(data)
        self._since = time.monotonic()
        while view:
            written = self.file.write(view)
            self.position += written
            view = view[written:]
        self._busy_s, self._since = self.busy_s(), None
        return len(data)

    def busy_s(self) -> float:
        """Seconds spent in writes, the present one included."""
        since = self._since
        return self._busy_s + (0.0 if since is None else time.monotonic() - since)

    def tell(self) -> int:
        return self.position

    def flush(self) -> None:
        """Nothing to do: there is no buffer."""
