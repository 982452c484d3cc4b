# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The recorder as a process, and what is in its bag while it is written."""

from __future__ import annotations

import contextlib
from pathlib import Path

from descant.bags.info import info
from descant.bags.reader import messages
from support.node import NodeProcess, node


def recorder(
    domain: int, bag: Path, *arguments: str, **parameters: object
) -> contextlib.AbstractContextManager[NodeProcess]:
    """The node with these parameters; it records down to a megabyte of free space."""
    return node("recorder", domain, {"bag": bag, "reserve": 1, **parameters}, *arguments)


def counts(bag: Path) -> dict[str, int]:
    """Messages in a bag by topic; none where it does not exist yet."""
    if not list(bag.glob("*.mcap")):
        return {}
    return {topic.name: count for topic, count in info(bag).topics.items()}


def ids(bag: Path) -> list[int]:
    """Ids of the notes in a bag, as far as it goes; none where it does not exist yet."""
    if not list(bag.glob("*.mcap")):
        return []
    return [m.decode().id for m in messages(bag, topics={"/notes"})]


def frame_ids(bag: Path, topic: str) -> list[str]:
    """Frame ids of the pictures of a topic in a bag; none where it does not exist yet."""
    if not list(bag.glob("*.mcap")):
        return []
    return [m.decode().header.frame_id for m in messages(bag, topics={topic})]
