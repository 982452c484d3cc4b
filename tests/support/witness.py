"""Somebody on a machine of the network, who writes down what is said there.

    python witness.py NAME FILE

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
from sensor_msgs.msg import Image

from descant.msg import CameraState, LearnerState, NoteEvent, Part, StageState, SynthState
from descant.nodes.common import qos
from descant.nodes.common.conversion import from_time

TOLD = {
    "/notes": (NoteEvent, qos.CATCH_UP, ("id", "kind", "key")),
    "/learner_state": (LearnerState, qos.CATCH_UP, ("episode", "step", "cause")),
    "/part": (Part, qos.LATCHED, ("part",)),
    "/camera/image": (Image, qos.PICTURES, ("width", "height")),
    "/camera_state": (CameraState, qos.LATCHED, ("status", "pictures", "frame_rate")),
    "/stage_state": (StageState, qos.LATCHED, ("part", "camera_delay", "camera_age", "dropped")),
    "/synth_state": (SynthState, qos.LATCHED, ("voices", "held", "peak", "late_events")),
}
PERIOD_S = 0.5


def main(name: str, path: Path) -> None:
    """Listen until interrupted."""
    rclpy.init()
    node = rclpy.create_node(name)
    with path.open("w", buffering=1, encoding="utf-8") as file:

        def write(**entry: Any) -> None:
            file.write(json.dumps({"at": time.monotonic(), **entry}) + "\n")

        def listen(topic: str) -> None:
            kind, profile, fields = TOLD[topic]

            def take(message: Any) -> None:
                told = {field: getattr(message, field) for field in fields}
                stamp = message.header.stamp if kind is Image else message.stamp
                write(topic=topic, stamp=from_time(stamp) / 1e9, **told)

            node.create_subscription(kind, topic, take, profile)

        for topic in TOLD:
            listen(topic)
        node.create_timer(PERIOD_S, lambda: write(nodes=sorted(node.get_node_names())))
        with contextlib.suppress(KeyboardInterrupt, ExternalShutdownException):
            rclpy.spin(node)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
