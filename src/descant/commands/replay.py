# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""`descant replay BAG`: play a recording into a running graph, in place of the pianist."""

from __future__ import annotations

import os
from pathlib import Path

import click

from descant.bags.files import bag_files
from descant.commands.parameters import settings_of
from descant.namespaces import graph_namespace, namespace_option
from descant.overrides import parse_overrides
from descant.path_arguments import INPUT
from descant.paths import utf8
from descant.resources import need_ros

NODES = ("learner", "synth", "stage", "conductor", "camera")


@click.command()
@click.argument("bag", type=INPUT)
@click.option(
    "--start", type=click.FloatRange(0.0, 86_400.0), default=0.0, show_default=True,
    help="Seconds after the first note at which to start.",
)  # fmt: skip
@click.option(
    "--speed", type=click.FloatRange(0.1, 10.0), default=1.0, show_default=True,
    help="Speed as a factor: 2 is twice as fast.",
)  # fmt: skip
@click.option("--loop", is_flag=True, help="Start again at the end.")
@click.option(
    "--set", "texts", multiple=True, metavar="NODE.NAME=VALUE",
    help="Set a parameter in place of the recorded one: learner.learning_rate=0.1. Repeatable.",
)  # fmt: skip
@click.option(
    "--keep-parameters", is_flag=True,
    help="Do not set the recorded part and learner parameters.",
)  # fmt: skip
@graph_namespace
@namespace_option(
    "--bag-namespace",
    help="Of several performances in BAG play that of this namespace.  [default: the recorder's]",
)  # fmt: skip
def command(
    *, bag: Path, start: float, speed: float, loop: bool, texts: tuple[str, ...],
    keep_parameters: bool, namespace: str, bag_namespace: str | None,
) -> int:  # fmt: skip
    """Play the notes and pedals of BAG into the running graph, in place of the pianist.

    The learner is set to the recorded parameters and seed, the conductor to the recorded parts.
    Space pauses, the arrow keys jump by 10 s, q or ctrl-c quits; every note is released.
    """
    _check(bag)
    overrides = parse_overrides(texts, {node: settings_of(node) for node in NODES})
    need_ros("replay")
    os.environ.setdefault("ROS_AUTOMATIC_DISCOVERY_RANGE", "LOCALHOST")
    from descant.nodes.replay import play  # noqa: PLC0415 -- needs the graph

    given = {
        "source": f"bag:{bag.absolute()}",
        "start": start,
        "speed": speed,
        "loop": loop,
        "bag_namespace": bag_namespace or "",
        "bag_parameters": not keep_parameters,
    }
    return int(play(given, overrides, namespace))


def _check(bag: Path) -> None:
    """Raise `UserError` where there is no bag, or one that no parameter can name."""
    bag_files(bag)
    utf8(bag.absolute(), "replay needs a path in UTF-8: rename it")
