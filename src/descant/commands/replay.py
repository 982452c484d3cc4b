"""`descant replay BAG`: a recording in the pianist's place, in a running graph."""

from __future__ import annotations

import os
from pathlib import Path

import click

from descant.commands.parameters import settings_of
from descant.overrides import parse_overrides
from descant.resources import need_ros

ROOMS = ("learner", "synth", "stage", "conductor", "camera")


@click.command()
@click.argument("bag", type=click.Path(path_type=Path))
@click.option(
    "--start", type=click.FloatRange(0.0, 86_400.0), default=0.0, show_default=True,
    help="Begin so many seconds after the first note.",
)  # fmt: skip
@click.option(
    "--speed", type=click.FloatRange(0.1, 10.0), default=1.0, show_default=True,
    help="2 is twice as fast.",
)  # fmt: skip
@click.option("--loop", is_flag=True, help="Begin again at the end.")
@click.option(
    "--set", "texts", multiple=True, metavar="SECTION.NAME=VALUE",
    help="Another parameter than the recorded one, as learner.learning_rate=0.1; repeatable.",
)  # fmt: skip
@click.option(
    "--keep-parameters", is_flag=True,
    help="Leave learner and part as they are, but for what --set says.",
)  # fmt: skip
def command(
    *, bag: Path, start: float, speed: float, loop: bool, texts: tuple[str, ...],
    keep_parameters: bool,
) -> int:  # fmt: skip
    """Play the notes and pedals of BAG into the running graph, as if the pianist played.

    The learner of the graph gets the recorded parameters and seed, and goes through the recorded
    parts. Space pauses, the arrow keys jump by 10 s, q or ctrl-c ends; no note is left sounding.
    """
    overrides = parse_overrides(texts, {room: settings_of(room) for room in ROOMS})
    need_ros("replay")
    os.environ.setdefault("ROS_AUTOMATIC_DISCOVERY_RANGE", "LOCALHOST")
    from descant.nodes.replay import play  # noqa: PLC0415 -- needs the graph

    given = {
        "source": f"bag:{bag.absolute()}",
        "start": start,
        "speed": speed,
        "loop": loop,
        "bag_parameters": not keep_parameters,
    }
    return int(play(given, overrides))
