"""What a launch comes to: the processes to start, ready to be printed or run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from descant.launcher.values import Value


@dataclass(frozen=True)
class ParameterText:
    """Takes the place of a parameter file in a command line until the command is run."""

    node: str  # full name of the node they are for, '/**' for whichever node it is
    values: tuple[tuple[str, Value], ...]

    def yaml(self) -> str:
        """The file's contents. Texts are quoted, so that no reader takes one for a number."""
        document = {self.node: {"ros__parameters": dict(self.values)}}
        return yaml.dump(document, Dumper=_Dumper, default_flow_style=False, width=10_000)


@dataclass(frozen=True, kw_only=True)
class Command:
    """One process to start; times in seconds."""

    name: str  # of the process in the output, e.g. 'piano-1'
    arguments: tuple[str | ParameterText, ...]
    environment: Mapping[str, str] = field(hash=False)
    cwd: Path | None = None
    shell: bool = False
    respawn: bool = False
    respawn_delay: float = 0.0
    respawn_max_retries: int = -1
    required: bool = False
    sigterm_timeout: float = 5.0
    sigkill_timeout: float = 5.0


class _Dumper(yaml.SafeDumper):
    """YAML with every text value in double quotes."""


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
