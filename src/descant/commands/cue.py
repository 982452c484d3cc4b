# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""`descant cue CUE`: send a cue to the running graph."""

from __future__ import annotations

import click

from descant.namespaces import graph_namespace
from descant.resources import need_ros
from descant.types import MOST_PARTS

CUES = ("next", "part", "restart", "panic")


@click.command()
@click.argument("cue", type=click.Choice(CUES))
@click.argument("part", type=click.IntRange(1, MOST_PARTS), required=False)
@graph_namespace
def command(cue: str, part: int | None, namespace: str) -> int:
    """Send a CUE to the running graph.

    \b
    panic     silence all notes
    restart   begin the current part anew
    next      begin the next part
    part N    begin part N of the programme
    """
    if (cue == "part") != (part is not None):
        raise click.UsageError("'part' needs the number of a part, the other cues take none")
    need_ros("cue")
    from descant.nodes.cue import send  # noqa: PLC0415 -- needs the graph

    return int(send(cue, part or 0, namespace))
