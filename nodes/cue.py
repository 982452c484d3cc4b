"""One word to the running graph, and out again."""

from __future__ import annotations

import time

import rclpy

from descant.errors import UserError
from descant.msg import Cue
from descant.nodes import qos
from descant.nodes.conversion import to_time

COMMANDS = {"next": Cue.NEXT, "part": Cue.PART, "restart": Cue.RESTART, "panic": Cue.PANIC}
DISCOVERY_TIMEOUT_S = 3.0


def say(word: str, part: int) -> int:
    """Publish `word` on /cue once somebody listens, and wait until it has arrived.

    `UserError` where nobody does: there is no performance running on this domain.
    """
    rclpy.init()
    node = rclpy.create_node("cue")
    try:
        publisher = node.create_publisher(Cue, "/cue", qos.LIVE)
        deadline = time.monotonic() + DISCOVERY_TIMEOUT_S
        while publisher.get_subscription_count() == 0:
            if time.monotonic() > deadline:
                raise UserError(
                    f"nobody listened on /cue for {DISCOVERY_TIMEOUT_S:g} s: is a performance "
                    "running, on this ROS_DOMAIN_ID?"
                )
            time.sleep(0.01)
        publisher.publish(Cue(stamp=to_time(time.time_ns()), command=COMMANDS[word], part=part))
        publisher.wait_for_all_acked()
    finally:
        node.destroy_node()
        rclpy.shutdown()
    return 0
