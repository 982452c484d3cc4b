# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Print remarks and errors on standard error: one line each, harmless whatever it holds."""

from __future__ import annotations

import contextlib
from pathlib import Path

import click

from descant.plain_text import plain

LONGEST = 2_000
"""Characters of a line; of a longer one the middle is left out."""


def tell(line: str) -> None:
    """Print "descant: LINE"; nothing where standard error cannot be written."""
    with contextlib.suppress(OSError):
        click.echo(f"descant: {_short(plain(line))}", err=True)


def _short(line: str) -> str:
    return line if len(line) <= LONGEST else f"{line[: LONGEST // 2]} .. {line[-LONGEST // 2 :]}"


def remark(path: Path | str, *lines: str) -> None:
    """Print "descant: PATH: LINE" for each oddity of an input that was read nevertheless."""
    for line in lines:
        tell(f"{path}: {line}")


def left_out(path: Path, error: object) -> None:
    """Print "descant: PATH: left out: ERROR", the path once, for an input that cannot be read."""
    remark(path, f"left out: {str(error).removeprefix(f'{path}: ')}")
