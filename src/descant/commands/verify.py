"""`descant verify BAG`: recompute a recording and compare it to the bit."""

from __future__ import annotations

from pathlib import Path

import click

from descant.bags.reader import read
from descant.errors import UserError
from descant.learner.recompute import Verdict, verify


@click.command()
@click.argument("bag", type=click.Path(path_type=Path))
def command(bag: Path) -> int:
    """Recompute every learner state of BAG from its notes, settings and seed.

    Says 'identical', or names the first state and field that differs (exit status 1).
    """
    verdicts = verify(read(bag))
    if not verdicts:
        raise UserError(f"{bag}: no learner states in this recording")
    for verdict in verdicts:
        click.echo(_line(verdict))
    return int(any(verdict.difference for verdict in verdicts))


def _line(verdict: Verdict) -> str:
    difference = verdict.difference
    if difference is None:
        return f"identical ({verdict.states} states)"
    return (
        f"state {difference.index + 1} of {verdict.states} differs in '{difference.field}': "
        f"recorded {difference.recorded!r}, recomputed {difference.recomputed!r}"
    )
