# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Where security is asked for, a node is refused in one line rather than started without it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from rclpy._rclpy_pybind11 import RCLError

from descant.errors import UserError
from descant.nodes.common.secured import refusals_told
from support.commands import descant

NODES = ("camera", "conductor", "learner", "piano", "recorder", "stage", "synth")
BUILT_WITHOUT = "the DDS of this ROS is built without security"


REFUSED = "create_publisher() refused\nby the policy, at /project/src/rcl/publisher.c:116"
TOLD = r"=true: create_publisher\(\) refused by the policy$"


def test_what_the_policy_forbids_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROS_SECURITY_ENABLE", "true")
    with pytest.raises(UserError, match=TOLD), refusals_told():
        raise RCLError(REFUSED)
    monkeypatch.delenv("ROS_SECURITY_ENABLE")
    with pytest.raises(RCLError), refusals_told():
        raise RCLError(REFUSED)


@pytest.fixture
def without_security(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An environment that asks for security, before a DDS that says it has none."""
    library = tmp_path / "lib" / "librmw_fastrtps_shared_cpp.so"
    library.parent.mkdir()
    library.write_bytes(b"This Fast DDS version doesn't have the security libraries")
    paths = os.environ.get("AMENT_PREFIX_PATH", sys.prefix)
    monkeypatch.setenv("AMENT_PREFIX_PATH", f"{tmp_path}{os.pathsep}{paths}")
    monkeypatch.setenv("ROS_SECURITY_ENABLE", "true")


@pytest.mark.slow
@pytest.mark.usefixtures("without_security")
@pytest.mark.parametrize("name", NODES)
def test_no_node_starts_without_the_security_it_is_asked_for(name: str) -> None:
    executable = Path(sys.prefix) / "lib" / "descant" / name
    ended = subprocess.run([executable], capture_output=True, text=True, check=False, timeout=60)
    assert ended.returncode == 2
    [line] = ended.stderr.splitlines()
    assert line.startswith("error: ROS_SECURITY_ENABLE=true")
    assert BUILT_WITHOUT in line
    assert ended.stdout == ""


@pytest.mark.usefixtures("without_security")
@pytest.mark.parametrize("words", [("launch", "part1", "sound:=none"), ("cue", "next")])
def test_no_command_does(words: tuple[str, ...]) -> None:
    ended = descant(*words)
    assert ended.returncode == 2
    [line] = ended.stderr.splitlines()
    assert BUILT_WITHOUT in line


@pytest.mark.usefixtures("without_security")
def test_nor_a_launch_that_is_given_a_keystore(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ROS_SECURITY_ENABLE")
    ended = descant("launch", "performance", "enclaves:=/keystore")
    assert ended.returncode == 2
    [line] = ended.stderr.splitlines()
    assert BUILT_WITHOUT in line
