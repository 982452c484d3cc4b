# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The policy of DDS security allows what the nodes do, and no topic or service beside it."""

from __future__ import annotations

import fnmatch
import json
import subprocess
import sys

import pytest

from descant import security
from descant.topics import TOPICS
from support.graph import domain_id, graph_environment
from support.project import ROOT

pytestmark = pytest.mark.graph
RECORDED = ROOT / "tests" / "recordings" / "0.4" / "restarted"

LIST = """
import json, os, sys
import rclpy
from descant.nodes.camera import CameraNode
from descant.nodes.conductor import ConductorNode
from descant.nodes.learner import LearnerNode
from descant.nodes.piano import PianoNode
from descant.nodes.recorder import Recorder
from descant.nodes.replay import ReplayNode
from descant.nodes.stage import StageNode
from descant.nodes.synth import SynthNode
from descant.nodes.synth_standby import StandbyNode

given = {
    "camera": {"source": "keyboard", "width": 160, "height": 90},
    "piano": {"source": "file:part1.mid", "listeners": 99},
    "recorder": {"bag": sys.argv[1]},
    "stage": {"canvas": "offscreen", "width": 160, "height": 90},
    "synth": {"sink": "none"},
    "synth_standby": {"sink": "none"},
}
words = [f"-p {node}:{name}:={v}" for node, values in given.items() for name, v in values.items()]
rclpy.init(args=["--ros-args", *" ".join(words).split()])
replay = lambda: ReplayNode({"source": f"bag:{sys.argv[2]}"}, {"synth": {"gain": 0.5}})
found = {}
for make in (
    CameraNode, ConductorNode, LearnerNode, PianoNode, Recorder, StageNode, SynthNode, StandbyNode,
    replay,
):
    node = make()
    name, space = node.get_name(), node.get_namespace()
    found[name] = {
        "publish": node.get_publisher_names_and_types_by_node(name, space),
        "subscribe": node.get_subscriber_names_and_types_by_node(name, space),
        "reply": node.get_service_names_and_types_by_node(name, space),
        "request": node.get_client_names_and_types_by_node(name, space),
    }
print(json.dumps(found))
sys.stdout.flush()
os._exit(0)
"""


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, set[str]]]:
    """Node -> right -> names that the node uses once it is made."""
    made = subprocess.run(
        [sys.executable, "-c", LIST, str(tmp_path_factory.mktemp("live") / "bag"), str(RECORDED)],
        env=graph_environment(domain_id()),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert made.returncode == 0, made.stderr
    nodes = json.loads(made.stdout.splitlines()[-1])
    return {
        node: {right: {name for name, _ in names} for right, names in rights.items()}
        for node, rights in nodes.items()
    }


def allowed(node: str, right: str) -> set[str]:
    """Names of the policy as ROS resolves them in the root namespace."""
    names = getattr(security.rights_of(TOPICS)[node], right)
    replaced = (name.replace("~", f"/{node}", 1) for name in names)
    return {name if name.startswith("/") else f"/{name}" for name in replaced}


def test_every_node_may_do_what_it_does(live: dict[str, dict[str, set[str]]]) -> None:
    forbidden = [
        (node, right, name)
        for node, rights in live.items()
        for right, names in rights.items()
        for name in names
        if not any(fnmatch.fnmatchcase(name, pattern) for pattern in allowed(node, right))
    ]
    assert forbidden == [], "descant/security.py or the table of topics lacks these"


def test_no_node_may_do_more(live: dict[str, dict[str, set[str]]]) -> None:
    """Some subscriptions are made later, as the stage's to the pictures, or with `use_sim_time`."""
    unused = {
        (node, right, name)
        for node, rights in live.items()
        for right in ("publish", "reply", "request")
        for name in allowed(node, right) - rights[right]
        if "*" not in name
    }
    unused.remove(("replay", "publish", "/part"))  # where there is no conductor
    assert unused == set(), "descant/security.py or the table of topics has these too many"
