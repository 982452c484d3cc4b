# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""`descant verify BAG`: recompute a recording and compare it to the bit."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import click

from descant.bags.reader import read
from descant.errors import UserError
from descant.namespaces import bag_namespace
from descant.path_arguments import INPUT
from descant.performance.recompute import Comparison, verify
from descant.plain_text import counted
from descant.remarks import remark
from descant.streams import print_text

MOST_LINES = 3
"""Runs with the same problem that have a line each: anybody can publish states of any run."""

LONGEST_VALUE = 60
"""Characters of a value that are shown."""


@click.command()
@click.argument("bag", type=INPUT)
@bag_namespace
def command(bag: Path, namespace: str | None) -> int:
    """Recompute every learner state of BAG from its notes, settings and seed.

    Prints 'identical', or the first state and field that differs (exit status 1). A recording that
    was cut off is compared as far as it goes. Each run of a learner that was restarted is compared
    by itself. Knots of descant 0.2 or earlier are identical on the
    kind of machine that recorded them; a second line says so where they differ.
    """
    recording = read(bag, namespace)
    remark(bag, *(f"{line}; comparing the part that can be read" for line in recording.damage))
    remark(bag, *recording.remarks)
    comparisons = verify(recording)
    if not comparisons:
        raise UserError(f"{bag}: no learner states in this recording")
    count = len(comparisons)
    if count == 1 and comparisons[0].problem:
        raise UserError(f"{bag}: {comparisons[0].problem}")
    problems = Counter[str]()
    for number, comparison in enumerate(comparisons, start=1):
        problems[comparison.problem] += 1
        if not comparison.problem or problems[comparison.problem] <= MOST_LINES:
            run = f"learner run {number} of {count}: " if count > 1 else ""
            line = _line(comparison, is_whole=not recording.damage)
            print_text(*(run + line).split("\n"))
    for problem, times in problems.items():
        if problem and times > MOST_LINES:
            print_text(f"{times - MOST_LINES} more runs not verified: {problem}")
    if recording.unreadable_states:
        states = counted(recording.unreadable_states, "state")
        print_text(f"not verified: {states} that cannot be read")
    identical = all(comparison.identical for comparison in comparisons)
    return int(not identical or recording.unreadable_states > 0)


def _line(comparison: Comparison, *, is_whole: bool) -> str:
    difference = comparison.difference
    if comparison.problem:
        return f"not verified ({comparison.states} states): {comparison.problem}"
    if difference is None:
        return f"identical ({comparison.states} states)"
    if not is_whole:
        return (
            f"identical up to state {difference.index} of {comparison.states}; the others cannot "
            "be compared: part of the recording is missing or damaged"
        )
    if difference.field == "state":
        return (
            f"state {difference.index + 1} of {comparison.states} was recorded, and is not among "
            "the recomputed ones"
        )
    line = (
        f"state {difference.index + 1} of {comparison.states} differs in '{difference.field}': "
        f"recorded {_short(difference.recorded)}, "
        f"recomputed {_short(difference.recomputed)}"
    )
    if difference.by_c_library:
        line += (
            "\nrecorded with arithmetic 1 (descant 0.2 or earlier), whose cosines depend on "
            "processor and C library: recompute it on the kind of machine that recorded it; here "
            f"no number is further than {difference.apart:.1e} from the recorded one"
        )
    return line


def _short(value: object) -> str:
    """A value of a state; of a long one the beginning."""
    text = repr(value)
    return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}..."
