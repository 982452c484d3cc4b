# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

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
from descant.nodes.common.secured import refusals_told
from descant.nodes.common.services import call
from descant.security import enclave_arguments
from descant.streams import print_text

COMMANDS = {"next": Cue.NEXT, "part": Cue.PART, "restart": Cue.RESTART, "panic": Cue.PANIC}
DISCOVERY_TIMEOUT_S = 5.0
NO_SERVICE_S = 1.5  # services are found about when subscribers are
SETTLED_S = 0.5  # without a new subscriber for this long discovery counts as complete


def send(cue: str, part: int, namespace: str = ROOT) -> int:
    """Call the service of `cue` in `namespace` and print what happened; or publish it on /cue.

    It is published where the node that acts on it, the synth for 'panic', else the conductor, is
    there without that service (a node of somebody else's in its place): once all subscribers are
    matched. Raises `UserError` where the service refuses, and where there is no subscriber either:
    no performance is running in this namespace and domain.
    """
    prepare_environment()
    with refusals_told():
        rclpy.init(args=[*ros_arguments(namespace), *enclave_arguments("cue_command")])
        node = rclpy.create_node("cue_command")
    try:
        cues = publisher(node, topics.CUE)
        start, actor = time.monotonic(), "synth" if cue == "panic" else "conductor"

        def is_hopeless() -> bool:
            waited_s = time.monotonic() - start
            there = waited_s > NO_SERVICE_S and actor in subscriber_nodes(node, topics.CUE)
            return there or waited_s > DISCOVERY_TIMEOUT_S

        answer = call(node, cue, part, is_hopeless)
        if answer is not None:
            print_text(answer)
        elif _await_subscribers(node, cues, actor, start + DISCOVERY_TIMEOUT_S):
            cues.publish(Cue(header=to_header(time.time_ns()), command=COMMANDS[cue], part=part))
            cues.wait_for_all_acked()
        else:
            raise UserError(
                f"no subscriber on {full_name(node, topics.CUE)} within {DISCOVERY_TIMEOUT_S:g} s:"
                " is a performance running, in this namespace and ROS_DOMAIN_ID?"
            )
    finally:
        node.destroy_node()
        rclpy.shutdown()
    return 0


def _await_subscribers(node: Node, cues: Publisher, actor: str, deadline: float) -> bool:
    """Wait until all subscribers of /cue, `actor` among them, are matched; False for none."""
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
