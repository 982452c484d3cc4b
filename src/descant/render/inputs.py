"""Find the input of a film: a MIDI file or a bag."""

from __future__ import annotations

from enum import Enum
from pathlib import Path

from descant.errors import UserError
from descant.paths import user_path
from descant.piano.bundled import find_midi_file

MIDI = (".mid", ".midi", ".smf", ".kar", ".rmi")


class InputKind(Enum):
    """What an input is."""

    MIDI = "a MIDI file"
    BAG = "a bag"


def find_input(text: str | Path) -> tuple[InputKind, Path]:
    """The file or bag that `text` means: a path, else the name of a MIDI file of the package.

    Raises `UserError` where there is neither.
    """
    path = user_path(text)
    if path.is_dir() or (path.exists() and path.suffix == ".mcap"):
        return InputKind.BAG, path
    if path.exists() and path.suffix.lower() not in MIDI:
        raise UserError(f"{path}: expected a MIDI file (.mid) or a bag (a folder, or .mcap)")
    return InputKind.MIDI, find_midi_file(path)
