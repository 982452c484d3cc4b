# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Send one cue to the running graph."""

from __future__ import annotations

import time
from collections.abc import Set

import rclpy
from rclpy.duration import Duration
from rclpy.node import Node
from rclpy.publisher import Publisher

from descant import topics
from descant.errors import UserError
from descant.msg import Cue
from descant.namespaces import ROOT, ros_arguments
from descant.nodes.common.conversion import to_header
from descant.nodes.common.endpoints import all_matched, full_name, publisher, subscriber_nodes
from descant.nodes.common.runner import prepare_environment
from descant.nodes.common.running import NAMES
from descant.nodes.common.secured import refusals_told
from descant.nodes.common.services import ANSWER_S, PANIC_ANSWER_S, call
from descant.plain_text import plain
from descant.security import enclave_arguments
from descant.streams import print_text

COMMANDS = {"next": Cue.NEXT, "part": Cue.PART, "restart": Cue.RESTART, "panic": Cue.PANIC}
SYNTHS = {"synth", "synth_standby"}
DISCOVERY_TIMEOUT_S = 5.0
NO_SERVICE_S = 1.5  # services are found about when subscribers are
SETTLED_S = 0.5  # without a new subscriber for this long discovery counts as complete


def send(cue: str, part: int, namespace: str = ROOT) -> int:
    """Call the service of `cue` in `namespace` and print what happened; or publish it on /cue.

    It is published where the node that acts on it, the synth for 'panic', else the conductor, is
    there without that service (a node of somebody else's in its place): once all subscribers are
    matched. Raises `UserError` where the service refuses, and where no subscriber can act on it.
    """
    prepare_environment()
    with refusals_told():
        rclpy.init(args=[*ros_arguments(namespace), *enclave_arguments("cue_command")])
        node = rclpy.create_node("cue_command")
    try:
        cues = publisher(node, topics.CUE)
        start, actors = time.monotonic(), SYNTHS if cue == "panic" else {"conductor"}

        def is_hopeless() -> bool:
            waited_s = time.monotonic() - start
            there = subscriber_nodes(node, topics.CUE) & actors if waited_s > NO_SERVICE_S else ()
            return bool(there) or waited_s > DISCOVERY_TIMEOUT_S

        answer = call(node, cue, part, is_hopeless)
        if answer is None:
            answer = _publish(
                node, cues, cue, part, actors=actors, deadline=start + DISCOVERY_TIMEOUT_S
            )
        print_text(answer)
    finally:
        node.destroy_node()
        rclpy.shutdown()
    return 0


def _publish(
    node: Node, cues: Publisher, cue: str, part: int, *, actors: Set[str], deadline: float
) -> str:
    """Publish the cue once its subscribers are matched, and return who they are.

    Raises `UserError` where none of them can act on it.
    """
    topic = full_name(node, topics.CUE)
    subscribers = _await_subscribers(node, cues, actors, deadline)
    if not subscribers:
        raise UserError(
            f"no subscriber on {topic} within {DISCOVERY_TIMEOUT_S:g} s:"
            " is a performance running, in this namespace and ROS_DOMAIN_ID?"
        )
    if not subscribers - (NAMES - actors):
        raise UserError(
            f"no {min(actors)} answers: it was not found within {DISCOVERY_TIMEOUT_S:g} s, has "
            f"ended or is frozen (on {topic}: {', '.join(sorted(subscribers))})"
        )
    cues.publish(Cue(header=to_header(time.time_ns()), command=COMMANDS[cue], part=part))
    answer_s = PANIC_ANSWER_S if cue == "panic" else ANSWER_S
    if not cues.wait_for_all_acked(Duration(seconds=answer_s)):
        raise UserError(f"not every subscriber of {topic} received it within {answer_s:g} s")
    return plain(f"published on {topic}, without an answer: {', '.join(sorted(subscribers))}")


def _await_subscribers(node: Node, cues: Publisher, actors: Set[str], deadline: float) -> set[str]:
    """Wait until all subscribers of /cue, one of `actors` among them, are matched: their nodes."""
    known, since = 0, time.monotonic()
    while time.monotonic() < deadline:
        count = node.count_subscribers(full_name(node, topics.CUE))
        if count != known:
            known, since = count, time.monotonic()
        settled = time.monotonic() - since > SETTLED_S
        found = settled and subscriber_nodes(node, topics.CUE) & actors
        if found and all_matched(node, cues, topics.CUE):
            break
        time.sleep(0.01)
    return subscriber_nodes(node, topics.CUE) if cues.get_subscription_count() > 0 else set()
