# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The types of paths on the command line: what is given is a path, and `~` means home."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click

from descant.errors import UserError
from descant.paths import user_path


class PathArgument(click.Path):
    """A path of an input or, if `output`, of what is written; it is not opened here.

    The name of an output file ends in one of `suffixes`, if any are given.
    """

    def __init__(
        self, *suffixes: str, output: bool = False, path_type: type = Path, **kinds: bool
    ) -> None:
        super().__init__(path_type=path_type, **kinds)
        self._output = output
        self._suffixes = suffixes

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
        if self._suffixes and not self._fits(user_path(text)):
            self.fail(
                f"{text}: expected a name that ends in {' or '.join(self._suffixes)}", param, ctx
            )
        slash = text[-1] if text[-1] in ("/", os.sep) else ""
        return super().convert(f"{user_path(text)}{slash}", param, ctx)

    def _fits(self, path: Path) -> bool:
        """Whether the suffix is right; a pipe or a device has none."""
        is_special = path.exists() and not (path.is_file() or path.is_dir())
        return is_special or path.suffix.lower() in self._suffixes


def keep_inputs(output: Path, *inputs: Path | None) -> None:
    """`UserError` where writing `output` would replace an input or a file of one that is a folder.

    In such a folder only a file that is named as `output` is, an earlier result, is replaced. Links
    are followed.
    """
    target = Path(os.path.realpath(output))
    if not target.is_file():
        return
    for given in inputs:
        source = None if given is None else Path(os.path.realpath(given))
        inside = source in target.parents and target.suffix.lower() != output.suffix.lower()
        if target == source or inside:
            raise UserError(f"cannot write {output}: it is in {given}, the input")


INPUT = PathArgument()
INPUT_FILE = PathArgument(dir_okay=False)
OUTPUT_PAGE = PathArgument(".html", ".htm", output=True, dir_okay=False)
OUTPUT_PICTURE = PathArgument(".png", output=True, dir_okay=False)
OUTPUT_TABLE = PathArgument(".parquet", ".csv", output=True)
OUTPUT_FOLDER = PathArgument(output=True, file_okay=False)
OUTPUT_TEXT = PathArgument(output=True, path_type=str)
"""Where a slash at the end has a meaning."""
