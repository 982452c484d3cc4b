# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""What a participant of the domain cannot do (docs/participants.md): write or open files."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from descant.parameters import ParameterError
from descant.programme.layers import PartLayers
from descant.programme.part_description import SECTIONS
from descant.types import Part
from support.graph import domain_id, graph_environment

SET_EVERYTHING = """
import json, os, sys, time
import rclpy
from rclpy.parameter import Parameter
from descant.nodes.camera import CameraNode
from descant.nodes.conductor import ConductorNode
from descant.nodes.learner import LearnerNode
from descant.nodes.piano import PianoNode
from descant.nodes.recorder import Recorder
from descant.nodes.stage import StageNode
from descant.nodes.synth import SynthNode

folder = sys.argv[1]
given = {
    "camera": {"source": "keyboard", "width": 160, "height": 90},
    "piano": {"source": "file:part1.mid", "listeners": 99},
    "recorder": {"bag": "~/bag"},
    "stage": {"canvas": "offscreen", "width": 160, "height": 90, "snapshots": "~/pictures"},
    "synth": {"sink": "wav:~/sound.wav"},
}
words = [f"-p {node}:{name}:={v}" for node, values in given.items() for name, v in values.items()]
rclpy.init(args=["--ros-args", *" ".join(words).split()])
texts, accepted = [], []
for kind in (CameraNode, ConductorNode, LearnerNode, PianoNode, Recorder, StageNode, SynthNode):
    node = kind()
    for name, parameter in node.get_parameters_by_prefix("").items():
        if not isinstance(parameter.value, str):
            continue
        texts.append(f"{node.get_name()}.{name}")
        for prefix in ("", "file:", "wav:", "bag:", "device:", "url:file://"):
            value = Parameter(name, value=f"{prefix}{folder}/evil")
            if node.set_parameters([value])[0].successful:
                accepted.append(f"{node.get_name()}.{name} := {value.value}")
    if isinstance(node, StageNode):
        node._stage.draw()
time.sleep(1.0)
print(json.dumps([texts, accepted]))
sys.stdout.flush()
os._exit(0)
"""


@pytest.mark.graph
def test_no_parameter_can_be_set_to_a_path_while_a_node_runs(tmp_path: Path) -> None:
    """Each node's text parameters are tried, also those that are added later.

    What they were given at the start is written, below the home folder.
    """
    tried = subprocess.run(
        [sys.executable, "-c", SET_EVERYTHING, tmp_path],
        env={**graph_environment(domain_id()), "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    texts, accepted = json.loads(tried.stdout.splitlines()[-1])
    known = {"camera.source", "piano.source", "recorder.bag", "stage.snapshots", "synth.sink"}
    assert known | {"conductor.programme", "learner.programme"} <= set(texts)
    assert accepted == []
    made = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*")}
    assert {"bag/metadata.yaml", "pictures/stage-0001.png"} <= made, "~ is the home folder"
    assert any("sound.wav" in name for name in made)
    assert not any("evil" in name for name in made)


def test_no_part_can_name_a_path() -> None:
    """A part's description comes from the network as well."""
    for section, kind in SECTIONS.items():
        for name, default in kind.defaults().items():
            if isinstance(default, str):
                text = json.dumps({"version": 1, "name": "", "title": "", section: {name: "/evil"}})
                layers = PartLayers(kind(), section)
                with pytest.raises(ParameterError):
                    layers.begin(Part(0, 2, 1, "test", text))
