# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Full message definitions from installed .msg files."""

from pathlib import Path

import pytest
from rosbags.typesys import Stores, get_types_from_msg, get_typestore

from descant.bags.definitions import DefinitionError, full_definition


@pytest.fixture
def prefix(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("AMENT_PREFIX_PATH", str(tmp_path))
    return tmp_path


def install(prefix: Path, name: str, text: str) -> None:
    package, _, base = name.partition("/")
    path = prefix / "share" / package / "msg" / f"{base}.msg"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def test_every_type_referred_to_comes_once_behind_a_line_of_80(prefix: Path) -> None:
    install(prefix, "a/Top", "Inner[] many\nb/Leaf one # b/Comment no\nstring<=5[<=3] text\n")
    install(prefix, "a/Inner", "b/Leaf[4] four\nuint8 CONSTANT=3\n")
    install(prefix, "b/Leaf", "float64 x 1.5\nwstring w\n")
    line = "=" * 80
    assert full_definition("a/msg/Top") == (
        "Inner[] many\nb/Leaf one # b/Comment no\nstring<=5[<=3] text\n"
        f"\n{line}\nMSG: a/Inner\nb/Leaf[4] four\nuint8 CONSTANT=3\n"
        f"\n{line}\nMSG: b/Leaf\nfloat64 x 1.5\nwstring w\n"
    )


def test_a_type_that_refers_to_itself_ends(prefix: Path) -> None:
    install(prefix, "a/Tree", "Tree[] children\n")
    assert full_definition("a/msg/Tree") == "Tree[] children\n"


def test_a_missing_file_is_named_with_the_places_sought(prefix: Path) -> None:
    install(prefix, "a/Top", "b/Gone x\n")
    with pytest.raises(DefinitionError, match=r"no definition Gone\.msg of type b/Gone") as e:
        full_definition("a/msg/Top")
    assert str(prefix / "share" / "b" / "msg") in str(e.value)


@pytest.mark.parametrize(
    "name",
    ["rcl_interfaces/msg/Log", "rcl_interfaces/msg/ParameterEvent", "sensor_msgs/msg/Image"],
)
def test_definitions_hash_as_those_of_the_ros_distribution(name: str) -> None:
    """rosbags computes the type's hash from the text; ROS 2 Jazzy's own is in its store."""
    jazzy, ours = get_typestore(Stores.ROS2_JAZZY), get_typestore(Stores.EMPTY)
    ours.register(get_types_from_msg(full_definition(name), name))
    assert ours.hash_rihs01(name) == jazzy.hash_rihs01(name)
