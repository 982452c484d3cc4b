# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Signals: numbers of the learner's state that drive the sound and the picture.

A signal is written as a sum of terms `[NUMBER *] NAME`, with these names:

    loss                the loss, >= 0
    residual            mean of f_theta - f over the sample points, signed
    gradient[i]         partial derivative of the loss by parameter number i, from 0
    gradient_length     Euclidean length of the gradient, >= 0
    distance[i]         theta_i - target_i, signed; of an angle the nearer way round

for example `loss`, `0.05 * residual` or `gradient[0] + 0.5 * distance[2]`. A list of signals has
commas between them. An index beyond the family's parameters gives 0.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from descant.errors import did_you_mean
from descant.parameters import ParameterError
from descant.types import State

PLAIN: dict[str, Callable[[State], float]] = {
    "loss": lambda state: state.loss,
    "residual": lambda state: state.residual,
    "gradient_length": lambda state: math.sqrt(sum(g * g for g in state.gradient)),
}
INDEXED = ("gradient", "distance")
NAMES = (*PLAIN, *(f"{name}[i]" for name in INDEXED))
_TERM = re.compile(r"(?:([-+]?[\d.]+(?:[eE][-+]?\d+)?)\s*\*\s*)?([a-z_]+)(?:\[(\d+)\])?", re.ASCII)
MOST_TERMS = 16
HIGHEST_INDEX = 999
MOST_DIGITS = 9  # of an index, read as a number


@dataclass(frozen=True, slots=True)
class Term:
    """`scale` times the value called `name`; `index` is None for names without one."""

    name: str
    index: int | None
    scale: float

    def value(self, state: State) -> float:
        """The number in `state`; not finite where the state's is not."""
        if self.index is None:
            return self.scale * PLAIN[self.name](state)
        if self.index >= len(state.theta) or self.index >= len(state.gradient):
            return 0.0
        if self.name == "gradient":
            return self.scale * state.gradient[self.index]
        return self.scale * _distance(state, self.index)


Signal = tuple[Term, ...]


def signal_value(signal: Signal, state: State) -> float:
    """The sum of the signal's terms in `state`, in their order."""
    total = signal[0].value(state)
    for term in signal[1:]:
        total += term.value(state)
    return total


@lru_cache(maxsize=256)
def parse_signals(text: str) -> tuple[Signal, ...]:
    """The signals of a list with commas; `ParameterError` names the term that is none."""
    return tuple(_parse_signal(part, text) for part in text.split(","))


def check_signals(parameter: str, text: str, *, most: int) -> None:
    """`ParameterError` that names `parameter` unless `text` has 1 to `most` signals."""
    try:
        count = len(parse_signals(text))
    except ParameterError as error:
        raise ParameterError(f"parameter '{parameter}': {error}") from None
    if count > most:
        raise ParameterError(
            f"parameter '{parameter}' must be at most {most} signal{'s' if most > 1 else ''}, "
            f"not {count}: '{text}'"
        )


def _parse_signal(part: str, text: str) -> Signal:
    terms = tuple(_parse_term(term.strip(), text) for term in re.split(r"\s\+\s", part.strip()))
    if len(terms) > MOST_TERMS:
        raise ParameterError(f"a signal has at most {MOST_TERMS} terms, not {len(terms)}")
    return terms


def _parse_term(term: str, text: str) -> Term:
    match = _TERM.fullmatch(term)
    if match is None:
        raise ParameterError(
            f"'{term}' in '{text}' is no signal: expected [NUMBER *] NAME, as 0.5 * gradient[0]; "
            f"names: {', '.join(NAMES)}"
        )
    number, name, index = match.groups()
    scale = 1.0 if number is None else _scale(number, text)
    if name in PLAIN and index is None:
        return Term(name, None, scale)
    if name in INDEXED and index is not None:
        if len(index) > MOST_DIGITS or int(index) > HIGHEST_INDEX:
            raise ParameterError(f"index {index} in '{text}' is above {HIGHEST_INDEX}")
        return Term(name, int(index), scale)
    if name in PLAIN:
        raise ParameterError(f"'{name}' in '{text}' has no index")
    if name in INDEXED:
        raise ParameterError(f"'{name}' in '{text}' needs an index, as {name}[0]")
    hint = did_you_mean(name, (*PLAIN, *INDEXED)) or f"names: {', '.join(NAMES)}"
    raise ParameterError(f"no signal '{name}' in '{text}'; {hint}")


def _scale(number: str, text: str) -> float:
    try:
        scale = float(number)
    except ValueError:
        scale = math.nan
    if not math.isfinite(scale):
        raise ParameterError(f"'{number}' in '{text}' is no finite number")
    return scale


def _distance(state: State, index: int) -> float:
    """The target ends with what theta is to become: before it may stand what is not learned."""
    place = len(state.target) - len(state.theta) + index
    if place < 0:  # a state from elsewhere, whose target is too short
        return 0.0
    difference = state.theta[index] - state.target[place]
    period = _period(state.family, index)
    if period and math.isfinite(difference):
        return math.remainder(difference, period)
    return difference


@lru_cache(maxsize=256)
def _period(family: str, index: int) -> float:
    """Of an angle its full turn; 0 for other parameters, and for a family that is not here."""
    from descant.learner.family import load_family  # noqa: PLC0415 -- families load when used

    try:
        periods: tuple[float, ...] = getattr(load_family(family), "periods", ())
    except ParameterError:
        return 0.0
    return periods[index] if index < len(periods) else 0.0
