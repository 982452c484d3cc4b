# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Lagged cross-correlation of two series, and a surrogate test of its significance."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from descant.arrays import Floats, Ints
from descant.errors import UserError
from descant.research.measures import same_length

QUANTILES = (0.5, 0.9, 0.95, 0.99)
MIN_OVERLAP = 3
"""Least number of values that overlap for a correlation."""
MIN_SURROGATES = 19
"""Least number of surrogates with which p can be 0.05."""

_NOT_SHIFTED = np.zeros(1, np.int64)


@dataclass(frozen=True, slots=True)
class LaggedCorrelation:
    """Correlation `r` (-1 .. 1) by lag (s). At a positive lag the second series is later than the
    first by that much.
    """

    lags: Floats
    r: Floats

    @property
    def peak(self) -> tuple[float, float]:
        """Lag (s) and correlation where the correlation is strongest, positive or negative."""
        index = int(np.nanargmax(np.abs(self.r)))
        return float(self.lags[index]), float(self.r[index])


@dataclass(frozen=True, slots=True)
class SurrogateTest:
    """The strongest correlation, compared with those of shifted series.

    `p` is (1 + n) / (1 + surrogates), with n the surrogates at least as strong, so it is never 0;
    `quantiles` are those of the surrogates' strongest |r| at `QUANTILES`.
    """

    correlation: LaggedCorrelation
    lag: float
    r: float
    p: float
    quantiles: dict[float, float]
    surrogates: int
    seed: int


def lagged_correlation(
    first: ArrayLike, second: ArrayLike, *, step: float, max_lag: float
) -> LaggedCorrelation:
    """Pearson's correlation of first(t) and second(t + lag) for all lags up to `max_lag` s.

    Both series are sampled every `step` seconds, of the same length and finite. At each lag, means
    and deviations are those of the values that overlap. NaN where one of them is constant.
    Source: Box, Jenkins, Reinsel, Time Series Analysis, 4th ed. 2008, section 12.1; normalised over
    the overlap instead of the whole series.
    """
    x, y = _normalised(first, second)
    most = _lag_count(len(x), step, max_lag)
    lags = np.arange(-most, most + 1) * np.float64(step)
    return LaggedCorrelation(np.asarray(lags, np.float64), _correlations(x, y, most)[0])


def surrogate_test(
    first: ArrayLike, second: ArrayLike, *, step: float, max_lag: float, seed: int = 1
) -> SurrogateTest:
    """Test whether the strongest correlation within `max_lag` s is more than chance.

    The second series is shifted circularly: each series keeps its own structure, and only their
    relation is lost. Sources: Theiler et al., "Testing for nonlinearity in time series: the method
    of surrogate data", Physica D 58 (1992); the +1 in p: Davison and Hinkley, Bootstrap Methods and
    their Application, 1997, chapter 4.

    Shifts are so far apart that no two search the same lags, with random gaps drawn from `seed`:
    overlapping shifts look like more evidence than they are (p was 0.01 for one pair of white
    noises in ten). So the series has room for length / (2 max_lag + step) - 1 of them, and at least
    `MIN_SURROGATES` are required.
    """
    x, y = _normalised(first, second)
    found = lagged_correlation(x, y, step=step, max_lag=max_lag)
    lag, r = found.peak
    most = _lag_count(len(x), step, max_lag)
    shifts = _shifts(len(x), 2 * most + 1, seed)
    if len(shifts) < MIN_SURROGATES:
        least = (MIN_SURROGATES + 1) * (2 * most + 1) * step
        raise UserError(
            f"lags up to {max_lag:g} s need series of at least {least:g} s, not {len(x) * step:g} s"
        )
    null = np.nanmax(np.abs(_correlations(x, y, most, shifts)), axis=1)
    as_strong = int(np.count_nonzero(null >= abs(r)))
    return SurrogateTest(
        correlation=found,
        lag=lag,
        r=r,
        p=(1 + as_strong) / (1 + len(null)),
        quantiles={q: float(np.quantile(null, q)) for q in QUANTILES},
        surrogates=len(null),
        seed=seed,
    )


