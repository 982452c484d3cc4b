"""Find the launch, config and MIDI files of the package, and read paths that a user types."""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path

from descant.errors import UserError


def path_of(text: str) -> Path:
    """Return a typed path with `~` resolved; an unknown user name is left as it is."""
    try:
        return Path(os.path.expanduser(text))
    except ValueError:  # a user name cannot hold a NUL
        return Path(text)


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
