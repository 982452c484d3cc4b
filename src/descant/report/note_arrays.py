# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The notes of a recording as arrays, each with the loss that detuned it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from descant.arrays import Floats
from descant.picture.note_bars import note_bars, time_span
from descant.report.bag_data import BagData


@dataclass(frozen=True)
class NoteArrays:
    """One element for each note, by its onset. Times in s from the recording's start; from `end` to
    `tail` it sounds under the pedal. `loss` is NaN where nothing was learned.
    """

    start: Floats
    end: Floats
    tail: Floats
    key: Floats
    velocity: Floats
    loss: Floats


def note_arrays(data: BagData) -> NoteArrays:
    """The notes as the picture draws them."""
    span = time_span(data.recording)
    origin = data.seconds(span.start_ns)
    rows = [
        (b.start_s, b.end_s, b.tail_s, b.key, b.velocity, math.nan if b.loss is None else b.loss)
        for b in note_bars(data.recording, span)
    ]
    start, end, tail, key, velocity, loss = np.array(rows, dtype=float).T
    return NoteArrays(start + origin, end + origin, tail + origin, key, velocity, loss)
