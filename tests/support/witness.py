# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Somebody on a machine of the network, who writes down what is said there.

    python witness.py NAME FILE [TOPIC..]

Of these topics, or of all but the pictures, which would be sent to each that subscribes to them.
One JSON object a line: {"topic", "at": seconds of the monotonic clock, which all hosts of
support.hosts share, "stamp": seconds since the epoch, and what TOLD names}; about twice a second
{"nodes": names of the nodes there are, "at"}.
"""

from __future__ import annotations

import contextlib
import json
import sys
import time
from pathlib import Path
from typing import Any

import rclpy
from rclpy.executors import ExternalShutdownException

from descant import topics
from descant.decoding import stamp_ns
from descant.nodes.common.endpoints import subscription

TOLD = {
    topics.NOTES: ("id", "kind", "key"),
    topics.LEARNER_STATE: ("episode", "step", "cause"),
    topics.PART: ("part",),
    topics.CAMERA_COMPRESSED: ("format",),
    topics.CAMERA_STATE: ("status", "pictures", "frame_rate"),
    topics.STAGE_STATE: ("part", "camera_delay", "camera_age", "dropped"),
    topics.SYNTH_STATE: ("voices", "held", "peak", "late_events"),
}
PERIOD_S = 0.5


def main(name: str, path: Path, names: list[str]) -> None:
    """Listen until interrupted."""
    told = [topic for topic in TOLD if topic.name in names]
    told = told or [topic for topic in TOLD if topic != topics.CAMERA_COMPRESSED]
    rclpy.init()
    node = rclpy.create_node(name)
    with path.open("w", buffering=1, encoding="utf-8") as file:

        def write(**entry: Any) -> None:
            file.write(json.dumps({"at": time.monotonic(), **entry}) + "\n")

        def listen(topic: topics.Topic) -> None:
            def take(message: Any) -> None:
                values = {field: getattr(message, field) for field in TOLD[topic]}
                write(topic=topic.name, stamp=stamp_ns(message) / 1e9, **values)

            subscription(node, topic, take)

        for topic in told:
            listen(topic)
        node.create_timer(PERIOD_S, lambda: write(nodes=sorted(node.get_node_names())))
        with contextlib.suppress(KeyboardInterrupt, ExternalShutdownException):
            rclpy.spin(node)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), sys.argv[3:])
