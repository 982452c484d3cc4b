# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The states of a performance as arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from descant.arrays import Floats, Ints
from descant.synth.settings import SettingsChange, SynthSettings, settings_at
from descant.synth.tuning import stretch_of
from descant.types import State


@dataclass(frozen=True)
class StateArrays:
    """The states of a performance, sorted by time; every array has one element for each state."""

    states: tuple[State, ...]
    time_ns: Ints
    episode: Ints
    step: Ints
    status: Ints
    loss: Floats

    def __len__(self) -> int:
        return len(self.states)

    def stretches(self, settings: SynthSettings, changes: Sequence[SettingsChange] = ()) -> Floats:
        """The overtone stretch of each state; NaN where its signal is not finite.

        `changes` are those of the settings, sorted by time.
        """
        stretches = [
            stretch_of(state, settings_at(state.time_ns, settings, changes))
            for state in self.states
        ]
        return np.array(stretches, np.float64)


def state_arrays(states: Sequence[State]) -> StateArrays:
    """`states` as arrays, sorted by time; those of one time keep their order."""
    ordered = tuple(sorted(states, key=lambda state: state.time_ns))
    numbers = [(s.time_ns, s.episode, s.step, s.status) for s in ordered]
    time, episode, step, status = np.array(numbers, np.int64).reshape(-1, 4).T.copy()
    loss = np.array([s.loss for s in ordered], np.float64)
    return StateArrays(ordered, time, episode, step, status, loss)
