# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""`descant report`: write a report of recordings as one HTML page, and figures for print."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from descant.console import ProgressBar
from descant.namespaces import bag_namespace
from descant.path_arguments import INPUT, OUTPUT_FOLDER, OUTPUT_PAGE, keep_inputs
from descant.programme.reading import load_programme
from descant.remarks import left_out, remark
from descant.render.settings import load_settings
from descant.resources import PROFILES
from descant.streams import print_text


@click.command()
@click.argument("bags", nargs=-1, required=True, type=INPUT, metavar="BAG...")
@click.option(
    "-o",
    "--output",
    type=OUTPUT_PAGE,
    default=Path("report.html"),
    show_default=True,
    metavar="FILE",
    help="HTML file to write; an existing one is replaced.",
)
@click.option(
    "--figures",
    type=OUTPUT_FOLDER,
    metavar="DIR",
    help="Also write every figure for print into this folder.",
)
@click.option("--format", "form", type=click.Choice(["pdf", "svg"]), default="pdf",
              show_default=True, help="Format of the figures for print.")  # fmt: skip
@click.option("--title", default="", help="Title of the page.  [default: the bag's name]")
@click.option("--profile", type=click.Choice(PROFILES), default="paper", show_default=True,
              help="Synthesiser settings for the dissonance.")  # fmt: skip
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True,
              help="Seed of the correlation tests.")  # fmt: skip
@click.option(
    "--keep-going", is_flag=True, help="Skip unreadable bags (exit status 1) instead of stopping."
)
@bag_namespace
def command(
    bags: Sequence[Path], *, output: Path, figures: Path | None, form: str, title: str,
    profile: str, seed: int, keep_going: bool, namespace: str | None,
) -> int:  # fmt: skip
    """Write a report of every BAG, or of all bags in a folder, as one HTML page without network.

    It shows piano roll, loss, dissonance and playing on one time axis that can be zoomed, learning
    curves, parameter trajectories, gradients, lagged correlations, latency and faults; several bags
    are compared.
    """
    from descant.report.analysis import analyse_bags  # noqa: PLC0415 -- matplotlib when drawing
    from descant.report.output import write_figures, write_page  # noqa: PLC0415 -- the same
    from descant.research.batch_export import find_bags  # noqa: PLC0415 -- the same

    keep_inputs(output, *bags)
    synth = load_settings(profile, (), (1280, 720)).synth
    found = find_bags(bags)
    with ProgressBar("reading") as bar:

        def progress(what: str) -> None:
            bar.show(what=what)

        analyses = analyse_bags(
            found, synth, load_programme(profile), seed=seed, progress=progress,
            leave_out=left_out if keep_going else None, namespace=namespace,
        )  # fmt: skip
        for analysis in analyses:
            remark(analysis.data.bag, *analysis.data.damage)
        progress("writing the page")
        size = write_page(analyses, output, title=title, profile=profile)
        written = []
        if figures is not None:
            written = write_figures(analyses, figures, form, progress=progress)
    print_text(f"{output}: {_count(len(analyses), 'recording')}, {size / 1e6:.1f} MB")
    if written:
        print_text(f"{figures}: {_count(len(written), 'figure')}")
    return int(len(analyses) < len(found))


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
