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

DISCOVERY_S = 0.5
QUIET_S = 0.25  # without another node for this long those found are all
LONGEST_S = 2.0
POLL_S = 0.02
NAMES = frozenset(name for topic in topics.TOPICS for name in topic.publishers)
_PACKAGE = "descant/msg/"


def running_nodes(namespace: str) -> list[str]:
    """Full names of Descant's nodes in `namespace`, sorted, as ['/hall_a/learner']; takes 0.5 s.

    Empty where nothing runs, or is discovered in this time. Nodes of other machines are among them
    if discovery reaches so far: one performance may be spread over several. A node that plays or
    listens (replay, a node of somebody's own) is none. Domain and discovery are those of the
    environment. Raises `UserError` for what is no namespace.
    """
    namespace = parse_namespace(namespace)
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
        found = _discover(node, namespace)
        node.destroy_node()
    finally:
        rclpy.shutdown(context=context)
    return sorted(found)


def _discover(node: Node, namespace: str) -> set[str]:
    start = since = time.monotonic()
    found: set[str] = set()
    while (now := time.monotonic()) - start < LONGEST_S:
        if (seen := _descants(node, namespace)) != found:
            found, since = seen, now
        if now - start >= DISCOVERY_S and now - since >= QUIET_S:
            break
        time.sleep(POLL_S)
    return found


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
