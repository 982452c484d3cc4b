"""The types of paths on the command line: what is given is a path, and `~` means home."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click

from descant.paths import user_path


class PathArgument(click.Path):
    """A path of an input or, if `output`, of what is written; it is not opened here."""

    def __init__(self, *, output: bool = False, path_type: type = Path, **kinds: bool) -> None:
        super().__init__(path_type=path_type, **kinds)
        self._output = output

    def convert(
        self,
        value: str | os.PathLike[str],
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> Any:
        """Return the path; usage errors for what no file can be called."""
        text = os.fspath(value)
        if not text.strip() or "\0" in text:
            self.fail(f"expected a path, not {text!r}", param, ctx)
        if self._output and text == "-":
            self.fail("standard output cannot be written; expected a path", param, ctx)
        slash = text[-1] if text[-1] in ("/", os.sep) else ""
        return super().convert(f"{user_path(text)}{slash}", param, ctx)


INPUT = PathArgument()
INPUT_FILE = PathArgument(dir_okay=False)
OUTPUT = PathArgument(output=True)
OUTPUT_FILE = PathArgument(output=True, dir_okay=False)
OUTPUT_FOLDER = PathArgument(output=True, file_okay=False)
OUTPUT_TEXT = PathArgument(output=True, path_type=str)
"""Where a slash at the end has a meaning."""
