"""Who follows whom: loss, dissonance and playing of one recording, each pair tested."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from descant.errors import UserError
from descant.report.formatting import HARD, MINUS
from descant.report.time_series import STEP, WINDOW, Courses, log_loss
from descant.research.correlation import FEWEST, SurrogateTest, surrogate_test
from descant.research.measures import held_series

Floats = NDArray[np.float64]

PAIRS = (
    ("loss", "dissonance"),
    ("loss", "density"),
    ("loss", "velocity"),
    ("dissonance", "density"),
    ("dissonance", "velocity"),
)
NAMES = {
    "loss": "log loss",
    "dissonance": "dissonance",
    "density": "note density",
    "velocity": "velocity",
}
LEVEL = 0.05
LONGEST_LAG, SHORTEST_LAG = 10.0, 0.5
ENOUGH = 100
"""Shifts that five tests together need, at least, to come below `LEVEL`."""


@dataclass(frozen=True)
class Relation:
    """One pair. `adjusted` is p after Holm (1979), for all pairs of the recording are tested;
    without a test `why` says why there is none."""

    first: str
    second: str
    test: SurrogateTest | None = None
    adjusted: float = math.nan
    why: str = ""

    def sentence(self) -> str:
        """What it says, in one plain sentence."""
        one, other = NAMES[self.first], NAMES[self.second]
        test = self.test
        if test is None:
            return f"{one.capitalize()} and {other} were not tested: {self.why}."
        numbers = (
            (
                f"(r = {test.r:.2f}, p = {test.p:.3f}, corrected {self.adjusted:.3f}; n = "
                f"{test.surrogates} shifts, seed {test.seed})"
            )
            .replace("-", MINUS)
            .replace(" = ", f"{HARD}={HARD}")
        )
        if self.adjusted > LEVEL:
            few = 1 + test.surrogates < len(PAIRS) / LEVEL
            weak = "; the recording is too short for more" if few else ""
            return f"{one.capitalize()} and {other}: no more than chance{weak} {numbers}."
        how = "rises and falls with" if test.r > 0 else "moves against"
        return f"{one.capitalize()} {how} {other}, {_order(one, other, test.lag)} {numbers}."


def relations(courses: Courses, seed: int = 1) -> tuple[Relation, ...]:
    """Every pair of `PAIRS`, tested where the recording is long enough."""
    known = np.isfinite(courses.loss)
    if not known.any():
        return tuple(Relation(*pair, why="nothing was learned") for pair in PAIRS)
    series = _series(courses, int(np.argmax(known)))
    count = len(series["loss"])
    longest = longest_lag(count * STEP)
    return corrected([_tested(pair, series, longest, seed) for pair in PAIRS])


def longest_lag(length: float) -> float:
    """Seconds of lag that are searched in a series of `length` s: up to 10, and as many that there
    are `ENOUGH` shifts, but 0.5 at least."""
    room = (length / (ENOUGH + 1) - STEP) / 2.0
    return min(LONGEST_LAG, max(SHORTEST_LAG, math.floor(room / STEP) * STEP))


def corrected(found: list[Relation]) -> tuple[Relation, ...]:
    """The same with p corrected for their number.

    Source: Holm, "A simple sequentially rejective multiple test procedure", Scandinavian Journal of
    Statistics 6 (1979).
    """
    tested = sorted((i for i, r in enumerate(found) if r.test), key=lambda i: _p(found[i]))
    lowest, result = 0.0, list(found)
    for rank, index in enumerate(tested):
        one = found[index]
        lowest = max(lowest, min(1.0, (len(tested) - rank) * _p(one)))
        result[index] = Relation(one.first, one.second, one.test, lowest)
    return tuple(result)


def _p(relation: Relation) -> float:
    return relation.test.p if relation.test else math.inf


def _series(courses: Courses, begin: int) -> dict[str, Floats]:
    """All over the same second up to each time: of other windows, one would seem to follow."""
    time, fine = courses.time[begin:], courses.fine_time
    loss = held_series(courses.time[begin:], log_loss(courses.loss[begin:]), fine)
    known = np.isfinite(loss)
    return {
        "loss": _means(fine[known], loss[known], time),
        "dissonance": _means(fine, courses.dissonance, time),
        "density": courses.density[begin:],
        "velocity": np.nan_to_num(courses.velocity[begin:]),
    }


def _means(times: Floats, values: Floats, at: Floats) -> Floats:
    """Means of the values in the window up to each time, of one at least."""
    total = np.concatenate([[0.0], np.cumsum(values)])
    last = np.maximum(np.searchsorted(times, at + 1e-9, side="right"), 1)
    first = np.minimum(np.searchsorted(times, at - WINDOW + 1e-9, side="right"), last - 1)
    return np.asarray((total[last] - total[first]) / (last - first))


def _tested(
    pair: tuple[str, str], series: dict[str, Floats], longest: float, seed: int
) -> Relation:
    one, other = series[pair[0]], series[pair[1]]
    if len(one) * STEP < (FEWEST + 1) * (2 * longest + STEP):
        least = (FEWEST + 1) * (2 * longest + STEP)
        why = f"it takes {least:.0f} s of learning, and there are {len(one) * STEP:.0f}"
        return Relation(*pair, why=why)
    try:
        test = surrogate_test(one, other, step=STEP, longest=longest, seed=seed)
    except UserError as error:  # a series that does not change
        return Relation(*pair, why=str(error))
    return Relation(*pair, test)


def _order(one: str, other: str, lag: float) -> str:
    if abs(lag) < STEP / 2:
        return "at the same time"
    later, earlier = (other, one) if lag > 0 else (one, other)
    return f"{later} {abs(lag):g} s after {earlier}"
