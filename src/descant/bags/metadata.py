# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Read and write metadata.yaml of a bag, as rosbag2 of ROS 2 Jazzy does (its version 9)."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path, PureWindowsPath
from typing import Any

import yaml

from descant.bags.topics import FileStatistics, RecordedTopic, total

NAME = "metadata.yaml"
VERSION = 9
_MOST_BYTES = 1 << 20
_MOST_DEPTH = 16  # rosbag2's has 8
# By libyaml where PyYAML was built with it: ten times as fast.
_TextLoader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
_SafeLoader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def information(files: Sequence[FileStatistics]) -> dict[str, Any]:
    """The content of metadata.yaml for a bag of `files`.

    A bag without messages starts at the largest time there is, as rosbag2's does.
    """
    bag = total(files)
    return {
        "version": VERSION,
        "storage_identifier": "mcap",
        **_span(bag),
        "message_count": bag.messages,
        "topics_with_message_count": [
            {"topic_metadata": _topic(topic), "message_count": count}
            for topic, count in bag.topics.items()
        ],
        "compression_format": "",
        "compression_mode": "",
        "relative_file_paths": [f.name for f in files],
        "files": [{"path": f.name, **_span(f), "message_count": f.messages} for f in files],
        "custom_data": None,
        "ros_distro": os.environ.get("ROS_DISTRO", "jazzy"),
    }


def text(files: Sequence[FileStatistics]) -> str:
    """The content as YAML, for the record 'rosbag2' of the MCAP file."""
    return str(yaml.safe_dump(information(files), sort_keys=False))


def write(folder: Path, files: Sequence[FileStatistics]) -> None:
    """Replace metadata.yaml of the bag in `folder` atomically; `sync` waits for the disk."""
    content = yaml.safe_dump({"rosbag2_bagfile_information": information(files)}, sort_keys=False)
    part = folder / f".unfinished-{NAME}"
    try:
        with part.open("w", encoding="utf-8") as file:
            file.write(content)
        part.replace(folder / NAME)
    except OSError:
        part.unlink(missing_ok=True)
        raise


def sync(folder: Path) -> None:
    """Wait until metadata.yaml of the bag in `folder` is on the disk (fsync)."""
    with (folder / NAME).open("rb+") as file:  # Windows syncs writable files only
        os.fsync(file.fileno())


def read(folder: Path) -> dict[str, Any] | None:
    """The content of metadata.yaml in `folder`, every value as text; None where it is missing or
    unreadable.
    """
    path = folder / NAME
    if not path.is_file():
        return None
    try:
        content = _load(path.read_bytes(), _TextLoader)
        found = content["rosbag2_bagfile_information"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return found if isinstance(found, dict) else None


def file_names(folder: Path) -> list[str]:
    """The names of the MCAP files of the bag by its metadata.yaml, none where it is missing or
    unreadable.

    Folders are removed: rosbag2 of ROS 2 Foxy wrote the bag's own in front, others are none of the
    bag's.
    """
    paths = (read(folder) or {}).get("relative_file_paths")
    if not isinstance(paths, list):
        return []
    names = (PureWindowsPath(path).name for path in paths if isinstance(path, str))
    return list(dict.fromkeys(name for name in names if name.endswith((".mcap", ".mcap.zstd"))))


def shortfall(folder: Path, found: int) -> str:
    """A line for a person where the bag's metadata.yaml names more messages than were `found`."""
    count = str((read(folder) or {}).get("message_count"))
    if not (count.isdecimal() and len(count) < 20 and found < int(count)):
        return ""
    return f"{NAME}: {found} of its {int(count)} messages can be read"


def _load(text: bytes | str, loader: Any) -> Any:
    """The value in a YAML text of any origin. Raises `ValueError` where it is damaged, too long or
    nested too deep to be read in bounded time and memory, or has aliases.
    """
    if len(text) > _MOST_BYTES:
        raise ValueError("too long")
    depth = 0
    try:
        for event in yaml.parse(text, Loader=loader):
            depth += isinstance(event, yaml.CollectionStartEvent)
            depth -= isinstance(event, yaml.CollectionEndEvent)
            if depth > _MOST_DEPTH or isinstance(event, yaml.AliasEvent):
                raise ValueError("nested too deep, or aliases")
        return yaml.load(text, Loader=loader)  # both make plain values only
    except yaml.YAMLError as error:
        raise ValueError(str(error)) from None


def _topic(topic: RecordedTopic) -> dict[str, Any]:
    return {
        "name": topic.name,
        "type": topic.message_type,
        "serialization_format": topic.message_encoding,
        "offered_qos_profiles": _profiles(topic.offered_qos),
        "type_description_hash": topic.type_hash,
    }


def _profiles(offered_qos: str) -> list[Any]:
    try:
        profiles = _load(offered_qos, _SafeLoader)
    except ValueError:  # a date that there is not is one too
        return []
    return profiles if isinstance(profiles, list) else []


def _span(of: FileStatistics) -> dict[str, Any]:
    start_ns = 2**63 - 1 if of.start_ns is None else of.start_ns  # the largest time there is
    return {
        "duration": {"nanoseconds": of.duration_ns},
        "starting_time": {"nanoseconds_since_epoch": start_ns},
    }
