# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""`descant whatif INPUT --set ...`: recompute a performance under other settings, many at once."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import click

from descant.console import ProgressBar
from descant.dissonance.sampled_notes import RATE
from descant.errors import UserError
from descant.namespaces import bag_namespace
from descant.path_arguments import INPUT, OUTPUT_TABLE, keep_inputs
from descant.piano.midifile import load
from descant.programme.reading import load_programme
from descant.remarks import remark
from descant.render.inputs import InputKind, find_input
from descant.render.settings import load_settings
from descant.resources import PROFILES
from descant.types import State
from descant.whatif.grid import Grid, Variant, by_section, parse_grid
from descant.whatif.measures import Measures, VariantMeasurer
from descant.whatif.parallel import measure_all
from descant.whatif.performance_source import (
    SECTIONS,
    PerformanceSource,
    midi_performance,
    open_bag,
)
from descant.whatif.result_table import check_column, print_results, select_rows
from descant.whatif.results import ResultFile, Row

MANY = 10_000
"""More variants than these are computed only with --yes."""
PART_PARAMETERS = ("part", "start")  # the programme chooses the part


@dataclass(frozen=True)
class _Input:
    """The performance as it was, with its recorded states if it has any, and the performance to
    vary, which differs with --part.
    """

    original: PerformanceSource
    recorded: list[State] | None
    varied: PerformanceSource


@click.command()
@click.argument("given", metavar="INPUT", type=INPUT)
@click.option(
    "--set",
    "sets",
    multiple=True,
    metavar="SECTION.NAME=VALUES",
    help="One value, a list 'a,b,c', or a range LOW:HIGH:logN or LOW:HIGH:linN. Repeatable, for "
    "every combination.",
)
@click.option(
    "-o",
    "--output",
    type=OUTPUT_TABLE,
    help="Write every variant with its measures to FILE.parquet or FILE.csv.",
)
@click.option(
    "--spreadsheet", is_flag=True, help="CSV: no text is a formula (' before =, +, -, @)."
)
@click.option(
    "--jobs",
    type=click.IntRange(1),
    help="Number of processes.  [default: one for each core]",
)
@click.option(
    "--programme",
    metavar="NAME|FILE",
    help="Programme of a MIDI file, of --part and of a recording of version 0.1.  [default: the "
    "profile's]",
)
@click.option(
    "--part",
    metavar="NUMBER|NAME",
    help="Use the parameters of this part of the programme throughout.",
)
@click.option(
    "--profile",
    type=click.Choice(PROFILES),
    default="paper",
    show_default=True,
    help="Synthesiser settings, and for a MIDI file those of learner and conductor.",
)
@click.option(
    "--rate",
    type=click.FloatRange(1.0, 1000.0),
    default=RATE,
    show_default=True,
    help="Samples of the dissonance per second.",
)
@click.option(
    "--rows",
    type=click.IntRange(0),
    default=40,
    show_default=True,
    help="Largest number of variants to show; 0: all.",
)
@click.option("--sort", metavar="COLUMN", help="Show the variants with the lowest COLUMN first.")
@click.option("--yes", is_flag=True, help=f"Compute more than {MANY:,} variants.")
@bag_namespace
def command(
    given: Path,
    *,
    sets: tuple[str, ...],
    output: Path | None,
    spreadsheet: bool,
    jobs: int | None,
    programme: str | None,
    part: str | None,
    profile: str,
    rate: float,
    rows: int,
    sort: str | None,
    yes: bool,
    namespace: str | None,
) -> int:
    """Recompute INPUT, a bag or a MIDI file, with every combination of the values of --set.

    Shows measures of the learning and of the sound of each variant, and of the unchanged
    performance. docs/whatif.md describes the measures.

    \b
    descant whatif tonight --set learner.loss=mae
    descant whatif tonight --set learner.learning_rate=0.005:0.5:log10
        --set learner.seed=1:20:lin20 -o tonight.parquet
    """
    check_column(sort)
    if output is not None:
        keep_inputs(output, given)
    grid = _grid(sets, yes=yes)
    source = _open(given, programme or profile, part, profile, namespace)
    variants = _checked(grid, source.varied)
    file = ResultFile(output, spreadsheet=spreadsheet) if output is not None else None
    try:
        found = _measure(source, variants, jobs or cores(), rate)
        if file is not None:
            file.write(
                found, {"input": str(given), "profile": profile, "dissonance_rate": str(rate)}
            )
    finally:
        if file is not None:
            file.close()
    _show(found, "recorded" if source.recorded is not None else "unchanged", rows, sort)
    return 0


def cores() -> int:
    """Number of cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _grid(sets: tuple[str, ...], *, yes: bool) -> Grid:
    grid = parse_grid(sets, SECTIONS)
    for axis in grid.axes:
        if axis.name.rpartition(".")[2] in PART_PARAMETERS:
            raise UserError(f"--set {axis.name}: choose a part with --part NUMBER or --part NAME")
    if len(grid) > MANY and not yes:
        raise UserError(f"{len(grid):,} variants: more than {MANY:,} are computed with --yes only")
    return grid


def _open(
    given: Path, programme_name: str, part: str | None, profile: str, namespace: str | None
) -> _Input:
    kind, path = find_input(given)
    settings = load_settings(profile, (), (1280, 720))
    programme = load_programme(programme_name)
    number = None if part is None else programme.number(part)
    if kind is InputKind.BAG:
        recording, states = open_bag(path, settings.synth, programme, namespace)
        remark(path, *recording.remarks)
        in_part = recording if number is None else recording.in_part(programme.part(number))
        return _Input(recording, states, in_part)
    rules = settings.conductor
    if number is not None:
        rules = rules.replace(part=number, presses=0, key=-1)  # nothing begins the next part
    file = load(path)
    remark(path, *file.remarks)
    source = midi_performance(
        file.events(), settings.learner, settings.synth, rules, programme, end_ns=file.duration_ns
    )
    return _Input(source, None, source)


def _checked(grid: Grid, source: PerformanceSource) -> list[Variant]:
    """Every variant; `UserError` names the first that the settings do not allow."""
    variants = list(grid)
    for variant in variants:
        try:
            source.check(by_section(variant))
        except UserError as error:
            text = " ".join(f"{name}={value}" for name, value in variant.items())
            raise UserError(f"--set: the variant {text} is not possible: {error}") from None
    return variants


def _measure(source: _Input, variants: list[Variant], jobs: int, rate: float) -> list[Row]:
    """The rows: first the unchanged performance, measured by its recorded states if it has any."""
    original, names = source.original, variants[0]
    states = original.states({}) if source.recorded is None else source.recorded
    unchanged = VariantMeasurer(original, rate).measure_states(states, {})
    rows = [Row(0, {name: original.value_at_start(name) for name in names}, unchanged)]
    if names or source.varied is not original:
        measures = _measure_variants(source.varied, variants, jobs, rate)
        pairs = zip(variants, measures, strict=True)
        rows += [Row(n, variant, measured) for n, (variant, measured) in enumerate(pairs, start=1)]
    return rows


def _measure_variants(
    source: PerformanceSource, variants: list[Variant], jobs: int, rate: float
) -> list[Measures]:
    with ProgressBar("variants", total=len(variants)) as bar:
        return measure_all(source, variants, jobs=jobs, rate=rate, progress=bar.advance)


def _show(rows: list[Row], first: str, count: int, sort: str | None) -> None:
    shown = select_rows(rows, count, sort)
    print_results(shown, first)
    left = len(rows) - len(shown)
    if left:
        click.echo(f"and {left:,} more: --rows 0 shows all, -o FILE.parquet writes them")
