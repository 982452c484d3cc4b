"""`descant verify BAG`: recompute a recording and compare it to the bit."""

from __future__ import annotations

from pathlib import Path

import click

from descant.bags.reader import damage, read
from descant.errors import UserError
from descant.parameters import ParameterError
from descant.performance.recompute import Verdict, verify


@click.command()
@click.argument("bag", type=click.Path(path_type=Path))
def command(bag: Path) -> int:
    """Recompute every learner state of BAG from its notes, settings and seed.

    Says 'identical', or names the first state and field that differs (exit status 1). Of a
    recording that was cut off, what is there is compared.
    """
    recording = read(bag)
    for line in damage(bag):
        click.echo(f"{bag}: {line}; what there is of it:", err=True)
    try:
        verdicts = verify(recording)
    except ParameterError as error:
        raise UserError(f"{bag}: recorded with another version of descant: {error}") from None
    except UserError as error:
        raise UserError(f"{bag}: {error}") from None
    if not verdicts:
        raise UserError(f"{bag}: no learner states in this recording")
    for number, verdict in enumerate(verdicts, start=1):
        which = f"learner {number} of {len(verdicts)}: " if len(verdicts) > 1 else ""
        click.echo(which + _line(verdict))
    return int(any(verdict.difference for verdict in verdicts))


def _line(verdict: Verdict) -> str:
    difference = verdict.difference
    if difference is None:
        return f"identical ({verdict.states} states)"
    return (
        f"state {difference.index + 1} of {verdict.states} differs in '{difference.field}': "
        f"recorded {difference.recorded!r}, recomputed {difference.recomputed!r}"
    )
