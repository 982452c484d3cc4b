"""What a bag holds: topics, counts, times, and whether it is whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from descant.bags import metadata
from descant.bags.files import bag_files
from descant.bags.locking import is_locked
from descant.bags.scan import Scan
from descant.bags.topics import FileStatistics, RecordedTopic


@dataclass(frozen=True)
class BagInfo:
    """A bag at a glance. Times are nanoseconds since the epoch, None in a bag without messages.

    `damage` is one line for each file that is not whole; `recording`: it is being written now.
    """

    path: Path
    files: tuple[FileStatistics, ...]
    topics: Mapping[RecordedTopic, int]
    start_ns: int | None
    end_ns: int | None
    bytes: int
    damage: tuple[str, ...]
    recording: bool

    @property
    def messages(self) -> int:
        """Number of messages in the bag."""
        return sum(self.topics.values())

    @property
    def duration_ns(self) -> int:
        """From the first message to the last, by the times they were received."""
        if self.start_ns is None or self.end_ns is None:
            return 0
        return self.end_ns - self.start_ns


def info(path: Path) -> BagInfo:
    """Look through a bag (folder or one MCAP file), whole or cut off; every message is counted.

    Raises `UserError` where there is no bag.
    """
    paths = bag_files(path)
    files, damage = [], []
    topics: dict[str, RecordedTopic] = {}
    counts: dict[str, int] = {}
    for file in paths:
        statistics, broken = examine(file)
        files.append(statistics)
        if broken:
            damage.append(f"{file.name}: {broken}")
        for topic, count in statistics.topics.items():
            topics.setdefault(topic.name, topic)
            counts[topic.name] = counts.get(topic.name, 0) + count
    if path.is_dir() and not is_described(path, files):
        damage.append(f"{metadata.NAME}: missing, or not of these files")
    starts = [f.start_ns for f in files if f.start_ns is not None]
    ends = [f.end_ns for f in files if f.end_ns is not None]
    return BagInfo(
        path=path,
        files=tuple(files),
        topics={topics[name]: counts[name] for name in sorted(topics)},
        start_ns=min(starts, default=None),
        end_ns=max(ends, default=None),
        bytes=sum(p.stat().st_size for p in paths),
        damage=tuple(damage),
        recording=any(is_locked(p) for p in paths),
    )


def examine(file: Path) -> tuple[FileStatistics, str]:
    """Count one MCAP file through; the second value says what is not whole, '' for nothing."""
    scan = Scan(file)
    counts: dict[str, int] = {}
    start_ns = end_ns = None
    for record in scan.records():
        counts[record.topic.name] = counts.get(record.topic.name, 0) + 1
        time_ns = record.log_time_ns
        start_ns = time_ns if start_ns is None else min(start_ns, time_ns)
        end_ns = time_ns if end_ns is None else max(end_ns, time_ns)
    topics = {topic: counts.get(topic.name, 0) for topic in scan.topics}
    return FileStatistics(file.name, topics, start_ns, end_ns), scan.damage


def is_described(folder: Path, files: list[FileStatistics]) -> bool:
    """Whether the folder's metadata.yaml tells of exactly these files and their messages."""
    described = metadata.read(folder)
    if described is None:
        return False
    return described.get("relative_file_paths") == [f.name for f in files] and described.get(
        "message_count"
    ) == sum(f.messages for f in files)
