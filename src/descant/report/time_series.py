# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Time series of a recording: dissonance, note density, velocity and loss."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from descant.arrays import Floats
from descant.dissonance.over_time import dissonance_over_time
from descant.dissonance.sampled_notes import RATE
from descant.report.bag_data import BagData
from descant.research.measures import held_series, mean_velocity, note_density
from descant.synth.settings import SynthSettings
from descant.types import NANOSECONDS

STEP = 0.25
"""Seconds between two values of density, velocity and loss, in a recording that is not longer than
`LONGEST_FINE`."""
LONGEST_FINE = 6 * 3600.0
"""Seconds up to which series are this fine; those of a longer recording have as many values."""
WINDOW = 1.0
"""Seconds before each value over which density and velocity are measured."""
LOWEST_LOSS = 1e-12


@dataclass(frozen=True)
class TimeSeries:
    """Series of one recording; times in s from its start.

    `dissonance` is at `dissonance_time`; the others are at `time`: `density` (notes/s), `velocity`
    (mean of the last second's notes, 1 .. 127, held where there are none) and `loss` (the last
    known one, NaN before the first). `step` are the seconds between two values at `time`, and
    `remark` is the line on a step that is longer than `STEP`.
    """

    dissonance_time: Floats
    dissonance: Floats
    time: Floats
    density: Floats
    velocity: Floats
    loss: Floats
    step: float = STEP

    @property
    def remark(self) -> str | None:
        """The line for a person where values are further apart than usual."""
        if self.step <= STEP:
            return None
        finest = self.step / STEP / RATE
        hours = float(self.time[-1] - self.time[0]) / 3600.0
        return f"{hours:.0f} h long: dissonance is computed every {finest:.2g} s only"


def time_series(data: BagData, synth: SynthSettings | None = None) -> TimeSeries:
    """The series, from the first note or pedal to the end of the recording."""
    end_ns = data.start_ns + round(data.duration * NANOSECONDS)
    coarser = max(1.0, (end_ns - _first_ns(data)) / NANOSECONDS / LONGEST_FINE)
    times_ns, dissonance = dissonance_over_time(
        data.recording, synth, rate=RATE / coarser, end_ns=end_ns
    )
    fine = (times_ns - data.start_ns) / NANOSECONDS
    onsets = data.floats("notes", "onset")
    velocities = data.floats("notes", "velocity_14bit") / 128.0
    step = STEP * coarser
    time = np.arange(fine[0], max(data.duration, fine[0] + 2 * step), step)
    return TimeSeries(
        fine, dissonance, time,
        note_density(onsets, time, WINDOW),
        _filled(mean_velocity(onsets, velocities, time, WINDOW)),
        _loss(data, time),
        step,
    )  # fmt: skip


def _first_ns(data: BagData) -> int:
    recording = data.recording
    pedals = [pedal.time_ns for pedal in recording.pedals]
    return min([recording.notes[0].time_ns, *pedals])


def _filled(values: Floats) -> Floats:
    """`values` with each NaN replaced by the last number before it."""
    known = np.flatnonzero(np.isfinite(values))
    return held_series(known, values[known], np.arange(len(values)))


def _loss(data: BagData, at: Floats) -> Floats:
    times, losses = data.floats("states", "time"), data.floats("states", "loss")
    order = np.argsort(times, kind="stable")
    times, losses = times[order], losses[order]
    finite = np.isfinite(losses)  # a diverged attempt has none, and is started again at once
    return held_series(times[finite], losses[finite], at)


def log_loss(loss: Floats) -> Floats:
    """ln(loss), with losses below `LOWEST_LOSS` raised to it."""
    return np.asarray(np.log(np.maximum(loss, LOWEST_LOSS)))
