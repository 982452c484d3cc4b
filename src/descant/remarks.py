"""Print remarks: oddities of an input that was read nevertheless."""

from __future__ import annotations

from pathlib import Path

import click

from descant.plain_text import plain


def remark(path: Path | str, *lines: str) -> None:
    """Print "descant: PATH: LINE" on standard error for each line."""
    for line in lines:
        click.echo(f"descant: {plain(f'{path}: {line}')}", err=True)
