# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The profile of Fast DDS that the camera node makes for itself."""

import tempfile
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from descant.camera.dds_profile import FILE, RANGE, XMLNS, adapted_profile, profile_in_use
from descant.errors import UserError
from descant.topics import CAMERA_COMPRESSED

PROFILE = Path(__file__).parents[2] / "config" / "fastdds.xml"


def adapted(*arguments: str, **environment: str) -> tuple[ET.ElementTree, dict[str, str]]:
    variables = {FILE: str(PROFILE), **environment}
    profile = adapted_profile(variables, ["camera", *arguments])
    with profile_in_use(variables, profile):
        tree = ET.parse(variables[FILE])
    assert not Path(variables[FILE]).exists()
    return tree, variables


def texts(tree: ET.ElementTree, path: str) -> list[str]:
    steps = "/".join(f"{{{XMLNS}}}{name}" for name in path.split("/"))
    return [element.text or "" for element in tree.iterfind(f".//{steps}")]


@pytest.mark.parametrize(
    ("arguments", "environment", "namespace"),
    [
        ((), {}, ""),
        (("--ros-args", "-r", "__ns:=/hall_a"), {}, "/hall_a"),
        (("--ros-args", "-r", "__ns:=/hall_a", "-r", "__ns:=/"), {}, "/hall_a"),
        ((), {"ROS_NAMESPACE": "hall_b"}, "/hall_b"),
        (("--ros-args", "-r", "__ns:=/x/y"), {"ROS_NAMESPACE": "/hall_b"}, "/x/y"),
        (("--ros-args", "-r", "__ns:=/"), {"ROS_NAMESPACE": "/hall_b"}, ""),
    ],
)
def test_the_topic_s_profile_has_its_full_name(
    arguments: tuple[str, ...], environment: dict[str, str], namespace: str
) -> None:
    tree, _ = adapted(*arguments, **environment)
    every, writer = tree.iter(f"{{{XMLNS}}}data_writer")
    assert every.get("is_default_profile") == "true"
    assert writer.get("profile_name") == namespace + CAMERA_COMPRESSED.name


def test_the_peers_of_ros_become_those_of_the_profile() -> None:
    peers = "10.0.0.1;localhost;unknown.invalid"
    tree, variables = adapted(**{RANGE: "LOCALHOST", "ROS_STATIC_PEERS": peers})
    assert variables[RANGE] == "SYSTEM_DEFAULT"
    found = texts(tree, "initialPeersList/locator/udpv4/address")
    assert found == ["10.0.0.1", "127.0.0.1", "127.0.0.1"]
    assert texts(tree, "metatrafficUnicastLocatorList/locator") == [""]
    [builtin] = tree.iter(f"{{{XMLNS}}}builtin")
    assert builtin.find(f"{{{XMLNS}}}discovery_config") is not None
    assert texts(tree, "transport_descriptor/maxInitialPeersRange") == ["32"]


@pytest.mark.parametrize("reach", ["", "SUBNET", "OFF"])
def test_other_discovery_stays_as_it_is(reach: str) -> None:
    tree, variables = adapted(**{RANGE: reach})
    assert variables[RANGE] == reach
    assert texts(tree, "builtin/initialPeersList") == []


@pytest.mark.parametrize(
    "content", [None, "", "<profiles/>", "<<", "<a xmlns='b'><participant/></a>"]
)
def test_another_profile_stays_as_it_is(tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "mine.xml"
    if content is not None:
        path.write_text(content)
    for variables in ({}, {FILE: str(path), RANGE: "LOCALHOST"}):
        before = dict(variables)
        profile = adapted_profile(variables, ["camera"])
        assert profile is None
        with profile_in_use(variables, profile):
            assert variables == before


def test_without_room_for_the_file_it_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", "/nowhere")
    with pytest.raises(UserError, match="the profile of Fast DDS cannot be written"):
        adapted()
