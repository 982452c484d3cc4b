"""Rows of the learner's states."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from operator import itemgetter
from typing import Any

from descant.learner import family_registry
from descant.research.episodes import SeenState
from descant.research.notes import Add, Moment
from descant.research.tables import parameter_names
from descant.types import LearningStatus

_WORDS = tuple(status.name.lower() for status in LearningStatus)
Spread = Callable[[Sequence[Any]], Sequence[Any]]


def word(words: Sequence[str], number: int) -> str:
    """The word of a status, or its number where it is of a later version."""
    return words[number] if number < len(words) else str(number)


class StateRows:
    """Makes rows of states, with a column for each named parameter."""

    def __init__(self, now: Moment, add: Add) -> None:
        """Rows of the table `states` go to `add`."""
        self._now = now
        self._add = add
        self._names = {
            name: family_registry.family(name).parameter_names for name in family_registry.BUILT_IN
        }
        self._spreads: dict[tuple[str, int, int, int], Spread] = {}

    def learn_names(self, family: str, names: Sequence[str]) -> None:
        """The names of a family's parameters, as an Episode told them."""
        self._names.setdefault(family, tuple(names))

    def take(self, stamp_ns: int, state: SeenState) -> None:
        """One LearnerState."""
        self._add(
            (
                state.run,
                self._now.seconds(stamp_ns),
                stamp_ns,
                *state[1:6],  # from events to step
                word(_WORDS, state.status),
                state.loss,
                state.residual,
                math.hypot(*state.gradient),
                state.family,
                state.seed,
                state.target,
                state.theta,
                state.gradient,
                state.notes,
                self._now.part,
                *self._named(state),
            )
        )

    def _named(self, state: SeenState) -> Sequence[Any]:
        """theta_NAME, target_NAME and gradient_NAME for every name there is."""
        sizes = (len(state.theta), len(state.target), len(state.gradient))
        key = (state.family, *sizes)
        if key not in self._spreads:
            self._spreads[key] = _spread(self._names.get(state.family, ()), sizes)
        return self._spreads[key]((*state.theta, *state.target, *state.gradient, None))


def _spread(names: Sequence[str], sizes: tuple[int, int, int]) -> Spread:
    """Picks the named values out of theta, target, gradient and a None behind each other.

    A target may begin with what is not learned (a knot's frequencies): its last values are those
    of theta's names.
    """
    places, begin, nothing = [], 0, sum(sizes)
    for size in sizes:
        found = dict(zip(names, range(begin + size - len(names), begin + size), strict=True))
        fits = size >= len(names)
        places += [found.get(n, nothing) if fits else nothing for n in parameter_names()]
        begin += size
    return itemgetter(*places)
