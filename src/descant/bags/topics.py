# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Topics and statistics of a recording."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class RecordedTopic:
    """One topic of a bag: name, type ('pkg/msg/Name') and what is needed to decode and replay it.

    `definition` is the type's full text with all types that it refers to, in `definition_encoding`
    ('ros2msg', or '' where it was not found). `offered_qos` is YAML, a list of what the publishers
    offer, with rosbag2's keys; '' for none.
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

    @property
    def duration_ns(self) -> int:
        """From the first message to the last, by the times when they were received."""
        return (self.end_ns or 0) - (self.start_ns or 0)


def total(files: Sequence[FileStatistics]) -> FileStatistics:
    """The statistics of all files together, topics by name and type; each has its first
    definition.
    """
    counts: dict[tuple[str, str], int] = {}
    topics: dict[tuple[str, str], RecordedTopic] = {}
    for file in files:
        for topic, count in file.topics.items():
            key = (topic.name, topic.message_type)
            topics.setdefault(key, topic)
            counts[key] = counts.get(key, 0) + count
    starts = [file.start_ns for file in files if file.start_ns is not None]
    ends = [file.end_ns for file in files if file.end_ns is not None]
    by_name = {topics[key]: counts[key] for key in sorted(topics)}
    return FileStatistics("", by_name, min(starts, default=None), max(ends, default=None))
