"""What the learner says: values, mirrored by the messages Episode and LearnerState."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple


class Status(IntEnum):
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
    status: Status
    seed: int
    family: str
    target: tuple[float, ...]
    theta: tuple[float, ...]
    loss: float
    residual: float
    gradient: tuple[float, ...]
    notes: tuple[int, ...]
