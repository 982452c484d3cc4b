# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Which parameter wins, with nodes of rclpy, under both launchers."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from support.launching import (
    NO_ROS_LAUNCH,
    ROS_LAUNCH,
    TIMEOUT_S,
    installed_descant,
    launch_file,
    run_once,
)

pytestmark = pytest.mark.graph
# A node that prints the parameters it was given.
NODE = f"""#!{sys.executable}
import json, sys, rclpy
rclpy.init(args=sys.argv)
node = rclpy.create_node("x", automatically_declare_parameters_from_overrides=True)
values = {{name: p.value for name, p in node.get_parameters_by_prefix("").items()}}
print(json.dumps([node.get_fully_qualified_name(), values], default=list), flush=True)
"""
FILE = """
/**/learner:
  ros__parameters: {learning_rate: 0.2, points: 50, seed: 9}
/**:
  ros__parameters: {threshold: 0.01}
SPACE/learner:
  ros__parameters: {loss: mae}
"""
EXPECTED = {
    "x_low": -1.0,  # the profile
    "points": 50, "threshold": 0.01, "loss": "mae",  # the file, by three kinds of patterns
    "learning_rate": 0.3, "loss_bound": 7.0,  # <set_parameter>, over the file and the profile
    "seed": 5,  # an argument
}  # fmt: skip


@pytest.mark.parametrize("namespace", ["", "/hall_a"])
@pytest.mark.parametrize(
    "launcher",
    [
        [sys.executable, "-m", "descant.cli", "launch", "--anyway"],
        pytest.param(
            [sys.executable, str(ROS_LAUNCH)],
            marks=pytest.mark.skipif(
                bool(NO_ROS_LAUNCH), reason="ROS's own launch is not installed"
            ),
        ),
    ],
)
def test_what_stands_nearer_to_the_user_wins(
    tmp_path: Path, launcher: list[str], namespace: str
) -> None:
    prefix = installed_descant(tmp_path, script=NODE)
    run_once(prefix)
    mine = tmp_path / "mine.yaml"
    mine.write_text(FILE.replace("SPACE", namespace), encoding="utf-8")
    including = launch_file(tmp_path, f"""
        <set_parameter name="loss_bound" value="7.0"/>
        <set_parameter name="learning_rate" value="0.3"/>
        <include file="$(find-pkg-share descant)/launch/part1.launch.xml">
          <arg name="nodes" value="elsewhere"/><arg name="learner" value="here"/>
          <arg name="params" value="{mine}"/><arg name="seed" value="5"/>
          <arg name="namespace" value="{namespace or '/'}"/>
        </include>""")  # fmt: skip
    ros = os.environ.get("AMENT_PREFIX_PATH", sys.prefix)
    done = subprocess.run(
        [*launcher, str(including)], capture_output=True, text=True, timeout=TIMEOUT_S, check=False,
        env={**os.environ, "AMENT_PREFIX_PATH": f"{prefix}:{ros}", "ROS_LOG_DIR": str(tmp_path)},
    )  # fmt: skip
    [line] = re.findall(r"^\[learner-1\] (\[.*\])$", done.stdout, re.MULTILINE)
    name, values = json.loads(line)
    assert name == f"{namespace}/learner"
    assert {key: values[key] for key in EXPECTED} == EXPECTED
