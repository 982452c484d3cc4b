"""What a learner said during a performance, as arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from descant.synth.settings import SynthSettings
from descant.synth.tuning import LOWEST_STRETCH
from descant.types import State

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Said:
    """The states of a performance, by time: one element a state."""

    time_ns: Ints
    episode: Ints
    step: Ints
    status: Ints
    loss: Floats
    residual: Floats
    notes: tuple[tuple[int, ...], ...]

    def __len__(self) -> int:
        return len(self.notes)


def said(states: Sequence[State]) -> Said:
    """`states` as arrays, sorted by time; what was said at one time stays in its order."""
    ordered = sorted(states, key=lambda state: state.time_ns)
    numbers = [(s.time_ns, s.episode, s.step, s.status) for s in ordered]
    time, episode, step, status = np.array(numbers, np.int64).reshape(-1, 4).T.copy()
    losses = [(s.loss, s.residual) for s in ordered]
    loss, residual = np.array(losses, np.float64).reshape(-1, 2).T.copy()
    return Said(time, episode, step, status, loss, residual, tuple(s.notes for s in ordered))


def stretches(what: Said, settings: SynthSettings) -> Floats:
    """The stretch each state asks for, as `synth.tuning.stretch_of`; NaN where there is none."""
    value = what.residual if settings.detune_from == "residual" else what.loss
    bound = settings.max_detune
    clipped = np.clip(value * settings.detune_scale, max(-bound, LOWEST_STRETCH), bound)
    return np.where(np.isfinite(value), clipped, np.nan)
