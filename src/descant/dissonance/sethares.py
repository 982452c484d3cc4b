# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Sensory dissonance: how rough partials sound together. Pure functions.

Plomp and Levelt (1965, "Tonal consonance and critical bandwidth", J. Acoust. Soc. Am. 38: 548-560)
had listeners judge pairs of sines: most dissonant at about a quarter of a critical bandwidth,
consonant when equal or far apart. Sethares (1993, "Local consonance and the relationship between
timbre and scale", J. Acoust. Soc. Am. 94(3): 1218-1228) gave that curve as a difference of two
exponentials, scaled by the lower frequency as critical bandwidths grow, and the dissonance of a
sound as the sum over all pairs of its partials:

    d(f1, f2, a1, a2) = a1 a2 (exp(-3.5 s |f2 - f1|) - exp(-5.75 s |f2 - f1|))
    s = 0.24 / (0.021 min(f1, f2) + 19)

Amplitudes are linear, so a sound twice as loud is four times as dissonant. The curve's height at
its maximum is 0.18 a1 a2.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from descant.arrays import Floats

SLOW, FAST = 3.5, 5.75
MAXIMUM, SLOPE, WIDTH = 0.24, 0.021, 19.0  # critical bands; 1/Hz times Hz; Hz


def pair_dissonance(f1: Floats, f2: Floats) -> Floats:
    """Of two sines of amplitude 1 at `f1` and `f2` Hz; the arrays are broadcast."""
    apart = np.abs(f2 - f1)
    lower = np.minimum(f1, f2)
    lower *= -SLOPE / MAXIMUM
    lower -= WIDTH / MAXIMUM
    apart /= lower  # minus s times the difference
    fast = np.exp(FAST * apart)
    apart *= SLOW
    np.exp(apart, out=apart)
    apart -= fast
    return apart


def dissonance(frequencies: ArrayLike, amplitudes: ArrayLike) -> Floats:
    """Of sounds of partials along the last axis: frequencies in Hz, linear amplitudes.

    Summed over all pairs, each once. Leading axes are as many sounds; the two are broadcast.
    """
    f, a = np.broadcast_arrays(
        np.asarray(frequencies, np.float64), np.asarray(amplitudes, np.float64)
    )
    one, other = np.triu_indices(f.shape[-1], k=1)
    pairs = pair_dissonance(f[..., one], f[..., other])
    return np.asarray(np.einsum("...p,...p,...p->...", pairs, a[..., one], a[..., other]))
