# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Summarise a bag: topics, counts, times, damage."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from descant.bags import metadata
from descant.bags.files import bag_folder
from descant.bags.locking import is_locked
from descant.bags.log_times import LogTimes
from descant.bags.scan import Scan, open_scans
from descant.bags.topics import FileStatistics, RecordedTopic, total
from descant.plain_text import plain


@dataclass(frozen=True)
class BagInfo(FileStatistics):
    """Statistics of all files of a bag together, and of each; sizes are bytes.

    `damage` has one line for each damaged file and one for those that are missing, `remarks` one
    for files that were not read; `recording`: the bag is being recorded now.
    """

    path: Path
    files: tuple[FileStatistics, ...]
    bytes: int
    damage: tuple[str, ...]
    remarks: tuple[str, ...]
    recording: bool


def info(path: Path) -> BagInfo:
    """Read through a bag (folder or one MCAP file), whole or cut off, and count every message.

    Raises `UserError` where there is no bag.
    """
    folder = bag_folder(path)
    scans, unread = open_scans(folder.files)
    files, damage = [], [*unread, *folder.damage]
    for scan in scans:
        files.append(_statistics(scan))
        if scan.damage:
            damage.append(f"{plain(scan.path.name)}: {scan.damage}")
    if path.is_dir() and not is_described(path, files):
        count = sum(file.messages for file in files)
        lack = metadata.shortfall(path, count)
        damage.append(lack or f"{metadata.NAME}: missing or outdated")
    return BagInfo(
        **vars(total(files)),
        path=path,
        files=tuple(files),
        bytes=sum(p.stat().st_size for p in folder.files),
        damage=tuple(damage),
        remarks=folder.remarks,
        recording=any(is_locked(p) for p in folder.files),
    )


def examine(file: Path) -> tuple[FileStatistics, Scan]:
    """Count the messages of one MCAP file; the second value tells its damage.

    Raises `UserError` where it is none.
    """
    scan = Scan(file)
    return _statistics(scan), scan


def _statistics(scan: Scan) -> FileStatistics:
    counts: Counter[int] = Counter()  # by identity: two topics may have one name
    times = LogTimes()
    for piece in scan.pieces():
        counts.update([id(record.topic) for record in piece.records])
        times.add([record.log_time_ns for record in piece.records])
    topics: Counter[RecordedTopic] = Counter()
    for topic in scan.topics:
        topics[topic] += counts[id(topic)]
    start_ns, end_ns = times.span() or (None, None)
    return FileStatistics(scan.path.name, topics, start_ns, end_ns)


def is_described(folder: Path, files: list[FileStatistics]) -> bool:
    """Whether the folder's metadata.yaml lists exactly these files and their messages."""
    described = metadata.read(folder)
    if described is None:
        return False
    count = str(sum(file.messages for file in files))
    return metadata.file_names(folder) == [f.name for f in files] and (
        described.get("message_count") == count
    )
