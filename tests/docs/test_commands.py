# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Every command that the documentation shows exists, with its options, arguments and parameters."""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner

from descant import overrides
from descant.cli import cli
from descant.commands.launch import SUFFIX, available
from descant.commands.parameters import SETTINGS, settings_of
from support.pages import PAGES, ROOT, name, shell_lines

NODES = {node: settings_of(node) for node in SETTINGS}
SHOWN = [(name(page), line) for page in PAGES for line in shell_lines(page)]
INLINE = re.compile(r"`(descant [a-z][^`\n]*)`")


def of_descant() -> list[tuple[str, str]]:
    inline = [
        (name(page), line)
        for page in PAGES
        for line in INLINE.findall(page.read_text(encoding="utf-8"))
        if ".." not in line
    ]
    return [*(entry for entry in SHOWN if entry[1].startswith("descant ")), *inline]


def parse(command: click.Command, words: list[str]) -> tuple[str, dict[str, Any]]:
    """The command that `words` call, and its options; `ClickException` where there is none."""
    context = click.Context(command)
    if isinstance(command, click.Group) and words and not words[0].startswith("-"):
        found = command.get_command(context, words[0])
        if found is None:
            raise click.UsageError(f"no command '{words[0]}'")
        path, options = parse(found, words[1:])
        return f"{words[0]} {path}".strip(), options
    options, rest, _ = command.make_parser(context).parse_args(list(words))
    if rest:
        raise click.UsageError(f"too many arguments: {rest}")
    given = {key: value for key, value in options.items() if isinstance(value, str | tuple | list)}
    for parameter in command.params:
        if isinstance(parameter.type, click.Choice) and parameter.name in given:
            parameter.type.convert(given[parameter.name], parameter, context)
    return "", given


@pytest.mark.parametrize(("page", "line"), of_descant())
def test_a_command_exists_with_its_options(page: str, line: str) -> None:
    try:
        command, options = parse(cli, shlex.split(line)[1:])
    except click.ClickException as error:
        pytest.fail(f"{page}: {line}: {error.format_message()}")
    if command == "launch" and "name" in options:
        check_launch(options["name"], options.get("given", ()))
    for changed in options.get("overrides", ()):
        overrides.find_parameter(changed.partition("=")[0], NODES, changed)


def check_launch(launch_file: str, words: Sequence[str]) -> None:
    """The launch file declares every NAME:=VALUE; a file of the reader's own is one of part 1."""
    pytest.importorskip("rclpy", reason="rclpy is not installed")
    own = launch_file.endswith(SUFFIX) and not (ROOT / launch_file).is_file()
    own = own and launch_file.removesuffix(SUFFIX) not in available()
    file = "part1" if own else launch_file
    profile = f"params:={ROOT / 'config' / 'paper.yaml'}"  # in place of the reader's own
    words = [profile if word.startswith("params:=") else word for word in words]
    printed = CliRunner().invoke(cli, ["launch", "--print", file, *words])
    assert printed.exception is None, printed.exception


ROS_LAUNCH = re.compile(r"ros2 launch descant (\w+)\.launch\.xml ?(.*)")
ROS_PARAM = re.compile(r"ros2 param (?:set|get) /(\w+) (\w+)")


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_what_ros_is_called_with_exists(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for node, parameter in ROS_PARAM.findall(text):
        assert parameter in settings_of(node).descriptors(), f"{name(page)}: /{node} {parameter}"
    for line in shell_lines(page):
        if match := ROS_LAUNCH.match(line):
            check_launch(match[1], shlex.split(match[2]))


MAKE = re.compile(r"^([a-z]+):", re.MULTILINE)


def test_every_target_of_make_exists() -> None:
    targets = set(MAKE.findall((ROOT / "Makefile").read_text(encoding="utf-8")))
    shown = [(page, line.split()[1]) for page, line in SHOWN if re.match(r"make [a-z]+$", line)]
    assert [entry for entry in shown if entry[1] not in targets] == []


PATH = re.compile(
    r"(?<![\w/.-])((?:src|nodes|tests|bench|docs|msg|config|share|launch|scripts)/[\w./-]*\w)"
)


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_path_exists(page: Path) -> None:
    installed = {"share/descant"}
    found = set(PATH.findall(page.read_text(encoding="utf-8"))) - installed
    assert [path for path in sorted(found) if not (ROOT / path).exists()] == []


LINK = re.compile(r"\]\(([^)\s]+)\)")


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_link_leads_somewhere(page: Path) -> None:
    wrong = []
    for link in LINK.findall(page.read_text(encoding="utf-8")):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        if not target.exists() or (anchor and anchor not in anchors(target)):
            wrong.append(link)
    assert wrong == []


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
