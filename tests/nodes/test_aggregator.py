# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""config/diagnostics.yaml in ROS's diagnostic_aggregator: it runs where that is installed."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus

from descant import topics
from descant.diagnostics import STATUSES, Level
from support.graph import domain_id, graph_environment
from support.node import listener

pytestmark = pytest.mark.graph
ANALYZERS = Path(__file__).parents[2] / "config" / "diagnostics.yaml"
PREFIXES = os.environ.get("AMENT_PREFIX_PATH", "").split(os.pathsep)
AGGREGATORS = [
    path
    for prefix in PREFIXES
    if (path := Path(prefix) / "lib" / "diagnostic_aggregator" / "aggregator_node").is_file()
]


@pytest.mark.skipif(not AGGREGATORS, reason="diagnostic_aggregator is not installed")
def test_every_status_is_in_its_group() -> None:
    domain = domain_id()
    level = bytes([Level.WARN])
    sent = DiagnosticArray(
        status=[DiagnosticStatus(level=level, name=f"/hall_a/{name}") for name in STATUSES]
    )
    command = [str(AGGREGATORS[0]), "--ros-args", "--params-file", str(ANALYZERS)]
    found: dict[str, bytes] = {}
    with listener(domain) as ears, subprocess.Popen(command, env=graph_environment(domain)) as node:

        def on_groups(message: DiagnosticArray) -> None:
            found.update({status.name: status.level for status in message.status})

        ears.node.create_subscription(DiagnosticArray, "/diagnostics_agg", on_groups, 10)
        diagnostics = ears.publisher(topics.DIAGNOSTICS)

        def all_are_there() -> bool:
            sent.header.stamp = ears.node.get_clock().now().to_msg()
            diagnostics.publish(sent)
            return sum(status == level for status in found.values()) >= len(STATUSES)

        try:
            ears.wait(all_are_there, "all statuses in groups")
        finally:
            node.kill()
    groups = {name.removeprefix("/Descant/").partition("/")[0] for name in found}
    expected = {"Piano", "Learner", "Conductor", "Sound", "Camera", "Stage", "Recorder"}
    assert groups - {"Other", "/Descant"} == expected
    assert not [name for name in found if name.startswith("/Descant/Other/")]
