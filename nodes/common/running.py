# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Find the performance that runs already in a namespace of this domain."""

from __future__ import annotations

import os
import time

import rclpy
from rclpy.context import Context
from rclpy.node import Node
from rclpy.signals import SignalHandlerOptions

from descant import topics
from descant.namespaces import parse_namespace
from descant.nodes.common.runner import prepare_environment
from descant.nodes.common.secured import refusals_told
from descant.security import enclave_arguments

DISCOVERY_S = 1.0
# So many looks without another node or topic, in any namespace: those found are all. Looks,
# since a busy machine (discovery took 1.3 to 5.7 s under load 20) makes them slow as well.
QUIET_LOOKS = 30
LONGEST_S = 8.0
POLL_S = 0.02
NAMES = frozenset(name for topic in topics.TOPICS for name in topic.publishers)
_PACKAGE = "descant/msg/"


def running_nodes(*namespaces: str) -> list[str]:
    """Full names of Descant's nodes in `namespaces`, sorted, as ['/hall_a/learner']; takes 1 s.

    Empty where nothing runs, or is discovered in this time. Nodes of other machines are among them
    if discovery reaches so far: one performance may be spread over several. A node that plays or
    listens (replay, a node of somebody's own) is none. Domain and discovery are those of the
    environment. Raises `UserError` for what is no namespace.
    """
    wanted = {parse_namespace(namespace) for namespace in namespaces}
    os.environ.setdefault("ROS_AUTOMATIC_DISCOVERY_RANGE", "LOCALHOST")
    prepare_environment()
    context = Context()  # its own, and no handler: the caller's signals stay as they are
    with refusals_told():
        arguments = enclave_arguments("operator")
        rclpy.init(args=arguments, context=context, signal_handler_options=SignalHandlerOptions.NO)
    try:
        with refusals_told():
            node = rclpy.create_node(
                "running",
                context=context,
                use_global_arguments=False,
                start_parameter_services=False,
            )
        found = _discover(node, wanted)
        node.destroy_node()
    finally:
        rclpy.shutdown(context=context)
    return sorted(found)


def _discover(node: Node, namespaces: set[str]) -> set[str]:
    start, quiet = time.monotonic(), 0
    graph: object = None
    while (passed := time.monotonic() - start) < LONGEST_S:
        seen = (node.get_node_names_and_namespaces(), node.get_topic_names_and_types())
        quiet = quiet + 1 if seen == graph else 0
        graph = seen
        if passed >= DISCOVERY_S and quiet >= QUIET_LOOKS:
            break
        time.sleep(POLL_S)
    return {name for namespace in namespaces for name in _descants(node, namespace)}


def _descants(node: Node, namespace: str) -> set[str]:
    """Nodes with a name of ours that publish a type of ours: /camera may be another driver."""
    there = {name for name, space in node.get_node_names_and_namespaces() if space == namespace}
    return {
        f"{namespace.rstrip('/')}/{name}"
        for name in there & NAMES
        if any(
            kind.startswith(_PACKAGE)
            for _, kinds in node.get_publisher_names_and_types_by_node(name, namespace)
            for kind in kinds
        )
    }
