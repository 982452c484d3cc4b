# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The code of docs/ros-graph.md does what the page says."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from rclpy.qos import ReliabilityPolicy

from descant import topics
from support.commands import descant
from support.graph import domain_id, graph_environment
from support.node import listener, node
from support.pages import blocks, table

PAGE = "docs/ros-graph.md"


def stamps(messages: list[Any]) -> set[tuple[int, int]]:
    return {(m.header.stamp.sec, m.header.stamp.nanosec) for m in messages}


@pytest.mark.graph
def test_a_node_with_default_qos_is_the_pianist(tmp_path: Path) -> None:
    [code] = blocks(PAGE, "python")
    file = tmp_path / "player.py"
    file.write_text(code)
    domain = domain_id()
    with node("learner", domain), listener(domain, "synth") as ears:
        notes, states = ears.collect(topics.NOTES), ears.collect(topics.LEARNER_STATE)
        settings = ears.collect(topics.LEARNER_SETTINGS, topics.HISTORY)
        ears.wait(lambda: bool(settings), "the learner")
        ears.wait(lambda: ears.node.count_publishers("/learner_state") == 1, "/learner_state")
        words = [sys.executable, str(file)]
        with subprocess.Popen(words, env=graph_environment(domain)) as player:
            ears.wait(lambda: len(notes) == 6, "three notes")
            ears.wait(lambda: stamps(states) >= stamps(notes[::2]), "a state for each")
            assert player.wait(30.0) == 0
        assert [(note.id, note.key) for note in notes[::2]] == [(1, 60), (2, 64), (3, 67)]
        assert stamps(states) == stamps(notes[::2])


@pytest.mark.graph
def test_a_parameter_overrides_quality_of_service(tmp_path: Path) -> None:
    [text] = blocks(PAGE, "yaml")
    file = tmp_path / "wifi.yaml"
    file.write_text(text)
    domain = domain_id()
    settings = {"source": "keyboard", "width": 160, "height": 90}
    with (
        listener(domain) as ears,
        node("camera", domain, settings, "--params-file", str(file)),
    ):
        name = topics.CAMERA_IMAGE.name
        ears.wait(lambda: ears.node.count_publishers(name) == 1, "the camera")
        [publisher] = ears.node.get_publishers_info_by_topic(name)
        assert publisher.qos_profile.reliability is ReliabilityPolicy.BEST_EFFORT


def test_a_launch_file_puts_a_performance_into_a_namespace(tmp_path: Path) -> None:
    [text] = blocks(PAGE, "xml")
    file = tmp_path / "hall.launch.xml"
    file.write_text(text)
    printed = descant("launch", "--print", file)
    assert printed.returncode == 0, printed.stderr
    nodes = re.findall(r"^\[(\w+)-\d+\]", printed.stdout, re.MULTILINE)
    assert {"piano", "learner", "synth"} <= set(nodes)
    for each in printed.stdout.split("\n\n"):
        assert "-r __ns:=/hall_a" in each
        assert "-r notes:=keys" in each


LATCHED = re.compile("part|episode|.*_state")


def test_the_table_of_quality_of_service_is_that_of_the_code() -> None:
    """Each topic but /played, /learner_settings and /diagnostics is in one of the rows."""
    live, latched, pictures = (re.findall(r"`([^`]+)`", row[0]) for row in table(PAGE, "qos"))
    for name in live:
        [topic] = [t for t in topics.TOPICS if t.relative == name]
        assert (topic.publisher_qos.reliable, topic.publisher_qos.transient_local) == (True, False)
        assert topic.publisher_qos.depth == 2_048
    for topic in topics.TOPICS:
        qos, name = topic.publisher_qos, topic.relative
        assert qos.reliable
        if name in pictures:
            assert not qos.transient_local
        elif name not in live and LATCHED.fullmatch(name):
            assert qos.transient_local
    assert set(pictures) == {t.relative for t in topics.TOPICS if t.relative.startswith("camera/")}
    assert "part" in latched
