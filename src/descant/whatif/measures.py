"""What a table says of one performance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from descant.types import LearningStatus
from descant.whatif.state_arrays import Said


@dataclass(frozen=True, slots=True)
class Learned:
    """How the learning went; None where there was none."""

    states: int
    episodes: int
    converged: float | None
    steps_to_converge: float | None
    diverged: int
    mean_loss: float | None
    peak_loss: float | None


@dataclass(frozen=True, slots=True)
class Measures:
    """How the learning went, and how dissonant that sounded."""

    learned: Learned
    mean_dissonance: float


def learned(what: Said, end_ns: int) -> Learned:
    """Counts and losses of a performance that ends at `end_ns`.

    `converged` is the share of episodes that came to rest; `steps_to_converge` the median, over
    those, of the steps they took, those of diverged attempts included; `diverged` the attempts that
    did; `mean_loss` is over time, from the first state to the end, each loss for as long as it
    held; `peak_loss` the highest, what made an attempt diverge included (infinite, where it was).
    """
    if not len(what):
        return Learned(0, 0, None, None, 0, None, None)
    episodes = np.unique(what.episode)
    resting = np.flatnonzero(what.status == LearningStatus.CONVERGED)
    rested, first = np.unique(what.episode[resting], return_index=True)
    lost = what.status == LearningStatus.DIVERGED
    in_vain = np.bincount(what.episode[lost], what.step[lost], minlength=int(episodes[-1]) + 1)
    steps = what.step[resting[first]] + in_vain[rested]
    told = what.loss[~np.isnan(what.loss)]
    return Learned(
        states=len(what),
        episodes=len(episodes),
        converged=len(rested) / len(episodes),
        steps_to_converge=float(np.median(steps)) if len(steps) else None,
        diverged=int(np.count_nonzero(lost)),
        mean_loss=_over_time(what, end_ns),
        peak_loss=float(told.max()) if len(told) else None,
    )


def _over_time(what: Said, end_ns: int) -> float | None:
    lasting = np.maximum(np.diff(what.time_ns, append=max(end_ns, int(what.time_ns[-1]))), 0)
    finite = np.isfinite(what.loss)
    lasting, loss = lasting[finite], what.loss[finite]
    if not lasting.any():
        return float(loss.mean()) if len(loss) else None
    return float(np.average(loss, weights=lasting))
