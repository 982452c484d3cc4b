# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Everything that a report shows of one recording, computed once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from descant.errors import UserError
from descant.picture.loss_curves import convergence_threshold
from descant.programme.programme import Programme
from descant.report.attempts import Attempt, attempts
from descant.report.bag_data import BagData, load_bag
from descant.report.faults import Fault, faults
from descant.report.note_arrays import NoteArrays, note_arrays
from descant.report.pair_correlations import PairCorrelation, pair_correlations
from descant.report.time_series import TimeSeries, time_series
from descant.report.timing import Timing, timings
from descant.synth.settings import SynthSettings

Progress = Callable[[str], None]
"""Is called with what is being done next."""


@dataclass(frozen=True)
class Analysis:
    """One recording, and what was computed from it."""

    data: BagData
    notes: NoteArrays
    attempts: tuple[Attempt, ...]
    series: TimeSeries
    correlations: tuple[PairCorrelation, ...]
    faults: tuple[Fault, ...]
    timings: tuple[Timing, ...]

    @cached_property
    def threshold(self) -> float:
        """The loss at which an episode converges, by the first recorded settings."""
        return convergence_threshold(self.data.recording)

    @cached_property
    def parameter_names(self) -> dict[str, tuple[str, ...]]:
        """The names of each family's parameters, from its episodes."""
        columns = self.data.columns["episodes"]
        rows = zip(columns["family"], columns["parameter_names"], strict=True)
        return {family: tuple(names) for family, names in rows if names}


def analyse(data: BagData, synth: SynthSettings | None = None, *, seed: int = 1) -> Analysis:
    """Compute the analysis. `synth` are the synthesiser's settings, which no recording holds;
    `seed` is that of the surrogate tests.
    """
    series = time_series(data, synth)
    if series.remark:
        data = replace(data, damage=(*data.damage, series.remark))
    return Analysis(
        data, note_arrays(data), attempts(data), series, pair_correlations(series, seed),
        faults(data), timings(data),
    )  # fmt: skip


def analyse_bags(
    bags: Sequence[Path],
    synth: SynthSettings,
    programme: Programme | None = None,
    *,
    seed: int = 1,
    progress: Progress = lambda what: None,
    leave_out: Callable[[Path, UserError], None] | None = None,
    namespace: str | None = None,
) -> list[Analysis]:
    """Read and analyse all bags in their order.

    Parts that were recorded without a description have that of their number in `programme`.
    Of several performances in a bag that in `namespace` is read. Raises `UserError` of the first
    unreadable bag; `leave_out` is called with each instead, as long as there is a readable one.
    """
    found: list[Analysis] = []
    for number, bag in enumerate(bags, start=1):
        progress(f"reading {bag.name}")
        try:
            data = load_bag(bag, programme, namespace)
        except UserError as error:
            if leave_out is None or (number == len(bags) and not found):
                raise
            leave_out(bag, error)
            continue
        progress(f"analysing {bag.name}")
        found.append(analyse(data, synth, seed=seed))
    return found
