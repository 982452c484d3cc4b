# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Find the input of a film: a MIDI file or a bag."""

from __future__ import annotations

from enum import Enum
from pathlib import Path

from descant.errors import UserError
from descant.file_kinds import UNTOLD, FileKind, file_kind
from descant.paths import user_path
from descant.piano.bundled import find_midi_file

MIDI = (".mid", ".midi", ".smf", ".kar", ".rmi", ".fil")


class InputKind(Enum):
    """What an input is."""

    MIDI = "a MIDI file"
    BAG = "a bag"


def find_input(text: str | Path) -> tuple[InputKind, Path]:
    """The file or bag that `text` means: a path, else the name of a MIDI file of the package.

    What kind a file is is told by its content. Raises `UserError` where there is neither.
    """
    path = user_path(text)
    if path.is_dir():
        return InputKind.BAG, path
    if not path.exists():
        return InputKind.MIDI, find_midi_file(path)
    kind = file_kind(path)
    suffix = path.suffix.lower() if kind in UNTOLD else ""  # of a damaged one
    if kind is FileKind.BAG or suffix == ".mcap":
        return InputKind.BAG, path
    if kind is FileKind.MIDI or suffix in MIDI:
        return InputKind.MIDI, path
    raise UserError(
        f"{path}: expected a MIDI file (.mid) or a bag (a folder, or .mcap), found {kind.value}"
    )
