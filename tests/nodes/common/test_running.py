# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Which nodes of a performance run in a namespace."""

from __future__ import annotations

import itertools
from typing import Any, cast

import pytest
from sensor_msgs.msg import Image

from descant import topics
from descant.errors import UserError
from descant.nodes.common import running
from descant.nodes.common.running import running_nodes
from support.graph import domain_id
from support.node import listener, wait_until

pytestmark = pytest.mark.graph


def test_nodes_of_the_namespace_are_found_and_others_are_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    domain = domain_id()
    monkeypatch.setenv("ROS_DOMAIN_ID", str(domain))
    assert running_nodes("hall_a") == []
    with (
        listener(domain, "learner", "/hall_a") as learner,
        listener(domain, "piano", "/hall_b") as piano,
        listener(domain, "camera", "/hall_a") as driver,
        listener(domain, "visitor", "/hall_a") as visitor,
    ):
        learner.publisher(topics.LEARNER_SETTINGS)
        piano.publisher(topics.PIANO_STATE)
        driver.node.create_publisher(Image, "image_raw", 1)
        visitor.publisher(topics.NOTES)
        wait_until(lambda: running_nodes("hall_a") == ["/hall_a/learner"], "the learner of hall_a")
        wait_until(lambda: running_nodes("/hall_b") == ["/hall_b/piano"], "the piano of hall_b")
        both = ["/hall_a/learner", "/hall_b/piano"]
        wait_until(lambda: running_nodes("hall_b", "hall_a") == both, "both")
        assert running_nodes("/") == []


def test_nodes_that_are_discovered_late_are_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a busy machine one appears after the other: the graph is looked at until it is quiet."""
    graph = [("learner", "/hall_a"), ("piano", "/hall_b"), ("conductor", "/hall_a")]
    looks = itertools.count()

    class Node:
        def get_node_names_and_namespaces(self) -> list[tuple[str, str]]:
            return graph[: next(looks) // 20]

        def get_topic_names_and_types(self) -> list[tuple[str, list[str]]]:
            return []

        def get_publisher_names_and_types_by_node(self, *_: str) -> list[tuple[str, list[str]]]:
            return [("/any", ["descant/msg/Part"])]

    monkeypatch.setattr(running, "DISCOVERY_S", 0.0)
    monkeypatch.setattr(running, "POLL_S", 0.0)
    found = running._discover(cast("Any", Node()), {"/hall_a"})
    assert found == {"/hall_a/conductor", "/hall_a/learner"}


def test_what_is_no_namespace_is_refused() -> None:
    with pytest.raises(UserError, match="'2nd' is no namespace"):
        running_nodes("2nd")
