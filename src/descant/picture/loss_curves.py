# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Loss curves: one for each attempt of an episode."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from descant.bags.recording import RecordedState, Recording
from descant.learner.settings import LearnerSettings
from descant.parameters import ParameterError, json_object
from descant.picture.note_bars import TimeSpan
from descant.types import LearningStatus, State

SMALLEST, LARGEST = 1e-6, 1e3
"""Limits of the loss axis."""


@dataclass(frozen=True, slots=True)
class LossPoint:
    """The learner after one step; the loss may be zero, infinite or NaN."""

    time_s: float
    loss: float
    status: LearningStatus


@dataclass(frozen=True, slots=True)
class LossCurve:
    """One attempt: the loss holds from each point to the next, and from the last to `end_s`."""

    episode: int
    attempt: int
    end_s: float
    points: tuple[LossPoint, ...]

    @property
    def start_s(self) -> float:
        """When it was started, s."""
        return self.points[0].time_s

    @property
    def converged(self) -> LossPoint | None:
        """The first point that had converged; None if none did."""
        return next((p for p in self.points if p.status is LearningStatus.CONVERGED), None)


def convergence_threshold(recording: Recording) -> float:
    """The loss at which an episode converges, by the first recorded settings.

    The default where there are none, or none that can be read.
    """
    default = LearnerSettings().threshold
    if not recording.settings:
        return default
    try:
        values = json_object(recording.settings[0].json, "settings are")
        if "version" not in values:
            values = LearnerSettings.upgraded(values, 1)
        return float(LearnerSettings.checked("threshold", values.get("threshold", default)))  # type: ignore[arg-type]
    except ParameterError:
        return default


def recorded_attempts(recording: Recording) -> tuple[tuple[RecordedState, ...], ...]:
    """The states of each attempt, in order of time.

    A learner that was restarted continues the same episode at the same step: that is one attempt. A
    start (step 0), or another episode or attempt, begins a new one.
    """
    groups: list[list[RecordedState]] = []
    for entry in recording.states:
        if not groups or _is_new(groups[-1][-1].state, entry.state):
            groups.append([])
        groups[-1].append(entry)
    return tuple(tuple(group) for group in groups)


def loss_curves(recording: Recording, span: TimeSpan) -> tuple[LossCurve, ...]:
    """All attempts in order of time, each ending where the next begins."""
    groups = [[entry.state for entry in group] for group in recorded_attempts(recording)]
    starts = [span.seconds(group[0].time_ns) for group in groups]
    ends = [*starts, span.duration_s][1:]
    return tuple(
        LossCurve(
            episode=group[0].episode,
            attempt=group[0].attempt,
            end_s=max(end, span.seconds(group[-1].time_ns)),
            points=tuple(LossPoint(span.seconds(s.time_ns), s.loss, s.status) for s in group),
        )
        for group, end in zip(groups, ends, strict=True)
    )


def _is_new(last: State, state: State) -> bool:
    here = (state.episode, state.attempt)
    return here != (last.episode, last.attempt) or (state.step == 0 and last.step > 0)


def loss_range(curves: Sequence[LossCurve], threshold: float) -> tuple[float, float]:
    """Lowest and highest loss of the axis: all finite losses and the threshold, with a margin."""
    found = [p.loss for c in curves for p in c.points if math.isfinite(p.loss) and p.loss > 0]
    low = min([threshold if threshold > 0 else 0.001, *found])
    high = max([1.0, *found])
    return max(low / 1.9, SMALLEST), min(high * 1.7, LARGEST)


def on_axis(loss: float, bounds: tuple[float, float]) -> float:
    """A loss clipped to the axis: zero at the bottom, NaN and infinity at the top."""
    low, high = bounds
    return min(max(loss, low), high) if not math.isnan(loss) else high
