# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Recompute a performance with other parameters, and measure the learning and its sound."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from descant.dissonance.over_time import prepare_dissonance
from descant.dissonance.performance_dissonance import PerformanceDissonance
from descant.dissonance.sampled_notes import RATE
from descant.dissonance.state_arrays import StateArrays, state_arrays
from descant.parameters import Value
from descant.types import LearningStatus, State
from descant.whatif.grid import Variant, by_section
from descant.whatif.performance_source import PerformanceSource

CACHED = 8  # prepared dissonances, each for other overrides of the synthesiser


@dataclass(frozen=True, slots=True)
class Measures:
    """Measures of the learning and of its sound; None where a value does not exist."""

    states: int
    episodes: int
    converged: float | None
    steps_to_converge: float | None
    diverged: int
    mean_loss: float | None
    peak_loss: float | None
    mean_dissonance: float


def measure(states: StateArrays, end_ns: int, mean_dissonance: float) -> Measures:
    """The measures of a performance that ends at `end_ns`.

    `converged` is the share of episodes that converged; `steps_to_converge` the median number of
    their steps, including those of diverged attempts; `diverged` the number of diverged attempts;
    `mean_loss` the mean over time, from the first state to the end; `peak_loss` the highest,
    including that of a diverged attempt, which may be infinite.
    """
    if not len(states):
        return Measures(0, 0, None, None, 0, None, None, mean_dissonance)
    episodes = np.unique(states.episode)
    converged_at = np.flatnonzero(states.status == LearningStatus.CONVERGED)
    converged, first = np.unique(states.episode[converged_at], return_index=True)
    diverged = states.status == LearningStatus.DIVERGED
    lost_steps = np.bincount(
        states.episode[diverged], states.step[diverged], minlength=int(episodes[-1]) + 1
    )
    steps = states.step[converged_at[first]] + lost_steps[converged]
    known = states.loss[~np.isnan(states.loss)]
    return Measures(
        states=len(states),
        episodes=len(episodes),
        converged=len(converged) / len(episodes),
        steps_to_converge=float(np.median(steps)) if len(steps) else None,
        diverged=int(np.count_nonzero(diverged)),
        mean_loss=_mean_over_time(states, end_ns),
        peak_loss=float(known.max()) if len(known) else None,
        mean_dissonance=mean_dissonance,
    )


def _mean_over_time(states: StateArrays, end_ns: int) -> float | None:
    duration = np.maximum(np.diff(states.time_ns, append=max(end_ns, int(states.time_ns[-1]))), 0)
    finite = np.isfinite(states.loss)
    duration, loss = duration[finite], states.loss[finite]
    if not duration.any():
        return float(loss.mean()) if len(loss) else None
    return float(np.average(loss, weights=duration))


class VariantMeasurer:
    """Measures variants of `source`; what does not depend on the learner is computed once."""

    def __init__(self, source: PerformanceSource, rate: float = RATE) -> None:
        """`rate`: samples of the dissonance per second."""
        self._source = source
        self._rate = rate
        self._prepared: dict[tuple[tuple[str, Value], ...], PerformanceDissonance] = {}

    def measure(self, variant: Variant) -> Measures:
        """The measures of one variant; equal variants have equal measures."""
        changes = by_section(variant)
        states = self._source.states(changes.get("learner", {}))
        return self.measure_states(states, changes.get("synth", {}))

    def measure_states(self, states: Sequence[State], synth: Mapping[str, Value]) -> Measures:
        """The measures of `states`, with the overrides `synth` of the synthesiser."""
        arrays = state_arrays(states)
        dissonance = self._dissonance({**self._source.part.synth, **synth}).mean(arrays)
        return measure(arrays, self._source.end_ns, dissonance)

    def _dissonance(self, fixed: Mapping[str, Value]) -> PerformanceDissonance:
        key = tuple(sorted(fixed.items()))
        if key not in self._prepared:
            if len(self._prepared) >= CACHED:
                del self._prepared[next(iter(self._prepared))]
            source = self._source
            self._prepared[key] = prepare_dissonance(
                source.events, source.parts, source.synth,
                rate=self._rate, end_ns=source.end_ns, fixed=fixed,
            )  # fmt: skip
        return self._prepared[key]
