# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Who is named as the sender of a message."""

from __future__ import annotations

import time
from types import SimpleNamespace

import pytest

from descant import topics
from descant.nodes.common.senders import REMEMBERED_S, Senders


class Graph:
    """A node in a graph with these publishers: (namespace, name) each."""

    def __init__(self, *publishers: tuple[str, str], namespace: str = "/") -> None:
        self.publishers = list(publishers)
        self.get_namespace = lambda: namespace

    def get_publishers_info_by_topic(self, topic: str) -> list[SimpleNamespace]:
        assert topic == "cue"
        return [
            SimpleNamespace(node_namespace=space, node_name=name, endpoint_gid=[number])
            for number, (space, name) in enumerate(self.publishers)
        ]


@pytest.mark.parametrize(
    ("publishers", "text"),
    [
        ([], "an unknown participant"),
        ([("/", "stage")], "/stage"),
        ([("/", "stage"), ("/", "cue_command")], "/cue_command or /stage"),
        ([("/", "cue"), ("/room", "cue")], "/cue or /room/cue"),
        ([("_NODE_NAMESPACE_UNKNOWN_", "_NODE_NAME_UNKNOWN_")], "a participant without a name"),
        ([("/", "a\x1b[2J\n")], r"/a\x1b[2J\n"),
        ([("/", "x" * 1000)], "/" + "x" * 59),
        ([("/", str(n)) for n in range(9)], "/0 or /1 or /2 or /3 or 5 more"),
    ],
)
def test_publishers_are_named_briefly_and_harmlessly(
    publishers: list[tuple[str, str]], text: str
) -> None:
    assert Senders(Graph(*publishers), topics.CUE).text() == text


def test_the_stage_of_the_own_namespace_is_named_last() -> None:
    graph = Graph(("/hall_a", "stage"), ("/hall_a", "visitor"), namespace="/hall_a")
    assert Senders(graph, topics.CUE).text() == "/hall_a/visitor or /hall_a/stage"


def test_one_that_has_just_left_is_remembered_for_a_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    graph = Graph(("/", "cue"))
    senders = Senders(graph, topics.CUE)
    senders.update()
    graph.publishers.clear()
    now += REMEMBERED_S / 2
    assert senders.text() == "/cue"
    now += REMEMBERED_S
    assert senders.text() == "an unknown participant"
