# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Validate values from messages: any participant of the graph may publish anything.

Each function returns its argument, or raises `ValueError` with the reason.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from descant.types import MOST_PARTS, Episode, LearningStatus, Note, Pedal, State

HIGHEST_KEY = 127
HIGHEST_VELOCITY = 127
HIGHEST_CONTROLLER_VALUE = 127
HIGHEST_VELOCITY_14BIT = 16_383
LONGEST_NAME = 100  # characters of a family's name
MOST_PARAMETERS = 1_000
MOST_SAMPLES = 100_000
MOST_NOTES = 4_096

Validated = TypeVar("Validated", State, Episode)


def validate_note(note: Note) -> Note:
    """Check MIDI's ranges: key and velocity 0..127, 14-bit velocity 0..16383."""
    _at_most("key", note.key, HIGHEST_KEY)
    _at_most("velocity", note.velocity, HIGHEST_VELOCITY)
    _at_most("velocity_14bit", note.velocity_14bit, HIGHEST_VELOCITY_14BIT)
    return note


def validate_pedal(pedal: Pedal) -> Pedal:
    """Check MIDI's range of a pedal's value: 0..127."""
    _at_most("value", pedal.value, HIGHEST_CONTROLLER_VALUE)
    return pedal


def validate_state(state: State) -> State:
    """Check that there is a derivative for each parameter, and that target and loss are finite.

    Loss and residual of a diverged attempt need not be finite.
    """
    _family(state)
    _at_most("number of notes", len(state.notes), MOST_NOTES)
    if len(state.gradient) != len(state.theta):
        raise ValueError(f"{len(state.gradient)} derivatives for {len(state.theta)} parameters")
    if state.status is not LearningStatus.DIVERGED:
        _finite("loss and residual", (state.loss, state.residual))
    return state


def validate_episode(episode: Episode) -> Episode:
    """Check that all numbers are finite, and that each x has equally many y.

    That is one y for a curve in the plane, three for a curve in space.
    """
    _family(episode)
    _finite("theta", episode.theta)
    _at_most("number of sample points", len(episode.x), MOST_SAMPLES)
    if len(episode.y) % len(episode.x) if episode.x else episode.y:
        raise ValueError(f"{len(episode.x)} x, {len(episode.y)} y of sample points")
    _finite("x", episode.x)
    _finite("y", episode.y)
    return episode


def validate_part(number: int) -> int:
    """Check the number of a part: 1 to `MOST_PARTS`."""
    if not 1 <= number <= MOST_PARTS:
        raise ValueError(f"a part is 1 to {MOST_PARTS}, not {number}")
    return number


def validate_object(text: str) -> Mapping[str, Any]:
    """Read JSON text, which must be an object."""
    try:
        found = json.loads(text)
    except RecursionError:
        found = None
    if not isinstance(found, dict):
        raise ValueError(f"expected a JSON object, not {text[:60]!r}")
    return found


def _family(value: Validated) -> None:
    _at_most("length of the family's name", len(value.family), LONGEST_NAME)
    _at_most("number of parameters", max(len(value.target), len(value.theta)), MOST_PARAMETERS)
    _finite("target", value.target)


def _at_most(what: str, value: int, most: int) -> None:
    if value > most:
        raise ValueError(f"{what} is {value}, expected at most {most}")


def _finite(what: str, values: Sequence[float]) -> None:
    if not all(map(math.isfinite, values)):
        wrong = next(value for value in values if not math.isfinite(value))
        raise ValueError(f"{what}: {wrong} is not finite")
