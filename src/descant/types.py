# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The values that the cores take and return: one for each message of the performance.

Times are integer nanoseconds since the epoch, or since the start of the file that is rendered. A
core gets every time as an argument and reads no clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple

SUSTAIN = 64
SOSTENUTO = 66
SOFT = 67
SUSTAIN_DOWN = 64  # from this value on the sustain pedal counts as down, where it is yes or no
PEDALS = (SUSTAIN, SOSTENUTO, SOFT)

MOST_PARTS = 32
"""Parts that a programme can have."""

LOWEST_PIANO_KEY = 21
HIGHEST_PIANO_KEY = 108

NANOSECONDS = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Note:
    """One key going down (`on`) or up.

    `id` is unique over restarts of the piano; the off carries the id of its on.
    `velocity` is 1..127 for an on, 0..127 for an off; `velocity_14bit` the same as 0..16383.
    """

    time_ns: int
    id: int
    on: bool
    key: int
    velocity: int
    velocity_14bit: int


@dataclass(frozen=True, slots=True)
class Pedal:
    """One pedal moving: `pedal` is SUSTAIN, SOSTENUTO or SOFT, `value` 0 (up) .. 127 (down)."""

    time_ns: int
    pedal: int
    value: int


Event = Note | Pedal


@dataclass(frozen=True, slots=True)
class Part:
    """The part of the programme from `time_ns` on.

    `number` counts from 1; `start` grows with every change and every restart. `cause` is for a
    person: 'launch', 'soft pedal', 'key 21', 'cue', 'continued'. `description` is what the
    programme says of the part, as JSON (`programme.part_description`), or empty.
    """

    time_ns: int
    number: int
    start: int
    cause: str
    description: str = ""


class LearningStatus(IntEnum):
    """Where an attempt stands; the numbers are those of LearnerState.msg."""

    LEARNING = 0
    CONVERGED = 1
    DIVERGED = 2


@dataclass(frozen=True, slots=True)
class Episode:
    """What stays the same for one attempt: see Episode.msg for units and meaning."""

    time_ns: int
    number: int
    attempt: int
    seed: int
    family: str
    parameter_names: tuple[str, ...]
    target: tuple[float, ...]
    theta: tuple[float, ...]
    x: tuple[float, ...]
    y: tuple[float, ...]


class State(NamedTuple):
    """The learner after one event that changed it: see LearnerState.msg for units and meaning.

    A named tuple, as one is made at every step: a frozen dataclass of 15 fields takes five times
    as long to make.
    """

    time_ns: int
    events: int
    cause: int
    episode: int
    attempt: int
    step: int
    status: LearningStatus
    seed: int
    family: str
    target: tuple[float, ...]
    theta: tuple[float, ...]
    loss: float
    residual: float
    gradient: tuple[float, ...]
    notes: tuple[int, ...]
