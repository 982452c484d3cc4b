"""`descant whatif INPUT --set ...`: a performance again under other settings, many at once."""

from __future__ import annotations

import os
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from descant.errors import UserError
from descant.render.inputs import Kind, find
from descant.render.settings import PROFILES
from descant.render.settings import rooms as settings_of
from descant.types import State
from descant.whatif.grid import Grid, Variant, by_room, parse_grid
from descant.whatif.measures import Measures
from descant.whatif.measuring import RATE, Measuring
from descant.whatif.pool import measure_all
from descant.whatif.results import Output, Row
from descant.whatif.show import check_column, chosen, table
from descant.whatif.source import ROOMS, Source, of_bag, of_midi, value

MANY = 10_000
"""Variants that are not computed unless asked for twice."""


@click.command()
@click.argument("given", metavar="INPUT")
@click.option(
    "--set",
    "sets",
    multiple=True,
    metavar="ROOM.NAME=VALUES",
    help="One value, a list 'a,b,c', or a range LOW:HIGH:logN or LOW:HIGH:linN. Several of these "
    "give every combination.",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    help="Write every variant and measure to FILE.parquet or FILE.csv.",
)
@click.option(
    "--jobs",
    type=click.IntRange(1),
    help="Processes that compute.  [default: one for each core]",
)
@click.option("--part", type=click.IntRange(1, 4), help="Of a MIDI file: by this part's rules.")
@click.option(
    "--profile",
    type=click.Choice(PROFILES),
    default="paper",
    show_default=True,
    help="The synthesiser's parameters, and for a MIDI file the learner's.",
)
@click.option(
    "--rate",
    type=click.FloatRange(1.0, 1000.0),
    default=RATE,
    show_default=True,
    help="Samples of the dissonance a second.",
)
@click.option(
    "--rows",
    type=click.IntRange(0),
    default=40,
    show_default=True,
    help="Variants shown; 0: all.",
)
@click.option("--sort", metavar="COLUMN", help="Show the lowest of this measure first.")
@click.option("--yes", is_flag=True, help=f"Compute more than {MANY:,} variants.")
def command(
    given: str,
    *,
    sets: tuple[str, ...],
    output: Path | None,
    jobs: int | None,
    part: int | None,
    profile: str,
    rate: float,
    rows: int,
    sort: str | None,
    yes: bool,
) -> int:
    """What if INPUT, a bag or a MIDI file, had been learned otherwise?

    Plays it again with every combination of the values of --set and shows what came of each, beside
    the performance as it was. docs/whatif.md says what is measured and how.

    \b
    descant whatif tonight --set learner.loss=mae
    descant whatif tonight --set learner.learning_rate=0.005:0.5:log10
        --set learner.seed=1:20:lin20 -o tonight.parquet
    """
    check_column(sort)
    grid = parse_grid(sets, ROOMS)
    if len(grid) > MANY and not yes:
        raise UserError(f"{len(grid):,} variants: more than {MANY:,} are computed with --yes only")
    source, recorded = _open(given, part, profile)
    variants = _checked(grid, source)
    file = Output(output) if output is not None else None
    try:
        found = _measure(source, recorded, variants, jobs or cores(), rate)
        if file is not None:
            file.write(found, {"input": given, "profile": profile, "dissonance_rate": str(rate)})
    finally:
        if file is not None:
            file.close()
    _show(found, "recorded" if recorded is not None else "unchanged", rows, sort)
    return 0


def cores() -> int:
    """Cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _open(given: str, part: int | None, profile: str) -> tuple[Source, list[State] | None]:
    """The performance, and its recorded states where it has any."""
    kind, path = find(given)
    settings = settings_of(profile, (), (1280, 720))
    if kind is Kind.BAG:
        if part is not None:
            raise UserError(
                f"--part {part}: a recording has its own parts; --set learner.part={part} has it "
                "all played by that part's rules"
            )
        return of_bag(path, settings.synth)
    learner, conductor = settings.learner, settings.conductor
    if part is not None:
        return of_midi(path, learner.replace(part=part), None, settings.synth), None
    return of_midi(path, learner, conductor, settings.synth), None


def _checked(grid: Grid, source: Source) -> list[Variant]:
    """Every variant, and each of them possible."""
    variants = list(grid)
    for variant in variants:
        changes = by_room(variant)
        try:
            source.check(changes.get("learner", {}))
            if "synth" in changes:
                source.synth.replace(**changes["synth"])
        except UserError as error:
            words = " ".join(f"{name}={value}" for name, value in variant.items())
            raise UserError(f"--set: the variant {words} cannot be: {error}") from None
    return variants


def _measure(
    source: Source,
    recorded: list[State] | None,
    variants: list[Variant],
    jobs: int,
    rate: float,
) -> list[Row]:
    """The rows: first the performance as it was, by its own states where it has them."""
    measuring = Measuring(source, rate)
    states = source.states({}) if recorded is None else recorded
    was = measuring.of_states(states, source.synth)
    names = variants[0]
    rows = [Row(0, {name: value(source, name) for name in names}, was)]
    found = _computed(source, variants, jobs, rate) if names else []
    pairs = zip(variants, found, strict=False)
    rows += [Row(n, variant, measures) for n, (variant, measures) in enumerate(pairs, start=1)]
    return rows


def _computed(source: Source, variants: list[Variant], jobs: int, rate: float) -> list[Measures]:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=None, complete_style="cyan", finished_style="cyan"),
        MofNCompleteColumn(),
        TimeRemainingColumn(compact=True),
    )
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True) as progress:
        bar = progress.add_task("variants", total=len(variants))
        return measure_all(
            source, variants, jobs=jobs, rate=rate, done=lambda n: progress.advance(bar, n)
        )


def _show(rows: list[Row], first: str, count: int, sort: str | None) -> None:
    shown = chosen(rows, count, sort)
    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = 500  # a file has no edge
    console.print(table(shown, first))
    left = len(rows) - len(shown)
    if left:
        console.print(f"and {left:,} more: --rows 0 shows all, -o FILE.parquet writes them")
