"""Episodes of a recording, put together from their states as these come by."""

from __future__ import annotations

import math
from typing import NamedTuple

from descant.research.notes import Add, Moment
from descant.types import NANOSECONDS, LearningStatus

Reals = tuple[float, ...]


class SeenState(NamedTuple):
    """A LearnerState as it was recorded: the message's fields but its stamp, by their names."""

    run: int
    events: int
    cause: int
    episode: int
    attempt: int
    step: int
    status: int
    seed: int
    family: str
    target: Reals
    theta: Reals
    loss: float
    residual: float
    gradient: Reals
    notes: tuple[int, ...]


class SeenEpisode(NamedTuple):
    """An Episode message as it was recorded: its fields but its stamp, by their names."""

    run: int
    episode: int
    attempt: int
    seed: int
    family: str
    parameter_names: list[str]
    target: Reals
    theta: Reals
    x: Reals
    y: Reals


OPEN = 16
"""Episodes that are open at once: late messages find theirs."""


class Slope:
    """Least-squares slope of ln(loss) by step, a value at a time; see `measures.convergence_rate`.

    Losses that are not above 0 and finite are left out: they have no logarithm.
    """

    def __init__(self) -> None:
        self._count = 0
        self._x = self._y = self._xx = self._xy = 0.0

    def add(self, step: int, loss: float) -> None:
        """One state. The sums are about the running means, so that they stay exact."""
        if not 0.0 < loss < math.inf:
            return
        self._count += 1
        y = math.log(loss)
        dx, dy = step - self._x, y - self._y
        self._x += dx / self._count
        self._y += dy / self._count
        self._xx += dx * (step - self._x)
        self._xy += dx * (y - self._y)

    @property
    def value(self) -> float | None:
        """The slope, or None where there are fewer than two steps with a loss above 0."""
        return self._xy / self._xx if self._xx > 0.0 else None


class _Open:
    """One episode so far."""

    def __init__(self, stamp_ns: int, part: int | None) -> None:
        self.start_ns = self.end_ns = stamp_ns
        self.part = part
        self.states = self.steps_before = 0
        self.first: SeenState | None = None
        self.last: SeenState | None = None
        self.said: SeenEpisode | None = None
        self.slope = Slope()

    def add(self, stamp_ns: int, state: SeenState) -> None:
        last = self.last
        if last is None:
            self.first = state
        elif state.attempt != last.attempt:
            self.steps_before += last.step
            self.slope = Slope()
        self.states += 1
        self.end_ns = max(self.end_ns, stamp_ns)
        self.slope.add(state.step, state.loss)
        self.last = state


class EpisodeJoiner:
    """Makes one row of each episode from its Episode messages and states."""

    def __init__(self, now: Moment, add: Add) -> None:
        """Rows of the table `episodes` go to `add`."""
        self._now = now
        self._add = add
        self._open: dict[tuple[int, int], _Open] = {}

    def take_episode(self, stamp_ns: int, said: SeenEpisode) -> None:
        """One Episode message: a start, or a new start after a divergence."""
        self._of(stamp_ns, said).said = said

    def take_state(self, stamp_ns: int, state: SeenState) -> None:
        """One LearnerState, in the order of the stamps."""
        self._of(stamp_ns, state).add(stamp_ns, state)

    def close(self) -> None:
        """The episodes that are still open."""
        for key in list(self._open):
            self._finish(key)

    def _of(self, stamp_ns: int, message: SeenState | SeenEpisode) -> _Open:
        key = (message.run, message.episode)
        if key not in self._open:
            if len(self._open) >= OPEN:
                self._finish(next(iter(self._open)))
            self._open[key] = _Open(stamp_ns, self._now.part)
        return self._open[key]

    def _finish(self, key: tuple[int, int]) -> None:
        episode = self._open.pop(key)
        start_ns = episode.start_ns
        seconds = (episode.end_ns - start_ns) / NANOSECONDS
        times = (self._now.seconds(start_ns), start_ns, seconds, episode.part)
        self._add((*key, *times, *_descent(episode), *_function(episode)))


def _descent(episode: _Open) -> tuple[object, ...]:
    """The columns from `steps` to `complete`."""
    first, last = episode.first, episode.last
    if first is None or last is None:
        return (0, 1, 0, None, None, None, False, False)
    return (
        episode.steps_before + last.step,
        last.attempt + 1,
        episode.states,
        first.loss,
        last.loss,
        episode.slope.value,
        last.status == LearningStatus.CONVERGED,
        first.step == 0 and first.attempt == 0,
    )


def _function(episode: _Open) -> tuple[object, ...]:
    """The columns from `family` to `y`."""
    first, last, said = episode.first, episode.last, episode.said
    told = last or said
    assert told is not None  # an episode is opened by a message
    names, x, y = (said.parameter_names, said.x, said.y) if said else (None, None, None)
    start, end = (first.theta, last.theta) if first and last else (None, None)
    return (told.family, told.seed, names, told.target, start, end, x, y)
