# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Compare the parameter files of a launch with its nodes: what would be read by none is told.

ROS passes it over without a word.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import yaml

from descant.errors import UserError, did_you_mean
from descant.launcher.commands import Command, ParameterText
from descant.launcher.values import UNREADABLE
from descant.paths import read_small
from descant.plain_text import plain

LARGEST_BYTES = 1 << 20
DEEPEST = 20  # names of a namespace
_SECTION = "ros__parameters"
# Every node has these, whatever it declares.
_EVERYWHERE = re.compile(
    r"use_sim_time|start_type_description_service"
    r"|qos_overrides\.(/\w+)+\.(publisher|subscription)\.(depth|history|reliability)"
)

Check = Callable[[str, Any], str]
"""Returns what is wrong with the name of a parameter, '' where it is one; raises `UserError` for a
value that it cannot have: ROS would keep that of the profile without a word."""


@dataclass(frozen=True)
class Section:
    """The parameters that a file gives to the nodes of one pattern, such as '/**/learner'."""

    file: Path
    pattern: str
    values: Mapping[str, Any]

    def fits(self, node: str) -> bool:
        """Return whether a node of this full name reads it, by rcl's rules."""
        text = re.escape("/" + self.pattern.lstrip("/")).replace(r"/\*\*", r"(/\w+)*")
        return re.fullmatch(text.replace(r"\*", r"\w+"), node) is not None


def remarks(commands: Sequence[Command], checks: Mapping[str, Check], profiles: Path) -> list[str]:
    """Return one line for each section and parameter that no node reads.

    `checks` has Descant's nodes by their names; the files in `profiles`, its own, are passed over.
    Raises `UserError` for a file that ROS cannot read, and for a value that a node cannot have.
    """
    ours = [command for command in commands if command.package == "descant" and command.node]
    files = dict.fromkeys(f for c in ours for f in _files(c) if Path(f).parent != profiles)
    sections = [section for file in files for section in read_sections(Path(file))]
    return list(dict.fromkeys(line for s in sections for line in _remarks(s, ours, checks)))


def read_sections(path: Path) -> list[Section]:
    """Return the sections of a ROS parameter file; `UserError` where it is none."""
    try:
        content = yaml.safe_load(read_small(path, LARGEST_BYTES))
    except UNREADABLE as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{path}:{mark.line + 1}" if mark else str(path)
        why = getattr(error, "problem", None) or "cannot be read"
        raise UserError(f"{where}: not YAML: {plain(str(why))}") from None
    return list(_sections(path, "", {} if content is None else content))


def _sections(path: Path, node: str, content: Any) -> Iterator[Section]:
    expected = f"expected NODE: {_SECTION}: NAME: VALUE"
    if not isinstance(content, dict) or node.count("/") > DEEPEST:
        raise UserError(f"{path}: not a ROS parameter file: '{plain(node)}'; {expected}")
    for key, value in content.items():
        if key != _SECTION:
            yield from _sections(path, f"{node}/{key}" if node else str(key), value)
        elif not node or not isinstance(value, dict):
            raise UserError(f"{path}: not a ROS parameter file: '{_SECTION}'; {expected}")
        else:
            yield Section(path, node, dict(_values("", value)))


def _values(prefix: str, values: Mapping[Any, Any]) -> Iterator[tuple[str, Any]]:
    """Return names, joined by dots within a mapping as in ROS, and values of parameters."""
    for key, value in values.items():
        if isinstance(value, dict):
            yield from _values(f"{prefix}{key}.", value)
        else:
            yield f"{prefix}{key}", value


def _files(command: Command) -> Iterator[str]:
    for option, file in pairwise(command.arguments):
        if option == "--params-file" and isinstance(file, str):
            yield file


def _remarks(
    section: Section, commands: Iterable[Command], checks: Mapping[str, Check]
) -> Iterator[str]:
    spaces = {command.node.rpartition("/")[0] for command in commands}
    known = [f"{space}/{name}" for space in spaces for name in checks]
    readers = [node for node in known if section.fits(node)]
    shown = f"{section.file}: '{plain(section.pattern)}'"
    if not readers:
        yield f"{shown} is no node of this launch: {_nearest(section.pattern, known)}"
        return
    mine = [checks[node.rpartition("/")[2]] for node in readers]
    for name, value in section.values.items():
        try:
            faults = [check(name, value) for check in mine]
        except UserError as error:
            raise UserError(f"{shown}: {error}") from None
        if all(faults) and not _EVERYWHERE.fullmatch(name):
            fault = faults[0] if len(faults) == 1 else f"no node has a parameter '{plain(name)}'"
            yield f"{shown}: {fault}"
    for command in commands:
        if section.fits(command.node):
            for name in sorted(_given(command) & set(section.values)):
                yield f"{shown}: '{name}' is not used: an argument of the launch gives it"


def _given(command: Command) -> set[str]:
    """Return the parameters that the launch file itself gives, which win."""
    texts = (word for word in command.arguments if isinstance(word, ParameterText))
    return {name for text in texts for name, _ in text.values}


def _nearest(pattern: str, known: Sequence[str]) -> str:
    name = pattern.rpartition("/")[2]
    same = [node for node in known if node.rpartition("/")[2] == name]
    if same:
        return f"that is {same[0]} here, and '/**/{name}' in any namespace"
    return did_you_mean("/" + pattern.lstrip("/"), known) or f"nodes: {', '.join(sorted(known))}"
