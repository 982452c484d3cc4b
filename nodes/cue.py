"""Send one cue to the running graph."""

from __future__ import annotations

import time

import rclpy
from rclpy.node import Node
from rclpy.publisher import Publisher

from descant import topics
from descant.errors import UserError
from descant.msg import Cue
from descant.namespaces import ROOT, ros_arguments
from descant.nodes.common.conversion import to_header
from descant.nodes.common.endpoints import all_matched, full_name, publisher, subscriber_nodes
from descant.nodes.common.runner import prepare_environment

COMMANDS = {"next": Cue.NEXT, "part": Cue.PART, "restart": Cue.RESTART, "panic": Cue.PANIC}
DISCOVERY_TIMEOUT_S = 5.0
SETTLED_S = 0.5  # without a new subscriber for this long discovery counts as complete


def send(cue: str, part: int, namespace: str = ROOT) -> int:
    """Publish `cue` on the /cue of `namespace` once all subscribers are matched, and wait until it
    has arrived.

    In a busy graph a second may pass between one discovery and the next, so the node that acts on
    the cue is awaited by name: the synth for 'panic', else the conductor. Raises `UserError` where
    there is no subscriber: no performance is running in this namespace and domain.
    """
    prepare_environment()
    rclpy.init(args=ros_arguments(namespace))
    node = rclpy.create_node("cue_command")
    try:
        cues = publisher(node, topics.CUE)
        if not _await_subscribers(node, cues, "synth" if cue == "panic" else "conductor"):
            raise UserError(
                f"no subscriber on {full_name(node, topics.CUE)} within {DISCOVERY_TIMEOUT_S:g} s:"
                " is a performance running, in this namespace and ROS_DOMAIN_ID?"
            )
        cues.publish(Cue(header=to_header(time.time_ns()), command=COMMANDS[cue], part=part))
        cues.wait_for_all_acked()
    finally:
        node.destroy_node()
        rclpy.shutdown()
    return 0


def _await_subscribers(node: Node, cues: Publisher, actor: str) -> bool:
    """Wait until all subscribers of /cue, `actor` among them, are matched; False for none."""
    deadline = time.monotonic() + DISCOVERY_TIMEOUT_S
    known, since = 0, time.monotonic()
    while time.monotonic() < deadline:
        count = node.count_subscribers(full_name(node, topics.CUE))
        if count != known:
            known, since = count, time.monotonic()
        settled = time.monotonic() - since > SETTLED_S
        found = settled and actor in subscriber_nodes(node, topics.CUE)
        if found and all_matched(node, cues, topics.CUE):
            return True
        time.sleep(0.01)
    return cues.get_subscription_count() > 0
