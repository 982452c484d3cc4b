"""What a recording did over time, as series on its own seconds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from descant.report.gather import Gathered
from descant.research.measures import held_series, mean_velocity, note_density
from descant.research.roughness import dissonance_over_time
from descant.synth.settings import SynthSettings
from descant.types import NANOSECONDS

Floats = NDArray[np.float64]

STEP = 0.25
"""Seconds between two values of density and velocity."""
WINDOW = 1.0
"""Seconds up to a value whose notes count for it."""
LOWEST_LOSS = 1e-12


@dataclass(frozen=True)
class Courses:
    """Series of one recording; times in s from its start.

    `dissonance` is at `fine_time`; `density` (notes/s) and `velocity` (mean of the last second's
    notes, 1 .. 127, held where there are none) are at `time`, and so is `loss`, the last that was
    known (NaN before the first).
    """

    fine_time: Floats
    dissonance: Floats
    time: Floats
    density: Floats
    velocity: Floats
    loss: Floats


def courses(gathered: Gathered, synth: SynthSettings | None = None) -> Courses:
    """The series, from the first note or pedal to the end of the recording."""
    end_ns = gathered.start_ns + round(gathered.duration * NANOSECONDS)
    times_ns, dissonance = dissonance_over_time(gathered.recording, synth, end_ns=end_ns)
    fine = (times_ns - gathered.start_ns) / NANOSECONDS
    onsets = gathered.floats("notes", "onset")
    velocities = gathered.floats("notes", "velocity_14bit") / 128.0
    time = np.arange(fine[0], max(gathered.duration, fine[0] + 2 * STEP), STEP)
    return Courses(
        fine, dissonance, time,
        note_density(onsets, time, WINDOW),
        _held(mean_velocity(onsets, velocities, time, WINDOW)),
        _loss(gathered, time),
    )  # fmt: skip


def _held(values: Floats) -> Floats:
    """The last value that is a number, for those that are none."""
    known = np.flatnonzero(np.isfinite(values))
    return held_series(known, values[known], np.arange(len(values)))


def _loss(gathered: Gathered, at: Floats) -> Floats:
    times, losses = gathered.floats("states", "time"), gathered.floats("states", "loss")
    order = np.argsort(times, kind="stable")
    times, losses = times[order], losses[order]
    finite = np.isfinite(losses)  # a diverged attempt has none, and begins again at once
    return held_series(times[finite], losses[finite], at)


def log_loss(loss: Floats) -> Floats:
    """ln(loss), with a loss of 0 at the lowest that is told apart."""
    return np.asarray(np.log(np.maximum(loss, LOWEST_LOSS)))