def _shifts(count: int, width: int, seed: int) -> Ints:
    """As many circular shifts of `count` samples as fit, at least `width` from each other and 0."""
    places = count // width
    cuts = np.random.default_rng(seed).integers(0, count - places * width + 1, max(places - 1, 0))
    return np.sort(cuts) + width * np.arange(1, places)


def _correlations(x: Floats, y: Floats, most: int, shifts: Ints = _NOT_SHIFTED) -> Floats:
    """Correlation at the lags -most .. most, in samples, with y shifted circularly by each of
    `shifts`; of shape (shifts, lags).
    """
    count = len(x)
    lags, shift = np.arange(-most, most + 1), shifts[:, None]
    # x overlaps with [max(0, -lag), count - max(0, lag)), y with the same shifted by the lag.
    x_from, x_to = np.maximum(0, -lags), count - np.maximum(0, lags)
    overlap = x_to - x_from
    y_from = (x_from + lags - shift) % count
    x_sum, x_square = _sums(x, x_from, x_to)
    y_sum, y_square = _sums(np.concatenate([y, y]), y_from, y_from + overlap)
    covariance = _products(x, y, most, shift) - x_sum * y_sum / overlap
    x_var, y_var = x_square - x_sum**2 / overlap, y_square - y_sum**2 / overlap
    tiny = 1e-12 * count  # the series are of variance 1: below this they are constant
    varies = (x_var > tiny) & (y_var > tiny)
    scale = np.sqrt(np.where(varies, x_var * y_var, 1.0))
    return np.where(varies, np.clip(covariance / scale, -1.0, 1.0), math.nan)


def _products(x: Floats, y: Floats, most: int, shift: Ints) -> Floats:
    """Sums of the products of what overlaps, at each shift (rows) and lag (columns).

    One Fourier transform gives the sums of all circular shifts. They have up to `most` products too
    many, of an end of the one series and the other end of the other.
    """
    count = len(x)
    around = np.fft.irfft(np.conj(np.fft.rfft(x)) * np.fft.rfft(y), count)
    found = np.asarray(around[(np.arange(-most, most + 1) - shift) % count])
    begin, end = np.arange(most), np.arange(count - most, count)
    found[:, most + 1 :] -= y[(begin - shift) % count] @ _ends(x[end])
    found[:, :most] -= (y[(end[::-1] - shift) % count] @ _ends(x[begin][::-1]))[:, ::-1]
    return found


def _ends(x: Floats) -> Floats:
    """A matrix whose column n - 1 has the last n values of `x`, then zeros."""
    row, column = np.indices((len(x), len(x)))
    index = len(x) - 1 - column + row
    return np.where(row <= column, x[np.minimum(index, len(x) - 1)] if len(x) else 0.0, 0.0)


def _sums(values: Floats, begin: Ints, end: Ints) -> tuple[Floats, Floats]:
    """Sums of the values and of their squares over the intervals [begin, end)."""
    total = np.concatenate([[0.0], np.cumsum(values)])
    squares = np.concatenate([[0.0], np.cumsum(values * values)])
    return total[end] - total[begin], squares[end] - squares[begin]


def _normalised(first: ArrayLike, second: ArrayLike) -> tuple[Floats, Floats]:
    x, y = same_length(first, second)
    if not (np.isfinite(x).all() and np.isfinite(y).all()):
        raise UserError("a series has values that are not finite: remove them first")
    for values in (x, y):
        if len(values) < MIN_OVERLAP or np.ptp(values) == 0.0:
            raise UserError("a constant series has no correlation")
    return (x - x.mean()) / x.std(), (y - y.mean()) / y.std()


def _lag_count(count: int, step: float, max_lag: float) -> int:
    if not step > 0.0:
        raise UserError(f"the step must be above 0 s, not {step:g}")
    most = round(max_lag / step)
    if most < 0 or count - most < MIN_OVERLAP:
        raise UserError(f"lags up to {max_lag:g} s do not fit into {count * step:g} s")
    return most
