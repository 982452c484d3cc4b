"""The notes of a recording as bars on its own seconds, each with the loss that detuned it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from descant.picture import note_bars
from descant.picture.palette import OUT_OF_TUNE
from descant.report.gather import Gathered

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Bars:
    """One element a note, by its onset; times in s from the recording's start, `tail` where it was
    damped. `loss` is NaN where nothing was learned."""

    start: Floats
    end: Floats
    tail: Floats
    key: Floats
    velocity: Floats
    loss: Floats

    def heat(self, threshold: float) -> Floats:
        """How far out of tune, 0 (at the threshold) .. 1 (a loss of 2 and more), NaN unknown."""
        low, high = math.log(max(threshold, 1e-6)), math.log(OUT_OF_TUNE)
        heat = (np.log(np.maximum(self.loss, 1e-12)) - low) / (high - low)
        return np.clip(heat, 0.0, 1.0)


def bars(gathered: Gathered) -> Bars:
    """The notes as the picture draws them."""
    span = note_bars.span(gathered.recording)
    made = note_bars.bars(gathered.recording, span)
    origin = gathered.seconds(span.start_ns)
    rows = [
        (b.start_s, b.end_s, b.tail_s, b.key, b.velocity, math.nan if b.loss is None else b.loss)
        for b in made
    ]
    start, end, tail, key, velocity, loss = np.array(rows, dtype=float).T
    return Bars(start + origin, end + origin, tail + origin, key, velocity, loss)
