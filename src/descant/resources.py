"""Where the launch, config and MIDI files of the package lie."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from descant.errors import UserError


def share() -> Path:
    """The folder `share/descant`: of a sourced ROS workspace, else of this Python environment."""
    prefixes = [p for p in os.environ.get("AMENT_PREFIX_PATH", "").split(os.pathsep) if p]
    for prefix in [*prefixes, sys.prefix]:
        folder = Path(prefix) / "share" / "descant"
        if (folder / "launch").is_dir():
            return folder
    raise UserError(f"share/descant not found under {', '.join([*prefixes, sys.prefix])}")


def resource(*parts: str) -> Path:
    """A file of the package, e.g. `resource("midi", "part1.mid")`; `UserError` if it is missing."""
    path = share().joinpath(*parts)
    if not path.exists():
        present = sorted(p.name for p in path.parent.glob("*")) if path.parent.is_dir() else []
        raise UserError(f"no file {'/'.join(parts)} in the package; there: {', '.join(present)}")
    return path
