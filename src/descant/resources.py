# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Find the files of the package, and read sources that a user types."""

from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from descant.errors import UserError
from descant.parameters import ParameterError
from descant.paths import user_path

PROFILES = ("paper", "original")


def load_profile(name: str) -> Mapping[str, dict[str, Any]]:
    """Node -> parameters of a profile that ships with the package."""
    if name not in PROFILES:
        raise UserError(f"no profile '{name}'; profiles: {', '.join(PROFILES)}")
    content = yaml.safe_load(resource("config", f"{name}.yaml").read_text(encoding="utf-8"))
    return {key.rsplit("/", 1)[-1]: value["ros__parameters"] for key, value in content.items()}


@dataclass(frozen=True)
class SourceName:
    """A parsed parameter `source`, KIND or KIND:NAME; `name` is '' without one."""

    kind: str
    name: str

    @property
    def path(self) -> Path:
        """The name as a path, `~` resolved."""
        return user_path(self.name)

    def __str__(self) -> str:
        return f"{self.kind}:{self.name}" if self.name else self.kind


def parse_source(
    text: str, *, bare: Collection[str], named: Collection[str], expected: str
) -> SourceName:
    """Parse one of the `bare` kinds, or one of the `named` kinds with a name.

    `ParameterError` with what is `expected` for any other text.
    """
    kind, _, name = text.partition(":")
    kind, name = kind.strip().lower(), name.strip()
    if kind not in (named if name else bare):
        raise ParameterError(f"parameter 'source' must be {expected}, not {text!r}")
    return SourceName(kind, name)


def share() -> Path:
    """Return `share/descant` of a sourced ROS workspace, else of this Python environment."""
    prefixes = [p for p in os.environ.get("AMENT_PREFIX_PATH", "").split(os.pathsep) if p]
    for prefix in [*prefixes, sys.prefix]:
        folder = Path(prefix) / "share" / "descant"
        if (folder / "launch").is_dir():
            return folder
    raise UserError(f"share/descant not found under {', '.join([*prefixes, sys.prefix])}")


def resource(*parts: str) -> Path:
    """Return a file of the package, e.g. of ("midi", "part1.mid"); `UserError` if missing."""
    path = share().joinpath(*parts)
    if not path.exists():
        present = sorted(p.name for p in path.parent.glob("*")) if path.parent.is_dir() else []
        raise UserError(f"no file {'/'.join(parts)} in the package; found: {', '.join(present)}")
    return path


def need_ros(what: str) -> None:
    """Raise `UserError` with the missing module if the graph cannot be used here."""
    for module, cure in (
        ("rclpy", "source a ROS 2 installation, or on Linux: make setup in the checkout"),
        ("descant.msg", "install again where ROS is found: pip install --no-build-isolation ."),
    ):
        try:
            found = importlib.util.find_spec(module) is not None
        except ModuleNotFoundError:
            found = False
        if not found:
            raise UserError(f"'{what}' needs the ROS graph, and {module} is missing: {cure}")
