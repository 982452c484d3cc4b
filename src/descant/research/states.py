# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Rows of the table `states`: the learner's states."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from operator import itemgetter
from typing import Any

from descant.research.context import AddRow, RecordingContext
from descant.research.tables import family_parameters, parameter_names
from descant.types import LearningStatus, State

_STATUS_NAMES = tuple(status.name.lower() for status in LearningStatus)
Selector = Callable[[Sequence[Any]], Sequence[Any]]


def status_name(names: Sequence[str], number: int) -> str:
    """The name of a status, or its number where a later version recorded it."""
    return names[number] if number < len(names) else str(number)


class StateRows:
    """Writes rows of states, with a column for each named parameter."""

    def __init__(self, context: RecordingContext, add: AddRow) -> None:
        """Rows of the table `states` go to `add`."""
        self._context = context
        self._add = add
        self._names = dict(family_parameters())
        self._selectors: dict[tuple[str, int, int, int], Selector] = {}

    def add_names(self, family: str, names: Sequence[str]) -> None:
        """Set the parameter names of a family that is not one of the package's."""
        self._names.setdefault(family, tuple(names))

    def add_state(self, run: int, state: State) -> None:
        """Add one LearnerState of the learner's process `run`."""
        self._add(
            (
                run,
                self._context.seconds(state.time_ns),
                state.time_ns,
                *state[1:6],  # from events to step
                status_name(_STATUS_NAMES, state.status),
                state.loss,
                state.residual,
                math.hypot(*state.gradient),
                state.family,
                state.seed,
                state.target,
                state.theta,
                state.gradient,
                state.notes,
                self._context.part,
                *self._named_values(state),
            )
        )

    def _named_values(self, state: State) -> Sequence[Any]:
        """theta_NAME, target_NAME and gradient_NAME for every name there is."""
        sizes = (len(state.theta), len(state.target), len(state.gradient))
        key = (state.family, *sizes)
        if key not in self._selectors:
            self._selectors[key] = _selector(self._names.get(state.family, ()), sizes)
        return self._selectors[key]((*state.theta, *state.target, *state.gradient, None))


def _selector(names: Sequence[str], sizes: tuple[int, int, int]) -> Selector:
    """Select the named values from theta, target, gradient and a None, concatenated.

    A target may begin with values that are not learned (a knot's frequencies): its last values are
    those of theta's names.
    """
    places, begin, missing = [], 0, sum(sizes)
    for size in sizes:
        found = dict(zip(names, range(begin + size - len(names), begin + size), strict=True))
        fits = size >= len(names)
        places += [found.get(n, missing) if fits else missing for n in parameter_names()]
        begin += size
    return itemgetter(*places)
