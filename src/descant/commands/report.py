"""`descant report`: recordings into one page, and figures for print."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click
from rich.console import Console
from rich.markup import escape

from descant.render.settings import PROFILES
from descant.render.settings import rooms as settings_of


@click.command()
@click.argument("bags", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="BAG...")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("report.html"),
    show_default=True,
    metavar="FILE",
    help="The page; replaced where it exists.",
)
@click.option(
    "--figures",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Save every figure for print as well.",
)
@click.option("--format", "form", type=click.Choice(["pdf", "svg"]), default="pdf",
              show_default=True, help="Of the figures for print.")  # fmt: skip
@click.option("--title", default="", help="Shown on top; by default the bag's name.")
@click.option("--profile", type=click.Choice(PROFILES), default="paper", show_default=True,
              help="The synthesiser's settings, for the dissonance.")  # fmt: skip
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True,
              help="Of the tests of correlation.")  # fmt: skip
def command(
    bags: Sequence[Path], *, output: Path, figures: Path | None, form: str, title: str,
    profile: str, seed: int,
) -> None:  # fmt: skip
    """One page that says what every BAG holds, or all bags in a folder: one file, no network.

    Piano roll, loss, dissonance and playing on one time axis that can be zoomed; every descent,
    phase portraits, gradients, latency, faults, and who follows whom; several bags side by side.
    """
    from descant.report.make import (  # noqa: PLC0415 -- matplotlib only when drawing
        analysed,
        write_figures,
        write_page,
    )
    from descant.research.many import find_bags  # noqa: PLC0415 -- the same

    synth = settings_of(profile, (), (1280, 720)).synth
    console = Console(stderr=True, highlight=False)
    with console.status("") as status:

        def doing(what: str) -> None:
            status.update(escape(what))

        analyses = analysed(find_bags(bags), synth, seed=seed, doing=doing)
        doing("writing the page")
        size = write_page(analyses, output, title=title, profile=profile)
        made = []
        if figures is not None:
            made = write_figures(analyses, figures, form, doing=doing)
    click.echo(f"{output}: {_count(len(analyses), 'recording')}, {size / 1e6:.1f} MB")
    if made:
        click.echo(f"{figures}: {_count(len(made), 'figure')}")


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
