# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The result of a launch: the processes to start, as data that can be printed or run."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import yaml

from descant.launcher.values import Value


@dataclass(frozen=True)
class ParameterText:
    """Stands for a parameter file in a command line until the command is run."""

    node: str  # full name of the node that reads it, '/**' for any node
    values: tuple[tuple[str, Value], ...]

    def yaml(self) -> str:
        """Return the file's contents. Texts are quoted, or a reader may read them as numbers."""
        document = {self.node: {"ros__parameters": dict(self.values)}}
        return yaml.dump(document, Dumper=_Dumper, default_flow_style=False, width=10_000)


def inline_yaml(value: Value) -> str:
    """Return a value as YAML in one line, every text in quotes."""
    text = yaml.dump(_quoted(value), Dumper=_Dumper, default_flow_style=True, width=10**6)
    return text.removesuffix("\n").removesuffix("\n...")


@dataclass(frozen=True, kw_only=True)
class Command:
    """One process to start."""

    name: str  # of the process in the output, e.g. 'piano-1'
    arguments: tuple[str | ParameterText, ...]
    environment: Mapping[str, str] = field(hash=False)
    respawn: bool = False
    respawn_delay: float = 0.0  # seconds
    respawn_max_retries: int = -1  # in a row; negative: no limit
    required: bool = False  # all others are stopped when it ends
    package: str = ""  # of a node
    node: str = ""  # its full name, where the launch file sets it
    essential: bool = False  # all others are stopped when it cannot be started
    spare: bool = False  # and none for whatever reason

    @property
    def label(self) -> str:
        """Its name without the number, for a node that of its executable."""
        return self.name.rsplit("-", 1)[0]


def commands_text(commands: Iterable[Command], environment: Mapping[str, str]) -> str:
    """Format commands, each with its changes to `environment`."""
    return "\n\n".join("\n".join(_lines(command, environment)) for command in commands)


def _lines(command: Command, environment: Mapping[str, str]) -> Iterable[str]:
    rules = [f"starts again after {command.respawn_delay:g} s"] if command.respawn else []
    if command.respawn and command.respawn_max_retries >= 0:
        rules.append(f"at most {command.respawn_max_retries} times")
    rules += ["its end stops all"] if command.required else []
    yield f"[{command.name}]" + (f" {'; '.join(rules)}" if rules else "")
    words, files = [], []
    for word in command.arguments:
        if isinstance(word, ParameterText):
            files.append(word)
            words.append(f"<parameters {len(files)}>")
        else:
            words.append(shlex.quote(word))
    yield "  " + " ".join(words)
    for index, file in enumerate(files, 1):
        yield f"  <parameters {index}>"
        yield from (f"    {line}" for line in file.yaml().splitlines())
    for name, value in sorted(command.environment.items()):
        if environment.get(name) != value:
            yield f"  {name}={shlex.quote(value)}"
    for name in sorted(set(environment) - set(command.environment)):
        yield f"  {name} unset"


class _Dumper(yaml.SafeDumper):
    """Writes YAML with every text value in double quotes."""


class _Quoted(str):
    pass


def _represent_mapping(dumper: _Dumper, mapping: dict[str, object]) -> yaml.Node:
    quoted = {key: _quoted(value) for key, value in mapping.items()}
    return dumper.represent_mapping("tag:yaml.org,2002:map", quoted)


def _quoted(value: object) -> object:
    if isinstance(value, list):
        return [_quoted(item) for item in value]
    return _Quoted(value) if isinstance(value, str) else value


_Dumper.add_representer(dict, _represent_mapping)
_Dumper.add_representer(
    _Quoted, lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", text, style='"')
)
