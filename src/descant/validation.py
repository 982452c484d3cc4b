"""What a note, a state or an episode can be: whoever is in the graph may send anything.

Each function gives back what it was given, or raises `ValueError` with what is wrong.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TypeVar

from descant.types import MOST_PARTS, Episode, LearningStatus, Note, State

HIGHEST_KEY = 127
HIGHEST_VELOCITY = 127
HIGHEST_VELOCITY_14BIT = 16_383
LONGEST_NAME = 100  # characters of a family's name
MOST_PARAMETERS = 1_000
MOST_SAMPLES = 100_000
MOST_NOTES = 4_096

Told = TypeVar("Told", State, Episode)


def validate_note(note: Note) -> Note:
    """MIDI's ranges: key and velocity 0..127, 14-bit velocity 0..16383."""
    _at_most("key", note.key, HIGHEST_KEY)
    _at_most("velocity", note.velocity, HIGHEST_VELOCITY)
    _at_most("velocity_14bit", note.velocity_14bit, HIGHEST_VELOCITY_14BIT)
    return note


def validate_state(state: State) -> State:
    """As many gradients as parameters; a finite target, and loss but for a diverged attempt's."""
    _family(state)
    _at_most("number of notes", len(state.notes), MOST_NOTES)
    if len(state.gradient) != len(state.theta):
        raise ValueError(f"{len(state.gradient)} gradients of {len(state.theta)} parameters")
    if state.status is not LearningStatus.DIVERGED:
        _finite("loss and residual", (state.loss, state.residual))
    return state


def validate_episode(episode: Episode) -> Episode:
    """Finite numbers; for each x as many y: one of a curve in the plane, three of one in space."""
    _family(episode)
    _finite("theta", episode.theta)
    _at_most("number of sample points", len(episode.x), MOST_SAMPLES)
    if len(episode.y) % len(episode.x) if episode.x else episode.y:
        raise ValueError(f"{len(episode.x)} x, {len(episode.y)} y of sample points")
    _finite("x", episode.x)
    _finite("y", episode.y)
    return episode


def validate_part(number: int) -> int:
    """Return the number of a part, 1 to `MOST_PARTS`."""
    if not 1 <= number <= MOST_PARTS:
        raise ValueError(f"a part is 1 to {MOST_PARTS}, not {number}")
    return number


def _family(told: Told) -> None:
    _at_most("length of the family's name", len(told.family), LONGEST_NAME)
    _at_most("number of parameters", max(len(told.target), len(told.theta)), MOST_PARAMETERS)
    _finite("target", told.target)


def _at_most(what: str, value: int, most: int) -> None:
    if value > most:
        raise ValueError(f"{what} {value}, at most {most}")


def _finite(what: str, values: Sequence[float]) -> None:
    if not all(map(math.isfinite, values)):
        strange = next(value for value in values if not math.isfinite(value))
        raise ValueError(f"{what} has {strange}")
