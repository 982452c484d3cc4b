"""The MIDI files that come with the package, found by their bare names."""

from __future__ import annotations

from pathlib import Path

from descant.errors import UserError
from descant.resources import share


def bundled() -> dict[str, Path]:
    """Name -> path of every MIDI file of the package; empty where none is installed."""
    try:
        return {path.name: path for path in sorted((share() / "midi").glob("*.mid"))}
    except UserError:
        return {}


def find(path: Path) -> Path:
    """`path` where it exists; else, for a bare name such as `performance.mid`, the bundled file.

    `UserError` lists the bundled names where it is neither.
    """
    if path.exists():
        return path
    files = bundled()
    if str(path) in files:
        return files[str(path)]
    there = f"; bundled: {', '.join(files)}" if files else ""
    raise UserError(f"{path}: No such file{there}")
