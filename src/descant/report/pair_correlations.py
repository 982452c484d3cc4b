# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Lagged correlations between loss, dissonance and playing, each pair tested for significance."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from descant.arrays import Floats
from descant.errors import UserError
from descant.report.formatting import MINUS, NBSP
from descant.report.time_series import STEP, WINDOW, TimeSeries, log_loss
from descant.research.correlation import MIN_SURROGATES, SurrogateTest, surrogate_test
from descant.research.measures import held_series

PAIRS = (
    ("loss", "dissonance"),
    ("loss", "density"),
    ("loss", "velocity"),
    ("dissonance", "density"),
    ("dissonance", "velocity"),
)
NAMES = {
    "loss": "log loss",
    "dissonance": "dissonance",
    "density": "note density",
    "velocity": "velocity",
}
LEVEL = 0.05
HIGHEST_MAX_LAG, LOWEST_MAX_LAG = 10.0, 0.5
ENOUGH_SHIFTS = 100
"""Least number of shifts with which five tests together can be below `LEVEL`."""


@dataclass(frozen=True)
class PairCorrelation:
    """One pair of series. `adjusted` is p after Holm (1979), as all pairs are tested together;
    `why_not` says why there is no test.
    """

    first: str
    second: str
    test: SurrogateTest | None = None
    adjusted: float = math.nan
    why_not: str = ""

    def sentence(self) -> str:
        """The result in one sentence."""
        one, other = NAMES[self.first], NAMES[self.second]
        test = self.test
        if test is None:
            return f"{one.capitalize()} and {other}: not tested, {self.why_not}."
        numbers = (
            f"(r = {test.r:.2f}, p = {test.p:.3f}, corrected {self.adjusted:.3f}; n = "
            f"{test.surrogates} shifts, seed {test.seed})"
        )
        numbers = numbers.replace("-", MINUS).replace(" = ", f"{NBSP}={NBSP}")
        if self.adjusted > LEVEL:
            too_few = 1 + test.surrogates < len(PAIRS) / LEVEL
            short = "; the recording is too short to show more" if too_few else ""
            return f"{one.capitalize()} and {other}: no more than chance{short} {numbers}."
        sign = "positively" if test.r > 0 else "negatively"
        order = _order(one, other, test.lag)
        return f"{one.capitalize()} and {other}: {sign} correlated, {order} {numbers}."


def pair_correlations(series: TimeSeries, seed: int = 1) -> tuple[PairCorrelation, ...]:
    """Every pair of `PAIRS`, tested where the recording is long enough."""
    known = np.isfinite(series.loss)
    if not known.any():
        return tuple(PairCorrelation(*pair, why_not="nothing was learned") for pair in PAIRS)
    windowed = _windowed(series, int(np.argmax(known)))
    step = series.step
    lag = max_lag(len(windowed["loss"]) * step, step)
    return holm_corrected([_tested(pair, windowed, lag, step, seed) for pair in PAIRS])


def max_lag(length: float, step: float = STEP) -> float:
    """The largest lag (s) that is searched in a series of `length` s, with a value every `step` s:
    such that there are `ENOUGH_SHIFTS`, from 0.5 to 10, and at least one step.
    """
    room = (length / (ENOUGH_SHIFTS + 1) - step) / 2.0
    lag = min(HIGHEST_MAX_LAG, max(LOWEST_MAX_LAG, math.floor(room / step) * step))
    return max(lag, step)


def holm_corrected(found: list[PairCorrelation]) -> tuple[PairCorrelation, ...]:
    """The same with p corrected for their number.

    Source: Holm, "A simple sequentially rejective multiple test procedure", Scandinavian Journal of
    Statistics 6 (1979).
    """
    tested = sorted((i for i, r in enumerate(found) if r.test), key=lambda i: _p(found[i]))
    lowest, result = 0.0, list(found)
    for rank, index in enumerate(tested):
        lowest = max(lowest, min(1.0, (len(tested) - rank) * _p(found[index])))
        result[index] = replace(found[index], adjusted=lowest)
    return tuple(result)


def _p(correlation: PairCorrelation) -> float:
    return correlation.test.p if correlation.test else math.inf


def _windowed(series: TimeSeries, begin: int) -> dict[str, Floats]:
    """All series over the same window up to each time: with windows of different lengths the longer
    would seem to follow.
    """
    time, fine = series.time[begin:], series.dissonance_time
    loss = held_series(time, log_loss(series.loss[begin:]), fine)
    known = np.isfinite(loss)
    return {
        "loss": _means(fine[known], loss[known], time),
        "dissonance": _means(fine, series.dissonance, time),
        "density": series.density[begin:],
        "velocity": np.nan_to_num(series.velocity[begin:]),
    }


def _means(times: Floats, values: Floats, at: Floats) -> Floats:
    """Means of the values in the window up to each time, of at least one value."""
    total = np.concatenate([[0.0], np.cumsum(values)])
    last = np.maximum(np.searchsorted(times, at + 1e-9, side="right"), 1)
    first = np.minimum(np.searchsorted(times, at - WINDOW + 1e-9, side="right"), last - 1)
    return np.asarray((total[last] - total[first]) / (last - first))


def _tested(
    pair: tuple[str, str], windowed: dict[str, Floats], lag: float, step: float, seed: int
) -> PairCorrelation:
    one, other = windowed[pair[0]], windowed[pair[1]]
    least = (MIN_SURROGATES + 1) * (2 * lag + step)
    if len(one) * step < least:
        why = f"it takes {least:.0f} s of learning, and there are {len(one) * step:.0f}"
        return PairCorrelation(*pair, why_not=why)
    try:
        test = surrogate_test(one, other, step=step, max_lag=lag, seed=seed)
    except UserError as error:  # a constant series
        return PairCorrelation(*pair, why_not=str(error))
    return PairCorrelation(*pair, test)


def _order(one: str, other: str, lag: float) -> str:
    if abs(lag) < STEP / 2:
        return "at the same time"
    later, earlier = (other, one) if lag > 0 else (one, other)
    return f"{later} {abs(lag):g} s after {earlier}"
