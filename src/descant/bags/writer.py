"""Write a bag in rosbag2's layout: a folder with NAME_0.mcap and metadata.yaml."""

from __future__ import annotations

from pathlib import Path

from descant.bags import metadata
from descant.bags.files import numbered
from descant.bags.mcapfile import McapFile
from descant.bags.topics import RecordedTopic


class BagWriter(McapFile):
    """Writes one bag, a single file, into a new folder; `McapFile` has the limits of its use."""

    def __init__(self, folder: Path, compression: str = "zstd") -> None:
        """Create `folder` and the bag in it; if `folder` exists, NAME-2, NAME-3 .. instead."""
        self.folder = _new_folder(folder)
        try:
            super().__init__(self.folder / f"{self.folder.name}_0.mcap", compression)
        except OSError:
            self.folder.rmdir()
            raise
        self._write_description()

    def add_topic(self, topic: RecordedTopic) -> None:
        """Register a topic; a second registration is ignored."""
        super().add_topic(topic)
        self._new_topics = True

    def flush(self) -> None:
        """Pass everything to the operating system: from now on it survives SIGKILL."""
        super().flush()
        if self._new_topics:  # so that a killed recorder's metadata.yaml has its topics
            self._write_description()

    def close(self) -> None:
        """Write summary and metadata.yaml, and wait until everything is on the disk (fsync)."""
        super().close()
        self._write_description()
        metadata.sync(self.folder)

    def _write_description(self) -> None:
        metadata.write(self.folder, [self.statistics()])
        self._new_topics = False


def _new_folder(wanted: Path) -> Path:
    """Create `wanted` or, if it exists, the first of NAME-2, NAME-3 .. that does not."""
    for folder in numbered(wanted):
        try:
            folder.mkdir(parents=True)
        except FileExistsError:
            continue
        return folder
    raise AssertionError("there is no last number")
