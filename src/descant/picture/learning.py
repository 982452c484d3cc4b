"""What was learned, ready to be drawn: one curve of the loss for every attempt of an episode."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass

from descant.bags.recording import Recording
from descant.learner.settings import LearnerSettings
from descant.picture.note_bars import Span
from descant.types import LearningStatus, State

SMALLEST, LARGEST = 1e-6, 1e3
"""The loss axis never reaches beyond these."""


@dataclass(frozen=True, slots=True)
class Point:
    """The learner after one step; the loss may be zero, infinite or NaN."""

    time_s: float
    loss: float
    status: LearningStatus


@dataclass(frozen=True, slots=True)
class Curve:
    """One attempt: the loss holds from each point to the next, and from the last to `end_s`."""

    episode: int
    attempt: int
    end_s: float
    points: tuple[Point, ...]

    @property
    def start_s(self) -> float:
        """When it was started, s."""
        return self.points[0].time_s

    @property
    def converged(self) -> Point | None:
        """The first point at rest; None if it was left before."""
        return next((p for p in self.points if p.status is LearningStatus.CONVERGED), None)


def threshold(recording: Recording) -> float:
    """The loss at which an episode rests, as the learner said it first.

    The default of the profile `paper` where it said nothing.
    """
    if not recording.settings:
        return LearnerSettings().threshold
    return float(json.loads(recording.settings[0].json)["threshold"])


def curves(recording: Recording, drawn: Span) -> tuple[Curve, ...]:
    """All attempts in order of time, each ending where the next begins.

    A learner that was started again goes on in the same episode at the same step: that is one
    curve. A start (step 0), or another episode or attempt, begins a new one.
    """
    groups: list[list[State]] = []
    for state in (r.state for r in recording.states):
        if not groups or _is_new(groups[-1][-1], state):
            groups.append([])
        groups[-1].append(state)
    starts = [drawn.seconds(group[0].time_ns) for group in groups]
    ends = [*starts, drawn.duration_s][1:]
    return tuple(
        Curve(
            episode=group[0].episode,
            attempt=group[0].attempt,
            end_s=max(end, drawn.seconds(group[-1].time_ns)),
            points=tuple(Point(drawn.seconds(s.time_ns), s.loss, s.status) for s in group),
        )
        for group, end in zip(groups, ends, strict=True)
    )


def _is_new(last: State, state: State) -> bool:
    here = (state.episode, state.attempt)
    return here != (last.episode, last.attempt) or (state.step == 0 and last.step > 0)


def loss_range(lines: Sequence[Curve], rest: float) -> tuple[float, float]:
    """Lowest and highest loss of the axis: all finite losses and the threshold `rest`, with air."""
    found = [p.loss for line in lines for p in line.points if math.isfinite(p.loss) and p.loss > 0]
    low = min([rest if rest > 0 else 0.001, *found])
    high = max([1.0, *found])
    return max(low / 1.9, SMALLEST), min(high * 1.7, LARGEST)


def on_axis(loss: float, bounds: tuple[float, float]) -> float:
    """A loss where the axis can show it: zero at the bottom, NaN and infinity at the top."""
    low, high = bounds
    return min(max(loss, low), high) if not math.isnan(loss) else high
