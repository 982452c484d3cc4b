# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The bare baseline of bench/graph.py: takes the camera's pictures and copies them, no more.

    python bench/graph_bare.py FILE

One line for each picture: its stamp (ns since the epoch) and the time from there to its copy (ms).
"""

from __future__ import annotations

import contextlib
import sys
import time
from pathlib import Path

import numpy as np
import rclpy
from rclpy.executors import ExternalShutdownException
from sensor_msgs.msg import Image

from descant import topics
from descant.decoding import from_time
from descant.nodes.common.endpoints import subscription


def main(path: Path) -> None:
    """Listen until interrupted."""
    rclpy.init()
    node = rclpy.create_node("bare")
    with path.open("w", buffering=1) as log:

        def take(message: Image) -> None:
            np.frombuffer(message.data, np.uint8).copy()
            stamp_ns = from_time(message.header.stamp)
            log.write(f"{stamp_ns} {(time.time_ns() - stamp_ns) / 1e6:.3f}\n")

        subscription(node, topics.CAMERA_IMAGE, take)
        with contextlib.suppress(KeyboardInterrupt, ExternalShutdownException):
            rclpy.spin(node)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
