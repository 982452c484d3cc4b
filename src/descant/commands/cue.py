# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""`descant cue CUE`: send a cue to the running graph."""

from __future__ import annotations

import contextlib
import os

import click

from descant.errors import UserError
from descant.local_commands import ANSWER_S, Answer, Request, ask, domain_of, socket_path
from descant.namespaces import graph_namespace
from descant.resources import need_ros
from descant.streams import print_text
from descant.types import MOST_PARTS

ACTORS = {
    "next": ("conductor",),
    "part": ("conductor",),
    "restart": ("conductor",),
    "panic": ("synth", "synth_standby"),
}
"""Cue -> nodes that act on it; one of them is enough."""
PANIC_S = 0.5  # for the answer of a synth; then the next is asked


@click.command()
@click.argument("cue", type=click.Choice(list(ACTORS)))
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
    answer = _ask_local(Request(cue, part or 0), namespace)
    if answer is not None:
        if not answer.done:
            raise UserError(answer.text)
        print_text(answer.text)
        return 0
    need_ros("cue")
    from descant.nodes.cue import send  # noqa: PLC0415 -- needs the graph

    return int(send(cue, part or 0, namespace))


def _ask_local(request: Request, namespace: str) -> Answer | None:
    """The answer of the node on this machine that acts on a cue; None where none listens.

    Raises `UserError` where it does not answer. A panic then goes to all by ROS.
    """
    try:
        domain = domain_of(os.environ)
        paths = [socket_path(domain, namespace, n, os.environ) for n in ACTORS[request.cue]]
    except UserError:  # the nodes had no folder, or no domain, either
        return None
    is_panic = request.cue == "panic"
    for path in paths:
        with contextlib.suppress(*([UserError] if is_panic else [])):
            answer = ask(path, request, PANIC_S if is_panic else ANSWER_S)
            if answer is not None:
                return answer
    return None
