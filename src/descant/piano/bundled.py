# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The MIDI files of the package, found by their names."""

from __future__ import annotations

from pathlib import Path

from descant.errors import UserError
from descant.resources import share


def bundled() -> dict[str, Path]:
    """Return name -> path of every MIDI file of the package; empty where none is installed."""
    try:
        return {path.name: path for path in sorted((share() / "midi").glob("*.mid"))}
    except UserError:
        return {}


def find_midi_file(path: Path) -> Path:
    """Return `path` if it exists, else the bundled file of that name, e.g. `performance.mid`.

    `UserError` lists the bundled files if it is neither.
    """
    if path.exists():
        return path
    files = bundled()
    if str(path) in files:
        return files[str(path)]
    names = f"; bundled: {', '.join(files)}" if files else ""
    raise UserError(f"{path}: No such file{names}")
