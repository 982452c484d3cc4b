# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Rows of the table `episodes`: one for each episode, from its Episode messages and states."""

from __future__ import annotations

import math

from descant.research.context import AddRow, RecordingContext
from descant.types import NANOSECONDS, Episode, LearningStatus, State

MAX_OPEN = 16
"""Number of episodes kept open at once, so that late messages reach theirs."""


class LogLossSlope:
    """Running least-squares slope of ln(loss) by step, as in `measures.convergence_rate`.

    Losses that are not above 0 and finite are left out: they have no logarithm.
    """

    def __init__(self) -> None:
        self._count = 0
        self._x = self._y = self._xx = self._xy = 0.0

    def add(self, step: int, loss: float) -> None:
        """Add one state. The sums are about the running means, so that they stay exact."""
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


class _OpenEpisode:
    """The messages of one episode so far."""

    def __init__(self, stamp_ns: int, part: int | None) -> None:
        self.start_ns = self.end_ns = stamp_ns
        self.part = part
        self.states = self.steps_before = 0
        self.first: State | None = None
        self.last: State | None = None
        self.message: Episode | None = None
        self.slope = LogLossSlope()

    def add(self, state: State) -> None:
        last = self.last
        if last is None:
            self.first = state
        elif state.attempt != last.attempt:
            self.steps_before += last.step
            self.slope = LogLossSlope()
        self.states += 1
        self.end_ns = max(self.end_ns, state.time_ns)
        self.slope.add(state.step, state.loss)
        self.last = state


class EpisodeRows:
    """Collects the messages of each episode and writes its row when it is over."""

    def __init__(self, context: RecordingContext, add: AddRow) -> None:
        """Rows of the table `episodes` go to `add`."""
        self._context = context
        self._add = add
        self._open: dict[tuple[int, int], _OpenEpisode] = {}

    def add_episode(self, run: int, episode: Episode) -> None:
        """Add one Episode message: a start, or a new start after a divergence."""
        self._episode(run, episode.number, episode.time_ns).message = episode

    def add_state(self, run: int, state: State) -> None:
        """Add one LearnerState, in the order of the stamps."""
        self._episode(run, state.episode, state.time_ns).add(state)

    def close(self) -> None:
        """Write the episodes that are still open."""
        for key in list(self._open):
            self._write(key)

    def _episode(self, run: int, number: int, stamp_ns: int) -> _OpenEpisode:
        key = (run, number)
        if key not in self._open:
            if len(self._open) >= MAX_OPEN:
                self._write(next(iter(self._open)))
            self._open[key] = _OpenEpisode(stamp_ns, self._context.part)
        return self._open[key]

    def _write(self, key: tuple[int, int]) -> None:
        episode = self._open.pop(key)
        start_ns = episode.start_ns
        seconds = (episode.end_ns - start_ns) / NANOSECONDS
        times = (self._context.seconds(start_ns), start_ns, seconds, episode.part)
        self._add((*key, *times, *_learning_columns(episode), *_function_columns(episode)))


def _learning_columns(episode: _OpenEpisode) -> tuple[object, ...]:
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


def _function_columns(episode: _OpenEpisode) -> tuple[object, ...]:
    """The columns from `family` to `y`."""
    first, last, message = episode.first, episode.last, episode.message
    known = last or message
    assert known is not None  # an episode is opened by a message
    names, x, y = (message.parameter_names, message.x, message.y) if message else (None,) * 3
    start, end = (first.theta, last.theta) if first and last else (None, None)
    return (known.family, known.seed, names, known.target, start, end, x, y)
