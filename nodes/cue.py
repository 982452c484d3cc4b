"""One word to the running graph, and out again."""

from __future__ import annotations

import time

import rclpy
from rclpy.node import Node
from rclpy.publisher import Publisher

from descant.errors import UserError
from descant.msg import Cue
from descant.nodes.common import qos
from descant.nodes.common.conversion import to_time

COMMANDS = {"next": Cue.NEXT, "part": Cue.PART, "restart": Cue.RESTART, "panic": Cue.PANIC}
DISCOVERY_TIMEOUT_S = 5.0
SETTLED_S = 0.5  # nobody new for so long: all of the graph is known, as far as one can tell


def say(word: str, part: int) -> int:
    """Publish `word` on /cue once all who subscribe_new are matched, and wait until it has arrived.

    In a busy graph a second may pass between one discovery and the next, so the one that acts on
    the word is waited for by name: the synth for 'panic', else the conductor.
    `UserError` where nobody does: there is no performance running on this domain.
    """
    rclpy.init()
    node = rclpy.create_node("cue")
    try:
        publisher = node.create_publisher(Cue, "/cue", qos.LIVE)
        if not _everybody_matched(node, publisher, "synth" if word == "panic" else "conductor"):
            raise UserError(
                f"nobody listened on /cue for {DISCOVERY_TIMEOUT_S:g} s: is a performance "
                "running, on this ROS_DOMAIN_ID?"
            )
        publisher.publish(Cue(stamp=to_time(time.time_ns()), command=COMMANDS[word], part=part))
        publisher.wait_for_all_acked()
    finally:
        node.destroy_node()
        rclpy.shutdown()
    return 0


def _everybody_matched(node: Node, publisher: Publisher, actor: str) -> bool:
    """Wait until every subscriber of /cue can hear, `actor` among them; False if there is none."""
    deadline = time.monotonic() + DISCOVERY_TIMEOUT_S
    known, since = 0, time.monotonic()
    while time.monotonic() < deadline:
        count = node.count_subscribers("/cue")
        if count != known:
            known, since = count, time.monotonic()
        settled = time.monotonic() - since > SETTLED_S
        if settled and _listens(node, actor) and publisher.get_subscription_count() >= known:
            return True
        time.sleep(0.01)
    return publisher.get_subscription_count() > 0


def _listens(node: Node, name: str) -> bool:
    return any(info.node_name == name for info in node.get_subscriptions_info_by_topic("/cue"))
