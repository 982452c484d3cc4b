"""`descant page`: the piece as one web page."""

from __future__ import annotations

from pathlib import Path

import click

from descant.page.assembly import page
from descant.page.data import page_data


@click.command()
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), required=True, help="The HTML file to write."
)
def command(output: Path) -> None:
    """Write the explorable page."""
    output.write_text(page(page_data()), encoding="utf-8")
