# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Launch files that are damaged, or made to take all memory: accepted, or refused in one line."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from descant.errors import UserError
from descant.launcher import arguments, schema
from descant.launcher.commands import commands_text
from descant.launcher.context import Context
from descant.launcher.expansion import expand
from support.mutations import Mutation, mutate, survives

LAUNCH = Path(__file__).parents[2] / "launch"
FILES = sorted(LAUNCH.glob("*.launch.xml"))


def whole(data: bytes, folder: Path) -> None:
    """All that `descant launch` does with a file before it starts a process."""
    path = folder / "x.launch.xml"
    path.write_bytes(data)
    for other in LAUNCH.glob("*.launch.xml"):
        (folder / other.name).symlink_to(other)
    environment = {**os.environ, "HOME": str(folder)}
    root = schema.read(path)
    known = arguments.declared(root, Context({}, environment))
    arguments.arguments_text(known)
    given = {argument.name: "1" for argument in known if argument.default is None}
    commands_text(expand(root, given, environment), environment)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name.partition(".")[0])
def test_damaged_launch_files(path: Path) -> None:
    survives(mutate(path.read_bytes(), 15), whole)


@pytest.mark.proof
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name.partition(".")[0])
def test_many_damaged_launch_files(path: Path) -> None:
    survives(mutate(path.read_bytes(), 2_000, seed=1), whole)


def nested(opening: str, closing: str) -> bytes:
    return f"<launch>{opening * 20_000}{closing * 20_000}</launch>".encode()


def laughs(count: int) -> str:
    """Entities of which each is ten of the one before."""
    entities = [f'<!ENTITY a{n + 1} "{f"&a{n};" * 10}">' for n in range(count)]
    return f'<!DOCTYPE launch [<!ENTITY a0 "ha">{"".join(entities)}]>'


def parameter(value: str) -> bytes:
    return f'<launch><node exec="x"><param name="p" value="{value}"/></node></launch>'.encode()


def lists(count: int) -> str:
    """YAML whose last list has 9 to the power of `count` numbers."""
    inner = "&amp;a0 [1,2,3,4,5,6,7,8,9]"
    for number in range(1, count):
        inner = f"&amp;a{number} [{inner}{f',*a{number - 1}' * 8}]"
    return inner


DOUBLED = '<let name="a" value="$(var a)$(var a)"/>'
BOMBS = {  # name -> file, and why it is refused
    "elements": (nested("<group>", "</group>"), "more than 50 elements within one another"),
    "substitutions": (parameter("$(not " * 9000), "more than 50 substitutions"),
    "entities": (f"{laughs(9)}<launch><arg name='&a9;'/></launch>".encode(), "has no <!DOC"),
    "files": (
        b'<!DOCTYPE a [<!ENTITY x SYSTEM "/etc/passwd">]><launch>&x;</launch>',
        "no <!DOC",
    ),
    "encoding": (b'<?xml version="1.0" encoding="no-such"?><launch/>', "not well-formed XML: un"),
    "texts": (
        f'<launch><let name="a" value="xx"/>{DOUBLED * 60}</launch>'.encode(),
        "grows to",
    ),
    "lists": (parameter(lists(9)), "a list must hold values of one type"),
    "brackets": (parameter("[" * 600), "cannot be read as YAML"),
    "merged": (parameter("{a: &amp;a {x: 1}, &lt;&lt;: [*a, *a]}"), "is a dict in YAML"),
    "itself": (parameter("&amp;a [*a]"), "a list must hold values of one type"),
    "date": (parameter("2001-99-99"), "cannot be read as YAML"),
    "number": (parameter("9" * 5_000), "cannot be read as YAML"),
    "sixties": (parameter(":".join(["1"] * 3_000) + ".5"), "cannot be read as YAML"),
    "size": (b"<launch>" + b" " * (1 << 20) + b"</launch>", "too large: more than 1048576 bytes"),
    "path": (f'<launch><include file="{"n" * 5000}"/></launch>'.encode(), "no launch file"),
    "package": (f'<launch><node pkg="{"n" * 5000}" exec="x"/></launch>'.encode(), "no package"),
}


@pytest.mark.slow
def test_a_file_made_to_grow_is_refused() -> None:
    reasons = dict(BOMBS.values())

    def refused(data: bytes, folder: Path) -> None:
        with pytest.raises(UserError, match=reasons[data]):
            whole(data, folder)

    survives([Mutation(name, data) for name, (data, _) in BOMBS.items()], refused)


def test_files_that_include_each_other_many_times(tmp_path: Path) -> None:
    for number in range(40):
        include = f'<include file="$(dirname)/{number + 1}.launch.xml"/>' * 2
        (tmp_path / f"{number}.launch.xml").write_text(f"<launch>{include}</launch>", "utf-8")
    (tmp_path / "40.launch.xml").write_text("<launch/>", "utf-8")
    with pytest.raises(UserError, match=r"launch\.xml:1: more than 100 files are included"):
        expand(schema.read(tmp_path / "0.launch.xml"), {}, {})
