# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Write a bag in rosbag2's layout: a folder with NAME_0.mcap and metadata.yaml."""

from __future__ import annotations

import os
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path

from descant.bags import metadata
from descant.bags.files import numbered
from descant.bags.locking import is_locked
from descant.bags.mcapfile import McapFile
from descant.bags.topics import RecordedTopic
from descant.plain_text import plain

_Version = tuple[int, int, int]
_BAG_FILES = (".mcap", ".db3")


class BagWriter(McapFile):
    """Writes one bag, a single file, into a new folder; `McapFile` has the limits of its use.

    A failure to write metadata.yaml is no error: it is in `warning`, and tried again by `flush`.
    """

    def __init__(
        self, folder: Path, compression: str = "zstd", *, lost: Collection[Path] = ()
    ) -> None:
        """Create `folder` and the bag in it; if `folder` exists, NAME-2, NAME-3 .. instead.

        The folders `lost` are taken as existing.
        """
        self.folder = _new_folder(folder, lost)
        self.warning = ""
        self._described: _Version | None = None
        self._others: dict[str, int] = {}
        try:
            super().__init__(self.folder / f"{self.folder.name}_0.mcap", compression)
        except OSError:
            self.folder.rmdir()
            raise
        self._write_description()

    def add_topic(self, topic: RecordedTopic) -> int:
        """Register a topic, as `McapFile.add_topic` does."""
        self._new_topics = True
        return super().add_topic(topic)

    def flush(self) -> None:
        """Pass everything to the operating system: from now on it survives SIGKILL."""
        super().flush()
        if (
            self._new_topics and not self.moved
        ):  # so that a killed recorder's metadata.yaml has its topics
            self._write_description()

    def close(self) -> None:
        """Write summary and metadata.yaml, and wait until everything is on the disk (fsync).

        A bag that was moved meanwhile is completed where it is now.
        """
        folder = self.path_now.parent
        self.finish()
        described = self._described in (None, _version(folder / metadata.NAME))
        if described:  # else it is another program's
            self._write_description(folder)
        self.sync()  # last, as it may take longer than a launcher waits
        self._stream.file.close()
        if described and not self.warning:
            with suppress(OSError):  # it can be written again from the file
                metadata.sync(folder)

    def loss(self) -> str:
        """Why nothing more should be written into this folder, or '' where it is as it was."""
        moved = self.moved  # before `deleted`: one that is deleted in between is not moved
        if self.truncated:
            return f"{plain(str(self._path))} was truncated while it was recorded"
        if self.deleted:
            return f"{plain(str(self._path))} was deleted while it was recorded"
        if moved:
            now = plain(str(self.path_now))
            return f"{plain(str(self._path))} was moved while it was recorded; it is now {now}"
        described = _version(self.folder / metadata.NAME)
        if described is None:
            self._new_topics = True  # written again by the next flush
        elif self._described not in (None, described):
            return f"another program changed {metadata.NAME} in {plain(str(self.folder))}"
        return self._other_recorder()

    def _other_recorder(self) -> str:
        """Whether another program writes a bag into the folder: a file that is locked or grows."""
        for entry in os.scandir(self.folder):
            if not entry.name.endswith(_BAG_FILES) or entry.name == self._path.name:
                continue
            size = entry.stat().st_size if entry.is_file() else 0
            grows = self._others.setdefault(entry.name, size) != size
            if grows or (entry.is_file() and is_locked(Path(entry.path))):
                where = plain(str(self.folder))
                return f"another program writes into {where}: {plain(entry.name)}"
        return ""

    def _write_description(self, folder: Path | None = None) -> None:
        folder = folder or self.folder
        try:
            metadata.write(folder, [self.statistics()])
        except OSError as error:
            self.warning = f"{metadata.NAME} cannot be written: {error.strerror}"
            self._new_topics = True
            return
        self.warning, self._new_topics = "", False
        self._described = _version(folder / metadata.NAME)


def _version(file: Path) -> _Version | None:
    """What changes when another program writes `file`; None where it is no file."""
    try:
        status = file.stat()
    except OSError:
        return None
    return (status.st_ino, status.st_mtime_ns, status.st_size) if file.is_file() else None


def _new_folder(wanted: Path, lost: Collection[Path]) -> Path:
    """Create `wanted` or, if it exists, the first of NAME-2, NAME-3 .. that does not."""
    for folder in numbered(wanted):
        if folder in lost:
            continue
        try:
            folder.mkdir(parents=True)
        except FileExistsError:
            continue
        return folder
    raise AssertionError("there is no last number")
