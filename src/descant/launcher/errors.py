"""How the launcher refuses: one line with file, line, what was wrong and what is known."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from descant.errors import UserError


class LaunchError(UserError):
    """A launch file or launch argument that cannot be followed."""


@dataclass(frozen=True, slots=True)
class Position:
    """Where something stands in a launch file; lines count from 1."""

    file: Path
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"

    def refuse(self, message: str) -> LaunchError:
        """The error to raise for what stands here."""
        return LaunchError(f"{self}: {message}")


def unknown(what: str, name: str, known: Iterable[str]) -> str:
    """One line for a name that is not among `known`, with the nearest one where there is one."""
    names = sorted(known)
    near = difflib.get_close_matches(name, names, n=1)
    if near:
        return f"unknown {what} '{name}'; did you mean '{near[0]}'?"
    return f"unknown {what} '{name}'; known: {', '.join(names) or 'none'}"
