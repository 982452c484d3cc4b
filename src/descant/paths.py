# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Read paths that a user types."""

from __future__ import annotations

import os
from pathlib import Path

from descant.errors import UserError


def user_path(text: str | os.PathLike[str]) -> Path:
    """Return a typed path with a leading `~` or `~NAME` replaced by that user's home folder.

    The shell replaces it only where it begins a word, not in `bag:=~/x` or `--output=~/x`.
    `UserError` where there is no home folder, or for a NUL character. The `~NAME` of an unknown
    user is left as it is: a file may be called so.
    """
    typed = os.fspath(text)
    if "\0" in typed:
        raise UserError(f"{typed}: no path has a NUL character in it")
    if not typed.startswith("~"):
        return Path(typed)
    expanded = os.path.expanduser(typed)
    if typed[1:2] in ("", "/", os.sep) and (expanded == typed or os.environ.get("HOME") == ""):
        raise UserError(f"{typed}: there is no home folder: set HOME, or give the whole path")
    return Path(expanded)


def read_small(path: Path, most_bytes: int) -> bytes:
    """Return the contents of a file; `UserError` where it has more than `most_bytes`, or none."""
    try:
        with path.open("rb") as file:
            data = file.read(most_bytes + 1)
    except OSError as error:
        raise UserError(f"{path}: {error.strerror or error}") from None
    if len(data) > most_bytes:
        raise UserError(f"{path}: too large: more than {most_bytes} bytes")
    return data


def utf8(text: str | os.PathLike[str], why: str) -> str:
    """Return `text`; `UserError` that says `why` where it is not UTF-8, as old names of files."""
    name = os.fspath(text)
    try:
        name.encode()
    except UnicodeEncodeError:
        raise UserError(f"{name}: {why}") from None
    return name
