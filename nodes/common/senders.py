# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Who may have sent a message: rclpy does not say it, the graph does."""

from __future__ import annotations

import time

from rclpy.node import Node

from descant.plain_text import plain
from descant.topics import Topic

REMEMBERED_S = 2.0  # `descant cue` may have left the graph before its message is processed
LONGEST = 60  # characters of a name
MOST = 4  # names


class Senders:
    """The nodes that publish `topic`, or did a moment ago; call `update` a few times a second.

    A node of the table publishes always (the stage): it is named last.
    """

    def __init__(self, node: Node, topic: Topic) -> None:
        self._node, self._topic = node, topic
        self._seen: dict[bytes, tuple[str, float]] = {}  # publisher -> name, monotonic time in s

    def update(self) -> None:
        """Note who publishes now, and forget who left."""
        now = time.monotonic()
        for info in self._node.get_publishers_info_by_topic(self._topic.relative):
            name = _name(info.node_namespace, info.node_name)
            self._seen[bytes(info.endpoint_gid)] = name, now
        self._seen = {k: seen for k, seen in self._seen.items() if now - seen[1] <= REMEMBERED_S}

    def text(self) -> str:
        """The names as text, as '/cue_command or /stage'."""
        self.update()
        if not self._seen:
            return "an unknown participant"
        space = self._node.get_namespace().rstrip("/")
        regular = {f"{space}/{name}" for name in self._topic.publishers}
        names = sorted(
            {name for name, _ in self._seen.values()}, key=lambda name: (name in regular, name)
        )
        more = f" or {len(names) - MOST} more" if len(names) > MOST else ""
        return " or ".join(names[:MOST]) + more


def _name(namespace: str, name: str) -> str:
    """The full name of a node; a participant that is no ROS node has none."""
    if name.startswith("_NODE_NAME_UNKNOWN_"):
        return "a participant without a name"
    return plain(f"{namespace.rstrip('/')}/{name}"[:LONGEST])
