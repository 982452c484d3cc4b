# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""`descant export`: export recordings as tables for research."""

from __future__ import annotations

import os
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

import click

from descant.console import ProgressBar
from descant.errors import UserError
from descant.namespaces import bag_namespace
from descant.path_arguments import INPUT, OUTPUT_FOLDER
from descant.remarks import left_out, remark
from descant.streams import print_text

FORMATS = {"parquet": ("parquet",), "csv": ("csv",), "both": ("parquet", "csv")}


@click.command()
@click.argument("bags", nargs=-1, type=INPUT, metavar="BAG...")
@click.option(
    "-o",
    "--output",
    type=OUTPUT_FOLDER,
    metavar="DIR",
    help="Folder for the tables; each bag has its own folder in it.",
)
@click.option(
    "--format", "form", type=click.Choice(list(FORMATS)), default="parquet", show_default=True
)
@click.option(
    "--spreadsheet", is_flag=True, help="CSV: no text is a formula (' before =, +, -, @)."
)
@click.option(
    "--workers", type=click.IntRange(min=1), show_default="all cores", help="Number of processes."
)
@click.option(
    "--scheduler", default="", metavar="ADDRESS", help="Address of a Dask cluster to use instead."
)
@click.option(
    "--keep-going", is_flag=True, help="Skip unreadable bags (exit status 1) instead of stopping."
)
@click.option("--replace", is_flag=True, help="Replace earlier exports.")
@click.option(
    "--columns", is_flag=True, help="Print every table with its columns and units, and exit."
)
@bag_namespace
def command(
    bags: Sequence[Path], output: Path | None, form: str, workers: int | None, scheduler: str,
    *, spreadsheet: bool, keep_going: bool, replace: bool, columns: bool, namespace: str | None,
) -> int:  # fmt: skip
    """Export every BAG, or all bags in a folder, as tables: notes, states, episodes and more.

    Each bag becomes DIR/NAME@START/TABLE.parquet (or .csv). All appear at the end or none: the
    first unreadable bag stops the export, and nothing is written.
    """
    if columns:
        from descant.research.tables import markdown  # noqa: PLC0415 -- loads the families

        click.echo(markdown())
        return 0
    if not bags or output is None:
        raise click.UsageError("expected BAG... -o DIR, or --columns")
    if find_spec("pyarrow") is None:
        raise UserError("export needs pyarrow: pip install 'descant[research]'")
    formats = (*FORMATS[form], *(["spreadsheet"] if spreadsheet else []))
    return _export(
        bags, output, formats, workers or os.cpu_count() or 1, scheduler,
        keep_going=keep_going, replace=replace, namespace=namespace,
    )  # fmt: skip


def _export(
    paths: Sequence[Path], output: Path, formats: Sequence[str], workers: int, scheduler: str,
    *, keep_going: bool, replace: bool, namespace: str | None,
) -> int:  # fmt: skip
    from descant.research.batch_export import (  # noqa: PLC0415 -- pyarrow
        ExportOutcome,
        export_many,
        find_bags,
    )

    bags = find_bags(paths)
    with ProgressBar("exporting", total=len(bags)) as progress:

        def done(outcome: ExportOutcome) -> None:
            progress.advance()
            if outcome.exported:
                remark(outcome.bag, *outcome.exported.remarks)
            else:
                left_out(outcome.bag, outcome.error)

        outcomes = export_many(
            bags, output, formats, workers=workers, scheduler=scheduler,
            keep_going=keep_going, replace=replace, done=done, namespace=namespace,
        )  # fmt: skip
    good = [outcome.exported for outcome in outcomes if outcome.exported]
    count = sum(exported.messages for exported in good)
    print_text(f"{output}: {len(good)} of {len(bags)} performances, {count} messages")
    return int(len(good) < len(bags))
