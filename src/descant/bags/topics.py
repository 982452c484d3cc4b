"""Topics and statistics of a recording."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import yaml

INFINITE_NS = 9_223_372_036_854_775_807
"""rmw's infinite duration, nanoseconds."""


@dataclass(frozen=True, kw_only=True)
class OfferedQos:
    """Quality of service that one publisher offers, in the terms of rosbag2's version 9.

    Durations are nanoseconds. The defaults stand for what DDS discovery does not report.
    """

    history: str = "unknown"
    depth: int = 0
    reliability: str
    durability: str
    deadline_ns: int = INFINITE_NS
    lifespan_ns: int = INFINITE_NS
    liveliness: str = "automatic"
    liveliness_lease_duration_ns: int = INFINITE_NS
    avoid_ros_namespace_conventions: bool = False

    def as_mapping(self) -> dict[str, Any]:
        """The profile with rosbag2's keys, in its order."""
        return {
            name.removesuffix("_ns"): _duration(value) if name.endswith("_ns") else value
            for name, value in asdict(self).items()
        }


def qos_text(profiles: Sequence[OfferedQos]) -> str:
    """The profiles as the YAML text that a bag's channel carries; '' for none."""
    if not profiles:
        return ""
    text = yaml.safe_dump([p.as_mapping() for p in profiles], sort_keys=False)
    return str(text).rstrip("\n")


@dataclass(frozen=True)
class RecordedTopic:
    """One topic of a bag: name, type ('pkg/msg/Name') and what is needed to decode and replay it.

    `definition` is the type's full text with all types that it refers to, in `definition_encoding`
    ('ros2msg', or '' where it was not found). `offered_qos` is YAML as in `qos_text`.
    """

    name: str
    message_type: str
    definition: bytes = field(repr=False)
    definition_encoding: str = "ros2msg"
    message_encoding: str = "cdr"
    offered_qos: str = field(default="", repr=False)
    type_hash: str = ""


@dataclass(frozen=True)
class FileStatistics:
    """Content of one file of a bag, or of all its files.

    Times are nanoseconds since the epoch, None without messages.
    """

    name: str
    topics: Mapping[RecordedTopic, int]
    start_ns: int | None
    end_ns: int | None

    @property
    def messages(self) -> int:
        """Number of messages in the file."""
        return sum(self.topics.values())


def total(files: Sequence[FileStatistics]) -> FileStatistics:
    """The statistics of all files together, topics by name; each has its first definition."""
    counts: dict[str, int] = {}
    topics: dict[str, RecordedTopic] = {}
    for file in files:
        for topic, count in file.topics.items():
            topics.setdefault(topic.name, topic)
            counts[topic.name] = counts.get(topic.name, 0) + count
    starts = [file.start_ns for file in files if file.start_ns is not None]
    ends = [file.end_ns for file in files if file.end_ns is not None]
    by_name = {topics[name]: counts[name] for name in sorted(topics)}
    return FileStatistics("", by_name, min(starts, default=None), max(ends, default=None))


def _duration(nanoseconds: int) -> dict[str, int]:
    seconds, rest = divmod(nanoseconds, 1_000_000_000)
    return {"sec": seconds, "nsec": rest}
