# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""What the launch files of the parts and the performance come to."""

from pathlib import Path

import pytest

from descant.launcher import arguments, schema
from descant.launcher.commands import Command, commands_text
from descant.launcher.expansion import expand
from support.launching import installed_descant

NODES = ["conductor", "synth", "learner", "camera", "stage", "piano"]


def _expanded(prefix: Path, name: str, *words: str) -> dict[str, Command]:
    path = prefix / "share" / "descant" / "launch" / f"{name}.launch.xml"
    environment = {"AMENT_PREFIX_PATH": str(prefix), "PATH": "/usr/bin:/bin"}
    commands = expand(schema.read(path), arguments.parse(words), environment)
    return {command.name.rsplit("-", 1)[0]: command for command in commands}


@pytest.mark.parametrize(
    ("name", "part", "nodes"),
    [
        ("part1", 1, [n for n in NODES if n != "camera"]),
        ("part2", 2, [n for n in NODES if n != "camera"]),
        ("part3", 3, NODES),
        ("part4", 4, NODES),
        ("performance", 1, NODES),
    ],
)
def test_each_part_starts_its_nodes_with_its_number(
    tmp_path: Path, name: str, part: int, nodes: list[str]
) -> None:
    commands = _expanded(installed_descant(tmp_path), name, "sound:=none")
    assert list(commands) == nodes
    for node in ("conductor", "learner"):
        assert f"part: {part}\n" in commands_text([commands[node]], {}) + "\n"


def test_arguments_reach_the_included_graph(tmp_path: Path) -> None:
    words = ("camera:=keyboard", "screen:=none", "bag:=tonight", "piano:=file:a.mid")
    commands = _expanded(installed_descant(tmp_path), "part4", *words)
    assert list(commands) == ["recorder", *(n for n in NODES if n != "stage")]
    assert "keyboard" in str(commands["camera"])
    assert "file:a.mid" in str(commands["piano"])
    assert "tonight" in str(commands["recorder"])
