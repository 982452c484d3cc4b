# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Leave out of the tables what is impossible, or has the time of another clock.

Which times are those of the performance is known at the end of the bag: a first reading collects
them, and a bag that has strays is read a second time.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from itertools import chain, starmap
from typing import Any

from descant import topics
from descant.bags.scan import Record
from descant.bags.strays import PerformanceTimes, PlayedStamps, SetAside, is_as_sent
from descant.plain_text import counted
from descant.types import MOST_PARTS, LearningStatus
from descant.validation import (
    HIGHEST_CONTROLLER_VALUE,
    HIGHEST_KEY,
    HIGHEST_VELOCITY,
    HIGHEST_VELOCITY_14BIT,
    validate_object,
)

_PLAYED = (topics.NOTES.message_type, topics.PEDALS.message_type)
# What a performance consists of; the states of a node have the time of their sending.
_PERFORMANCE = (
    *_PLAYED,
    topics.PLAYED.message_type,
    topics.LEARNER_STATE.message_type,
    topics.EPISODE.message_type,
    topics.LEARNER_SETTINGS.message_type,
    topics.PART.message_type,
)


class EventFilter:
    """Chooses the messages of the performance; of a first reading, without `times`, all possible
    ones.
    """

    def __init__(self, times: PerformanceTimes) -> None:
        self._times = times
        self._played = PlayedStamps()
        # (stamp, time of sending): the earliest and the latest, of those sent so and of the others.
        self._furthest: dict[bool, list[tuple[int, int]]] = {}
        self._set_aside = SetAside()
        self.repeated = 0
        """Messages that were recorded twice."""

    def add_played(self, stamp_ns: int, sent_ns: int) -> None:
        """Add a note or pedal to the times of the performance."""
        self._played.add(stamp_ns, sent_ns)

    def admits(self, record: Record, stamp_ns: int, values: Sequence[Any]) -> bool:
        """Whether the message belongs to the performance; it is counted if not."""
        topic, sent_ns = record.topic, record.publish_time_ns or record.log_time_ns
        kind = topic.message_type
        if not is_possible(kind, values):
            self._set_aside.add_impossible(topic.name)
            return False
        if kind in _PLAYED:
            self.add_played(stamp_ns, sent_ns)
        as_sent = is_as_sent(stamp_ns, sent_ns)
        if as_sent and kind not in _PERFORMANCE:
            return True
        known = [(stamp_ns, sent_ns), *self._furthest.get(as_sent, ())]
        self._furthest[as_sent] = [min(known), max(known)]
        if self._times.admit(stamp_ns, sent_ns):
            return True
        self._set_aside.add_stray(topic.name, stamp_ns)
        return False

    def times(self) -> PerformanceTimes:
        """The times of the performance where there are strays, after all messages; else none."""
        times = self._played.times()
        seen = chain.from_iterable(self._furthest.values())
        return PerformanceTimes() if all(starmap(times.admit, seen)) else times

    def remarks(self) -> list[str]:
        """A line for each kind of what was left out."""
        lines = self._set_aside.remarks()
        if self.repeated:
            lines.append(f"{counted(self.repeated, 'message')} set aside: recorded twice")
        return lines


def is_possible(kind: str, values: Sequence[Any]) -> bool:
    """Whether a message of type `kind` may have these values, read as in `TableBuilder`."""
    return kind not in _POSSIBLE or _POSSIBLE[kind](values)


def _is_possible_note(values: Sequence[Any]) -> bool:
    _, _, key, velocity, velocity_14bit = values
    return bool(
        key <= HIGHEST_KEY
        and velocity <= HIGHEST_VELOCITY
        and velocity_14bit <= HIGHEST_VELOCITY_14BIT
    )


def _is_possible_state(values: Sequence[Any]) -> bool:
    status, theta, loss, residual, gradient = values[6], *values[10:14]
    finite = math.isfinite(loss) and math.isfinite(residual)
    return len(theta) == len(gradient) and (finite or status == LearningStatus.DIVERGED)


def _is_object(text: str) -> bool:
    try:
        validate_object(text)
    except ValueError:
        return False
    return True


_POSSIBLE: Mapping[str, Callable[[Sequence[Any]], bool]] = {
    topics.NOTES.message_type: _is_possible_note,
    topics.PEDALS.message_type: lambda values: values[1] <= HIGHEST_CONTROLLER_VALUE,
    topics.LEARNER_STATE.message_type: _is_possible_state,
    topics.PART.message_type: lambda values: (
        1 <= values[0] <= MOST_PARTS and _is_object(values[3] or "{}")
    ),
    topics.LEARNER_SETTINGS.message_type: lambda values: _is_object(values[3]),
}
