"""`descant cue WORD`: say a word to the running graph."""

from __future__ import annotations

import click

from descant.resources import need_ros

WORDS = ("next", "part", "restart", "panic")


@click.command()
@click.argument("word", type=click.Choice(WORDS))
@click.argument("part", type=click.IntRange(1, 4), required=False)
def command(word: str, part: int | None) -> int:
    """Say WORD to the running graph.

    \b
    panic     silence everything now
    restart   give the current part a fresh start
    next      go to the next part
    part N    go to part N, 1 to 4
    """
    if (word == "part") != (part is not None):
        raise click.UsageError("'part' takes a number from 1 to 4, the other words take none")
    need_ros("cue")
    from descant.nodes.cue import send  # noqa: PLC0415 -- needs the graph

    return int(send(word, part or 0))
