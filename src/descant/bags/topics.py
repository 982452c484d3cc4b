"""A topic as a bag keeps it, and what is known of one file of a bag."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import yaml

INFINITE_NS = 9_223_372_036_854_775_807
"""rmw's infinite duration, nanoseconds."""


@dataclass(frozen=True)
class OfferedQos:
    """Quality of service that one publisher offers, in the words of rosbag2's version 9.

    Durations are nanoseconds. What DDS discovery does not tell keeps its default.
    """

    reliability: str
    durability: str
    history: str = "unknown"
    depth: int = 0
    deadline_ns: int = INFINITE_NS
    lifespan_ns: int = INFINITE_NS
    liveliness: str = "automatic"
    liveliness_lease_duration_ns: int = INFINITE_NS
    avoid_ros_namespace_conventions: bool = False

    def as_mapping(self) -> dict[str, Any]:
        """The profile with rosbag2's keys, in its order."""
        return {
            "history": self.history,
            "depth": self.depth,
            "reliability": self.reliability,
            "durability": self.durability,
            "deadline": _duration(self.deadline_ns),
            "lifespan": _duration(self.lifespan_ns),
            "liveliness": self.liveliness,
            "liveliness_lease_duration": _duration(self.liveliness_lease_duration_ns),
            "avoid_ros_namespace_conventions": self.avoid_ros_namespace_conventions,
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

    `definition` is the type's full text with everything it refers to, in `definition_encoding`
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
    """One file of a bag. Times are nanoseconds since the epoch, None where it holds no message."""

    name: str
    topics: Mapping[RecordedTopic, int]
    start_ns: int | None
    end_ns: int | None

    @property
    def messages(self) -> int:
        """Number of messages in the file."""
        return sum(self.topics.values())


def _duration(nanoseconds: int) -> dict[str, int]:
    seconds, rest = divmod(nanoseconds, 1_000_000_000)
    return {"sec": seconds, "nsec": rest}
