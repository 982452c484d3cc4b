# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""`descant programme`: list the programmes, show one as a table, or check a file."""

from __future__ import annotations

import click

from descant.console import print_table
from descant.parameters import Value
from descant.programme.part_description import KEYS, SECTIONS, PartDescription
from descant.programme.reading import available, find, load_programme, read_programme
from descant.streams import print_text

NOTHING = "-"


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def command() -> None:
    """List, show or check programmes. A programme lists the parts of a performance."""


@command.command("list")
def list_programmes() -> None:
    """List the programmes of the package."""
    for name in available():
        programme = load_programme(name)
        print_text(f"{name:12} {len(programme.parts)} parts  {programme.title}")


@command.command()
@click.argument("name")
def check(*, name: str) -> int:
    """Check a programme: a NAME of the package or the path of a YAML file.

    Prints every mistake with its line and what was expected there.
    """
    path = find(name)
    programme, mistakes = read_programme(path)
    for mistake in mistakes:
        print_text(f"{path}:{mistake.line}: {mistake.text}")
    if programme is None:
        return 1
    print_text(f"{path}: no mistakes, {len(programme.parts)} parts")
    return 0


@command.command()
@click.argument("name", default="paper")
def show(*, name: str) -> None:
    """Show the parts of a programme as a table: a NAME of the package or a YAML file."""
    programme = load_programme(name)
    headings = ("part", "name", "title", "trigger", "family", "camera", "distortion", "detuned by")
    rows = [
        (str(number), part.name, part.title, *_cells(part))
        for number, part in enumerate(programme.parts, start=1)
    ]
    print_table((*headings, "other parameters"), rows, title=programme.title)


def _cells(part: PartDescription) -> tuple[str, ...]:
    camera = part.parameter("stage", "camera_brightness")
    distortion = str(part.parameter("stage", "distortion"))
    if distortion != "none":
        distortion += f" by {part.parameter('stage', 'distortion_signals')}"
    shown = set(KEYS.values()) - {("stage", "curve"), ("stage", "past_episodes")}
    shown -= {("stage", "bubble_events")}
    others = (
        f"{section}.{name}={_text(value)}"
        for section in SECTIONS
        for name, value in part.overrides(section).items()
        if (section, name) not in shown
    )
    return (
        str(part.parameter("learner", "trigger")),
        str(part.parameter("learner", "family")),
        f"{camera:g}" if camera else NOTHING,
        distortion,
        str(part.parameter("synth", "detune")),
        " ".join(others) or NOTHING,
    )


def _text(value: Value) -> str:
    if isinstance(value, tuple):
        return ",".join(f"{number:g}" for number in value)
    return f"{value:g}" if isinstance(value, float) else str(value)
