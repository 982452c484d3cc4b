"""Print remarks and errors on standard error: one line each, harmless whatever it holds."""

from __future__ import annotations

import contextlib
from pathlib import Path

import click

from descant.plain_text import plain


def tell(line: str) -> None:
    """Print "descant: LINE"; nothing where standard error cannot be written."""
    with contextlib.suppress(OSError):
        click.echo(f"descant: {plain(line)}", err=True)


def remark(path: Path | str, *lines: str) -> None:
    """Print "descant: PATH: LINE" for each oddity of an input that was read nevertheless."""
    for line in lines:
        tell(f"{path}: {line}")
