# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Measures of playing and learning, each a pure function of arrays.

Times are seconds, losses and parameters plain numbers. A value that does not exist is NaN.
`UserError` where two arrays must have the same length and do not.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from descant.arrays import Floats
from descant.errors import UserError

PITCH_CLASSES = 12


def detuning(loss: ArrayLike) -> Floats:
    """Cents by which the partials from the second on are sharp of the harmonics, >= 0.

    A partial k of a note f sounds at k f (1 + loss): 1200 log2(1 + loss).
    """
    return np.asarray(1200.0 * np.log2(1.0 + np.asarray(loss, dtype=float)))


def inharmonicity(frequencies: ArrayLike, amplitudes: ArrayLike, fundamental: float) -> float:
    """How far partials lie from the harmonics of `fundamental`: 0 (harmonic) .. about 1.

    2 / f0 times the mean of |f_h - h f0| weighted by energy; the h-th frequency belongs to the
    h-th harmonic. Frequencies in Hz, amplitudes linear. NaN without energy.
    Source: Peeters et al., "The Timbre Toolbox", J. Acoust. Soc. Am. 130(5), 2011.
    """
    f, a = same_length(frequencies, amplitudes)
    harmonics = fundamental * np.arange(1, len(f) + 1)
    energy = float(np.sum(a * a))
    if energy == 0.0:
        return math.nan
    return float(2.0 / fundamental * np.sum(np.abs(f - harmonics) * a * a) / energy)


def gradient_norm(gradients: ArrayLike, order: float = 2.0) -> Floats:
    """Length of each gradient (rows), >= 0: Euclidean, or of another `order` (1, inf)."""
    rows = np.atleast_2d(np.asarray(gradients, dtype=float))
    return np.asarray(np.linalg.norm(rows, ord=order, axis=1))


def convergence_rate(steps: ArrayLike, losses: ArrayLike) -> float:
    """Slope of ln(loss) by step, 1/step; negative where the loss falls.

    Gradient descent on a strongly convex function converges linearly, loss ~ q^step; the slope is
    ln q (Nesterov, Introductory Lectures on Convex Optimization, 2004, section 2.1.5). Least
    squares over the losses above 0 that are finite; NaN for fewer than two different steps.
    """
    x, y = same_length(steps, losses)
    kept = (y > 0.0) & np.isfinite(y)
    x, y = x[kept], np.log(y[kept])
    if len(x) < 2:
        return math.nan
    x, y = x - x.mean(), y - y.mean()
    spread = float(np.dot(x, x))
    return float(np.dot(x, y)) / spread if spread > 0.0 else math.nan


def note_density(onsets: ArrayLike, at: ArrayLike, window: float) -> Floats:
    """Notes a second in the `window` seconds up to each time `at`: (at - window, at]; >= 0."""
    first, last = _within(np.sort(np.asarray(onsets, dtype=float)), at, window)
    return np.asarray((last - first) / window)


def velocity_level(velocity_14bit: ArrayLike) -> Floats:
    """Level of a note in dB below the hardest (127 * 128), <= about 0; -inf for 0.

    40 log10(v / 127): the level a synthesiser is to give a velocity (MIDI Manufacturers
    Association, General MIDI Level 2 and Downloadable Sounds specifications).
    """
    v = np.asarray(velocity_14bit, dtype=float)
    with np.errstate(divide="ignore"):
        return np.asarray(40.0 * np.log10(v / (127.0 * 128.0)))


def mean_velocity(onsets: ArrayLike, velocities: ArrayLike, at: ArrayLike, window: float) -> Floats:
    """Mean velocity of the notes in (at - window, at], in the unit given; NaN without a note."""
    times, values = same_length(onsets, velocities)
    order = np.argsort(times, kind="stable")
    sums = np.concatenate([[0.0], np.cumsum(values[order])])
    first, last = _within(times[order], at, window)
    count = last - first
    nothing = np.full(count.shape, math.nan)
    return np.asarray(np.divide(sums[last] - sums[first], count, out=nothing, where=count > 0))


def dynamic_range(velocities: ArrayLike) -> float:
    """From the 5th to the 95th percentile of the velocities, in the unit given; NaN for none.

    Percentiles, not extremes, so that one wrong note does not count.
    """
    values = np.asarray(velocities, dtype=float)
    if not len(values):
        return math.nan
    low, high = np.percentile(values, [5.0, 95.0])
    return float(high - low)


def held_keys(onsets: ArrayLike, releases: ArrayLike, keys: ArrayLike, at: float) -> list[int]:
    """MIDI keys held at the time `at`, lowest first: onset <= at < release (NaN: still held)."""
    start, end = same_length(onsets, releases)
    _, key = same_length(onsets, keys)
    held = (start <= at) & ~(end <= at)
    return sorted(int(k) for k in key[held])


def interval_classes(keys: Sequence[int]) -> tuple[int, int, int, int, int, int]:
    """Interval-class vector of MIDI keys: pairs of different pitch classes 1 .. 6 semitones apart.

    Source: Forte, The Structure of Atonal Music, 1973. A major triad: (0,0,1,1,1,0).
    """
    classes = sorted({key % PITCH_CLASSES for key in keys})
    counts = [0] * 6
    for index, low in enumerate(classes):
        for high in classes[index + 1 :]:
            apart = high - low
            counts[min(apart, PITCH_CLASSES - apart) - 1] += 1
    return (counts[0], counts[1], counts[2], counts[3], counts[4], counts[5])


def held_series(times: ArrayLike, values: ArrayLike, at: ArrayLike) -> Floats:
    """The last value at or before each time `at`: each value holds until the next.

    `times` ascend; NaN before the first.
    """
    when, what = same_length(times, values)
    index = np.searchsorted(when, np.asarray(at, dtype=float), side="right") - 1
    if not len(what):
        return np.full(index.shape, math.nan)
    return np.where(index >= 0, what[np.maximum(index, 0)], math.nan)


def same_length(first: ArrayLike, second: ArrayLike) -> tuple[Floats, Floats]:
    """The two series as arrays; `UserError` where they have not the same length."""
    a, b = np.asarray(first, dtype=float), np.asarray(second, dtype=float)
    if a.shape != b.shape or a.ndim != 1:
        raise UserError(f"expected two series of the same length, not {a.shape} and {b.shape}")
    return a, b


def _within(times: Floats, at: ArrayLike, window: float) -> tuple[Any, Any]:
    """For each time `at`, the index of the first of the ascending `times` in (at - window, at], and
    the one after the last.
    """
    if not window > 0.0:
        raise UserError(f"a window must be above 0 s, not {window:g}")
    when = np.asarray(at, dtype=float)
    return np.searchsorted(times, when - window, "right"), np.searchsorted(times, when, "right")
