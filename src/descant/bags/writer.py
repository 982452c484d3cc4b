"""Write a bag in rosbag2's layout: a folder with NAME_0.mcap and metadata.yaml."""

from __future__ import annotations

import itertools
from pathlib import Path

from descant.bags import metadata
from descant.bags.mcapfile import McapFile
from descant.bags.topics import RecordedTopic


class BagWriter:
    """Writes one bag into a new folder.

    Not thread-safe except for `sync`. Every method may raise `OSError` (a full disk); after that
    only `abandon` may be called.
    """

    def __init__(self, folder: Path, compression: str = "zstd") -> None:
        """Create `folder` and the bag in it; if `folder` exists, NAME-2, NAME-3 .. instead."""
        self.folder = _new_folder(folder)
        try:
            self._file = McapFile(self.folder / f"{self.folder.name}_0.mcap", compression)
        except OSError:
            self.folder.rmdir()
            raise
        self._new_topics = True
        self._write_metadata()

    @property
    def size(self) -> int:
        """Bytes passed to the operating system so far, without metadata.yaml."""
        return self._file.size

    def add_topic(self, topic: RecordedTopic) -> None:
        """Register a topic; a second registration is ignored."""
        self._file.add_topic(topic)
        self._new_topics = True

    def write(self, topic: str, log_time_ns: int, publish_time_ns: int, data: bytes) -> None:
        """Add one serialized message of a registered topic.

        `log_time_ns` is when it was received, `publish_time_ns` when it was sent (epoch ns).
        """
        self._file.write(topic, log_time_ns, publish_time_ns, data)

    def flush(self) -> None:
        """Pass everything to the operating system: from now on it survives SIGKILL."""
        self._file.flush()
        if self._new_topics:  # so that a killed recorder's metadata.yaml has its topics
            self._write_metadata()

    def sync(self) -> None:
        """Wait until the flushed messages are on the disk (fsync). For any thread."""
        self._file.sync()

    def free_bytes(self) -> int:
        """Free bytes on the bag's disk."""
        return self._file.free_bytes()

    def close(self) -> None:
        """Write summary and metadata.yaml, and wait until everything is on the disk (fsync)."""
        self._file.finish()
        self._write_metadata()
        self._file.close()
        metadata.sync(self.folder)

    def abandon(self) -> None:
        """Close a bag that cannot be written to; flushed messages stay. Never raises."""
        self._file.abandon()

    def _write_metadata(self) -> None:
        metadata.write(self.folder, [self._file.statistics()])
        self._new_topics = False


def _new_folder(wanted: Path) -> Path:
    """Create `wanted` or, if it exists, the first of NAME-2, NAME-3 .. that does not."""
    for number in itertools.count(1):
        folder = wanted if number == 1 else wanted.with_name(f"{wanted.name}-{number}")
        try:
            folder.mkdir(parents=True)
        except FileExistsError:
            continue
        return folder
    raise AssertionError("itertools.count never ends")
