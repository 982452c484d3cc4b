"""Summarise a bag: topics, counts, times, damage."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from descant.bags import metadata
from descant.bags.files import bag_folder
from descant.bags.locking import is_locked
from descant.bags.scan import Scan
from descant.bags.topics import FileStatistics, RecordedTopic, total


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
    paths, files, damage = folder.files, [], [*folder.damage]
    for file in paths:
        statistics, broken = examine(file)
        files.append(statistics)
        if broken:
            damage.append(f"{file.name}: {broken}")
    if path.is_dir() and not is_described(path, files):
        damage.append(f"{metadata.NAME}: missing or outdated")
    return BagInfo(
        **vars(total(files)),
        path=path,
        files=tuple(files),
        bytes=sum(p.stat().st_size for p in paths),
        damage=tuple(damage),
        remarks=folder.remarks,
        recording=any(is_locked(p) for p in paths),
    )


def examine(file: Path) -> tuple[FileStatistics, str]:
    """Count the messages of one MCAP file; the second value is its damage, '' for none."""
    scan = Scan(file)
    counts: dict[int, int] = {}  # by identity: two topics may have one name
    start_ns = end_ns = None
    for record in scan.records():
        counts[id(record.topic)] = counts.get(id(record.topic), 0) + 1
        time_ns = record.log_time_ns
        start_ns = time_ns if start_ns is None else min(start_ns, time_ns)
        end_ns = time_ns if end_ns is None else max(end_ns, time_ns)
    topics: dict[RecordedTopic, int] = {}
    for topic in scan.topics:
        topics[topic] = topics.get(topic, 0) + counts.get(id(topic), 0)
    return FileStatistics(file.name, topics, start_ns, end_ns), scan.damage


def is_described(folder: Path, files: list[FileStatistics]) -> bool:
    """Whether the folder's metadata.yaml lists exactly these files and their messages."""
    described = metadata.read(folder)
    if described is None:
        return False
    count = str(sum(file.messages for file in files))
    return metadata.file_names(folder) == [f.name for f in files] and (
        described.get("message_count") == count
    )
