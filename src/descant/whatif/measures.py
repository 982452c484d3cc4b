"""Measures of one performance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from descant.dissonance.state_arrays import StateArrays
from descant.types import LearningStatus


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
