# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Grids of parameters on the command line: `--set SECTION.NAME=VALUES`.

Every combination of the values of several `--set` is a variant.

    learner.loss=mae                        one value: the same in every variant
    learner.optimiser=descent,momentum      these values
    learner.learning_rate=0.005:0.5:log10   ten values from 0.005 to 0.5, by equal factors
    learner.seed=1:20:lin20                 twenty values from 1 to 20, by equal steps

Both ends are among the values. Those of an integer parameter are rounded to integers, which must
all be different. For a parameter that is a list of numbers, `;` separates its values.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import product
from math import exp, isfinite, isinf, log, prod

from descant.errors import UserError
from descant.overrides import Sections, find_parameter, parse_value, split_assignment
from descant.parameters import Settings, Value

MOST_VALUES = 10_000
"""Largest number of values of one parameter."""
_RANGE = re.compile(r"(?P<low>[^:]+):(?P<high>[^:]+):(?P<kind>log|lin)(?P<count>\d+)")

Variant = dict[str, Value]
"""'SECTION.NAME' -> value."""


@dataclass(frozen=True)
class Axis:
    """One parameter ('SECTION.NAME') and its values, at least one."""

    name: str
    values: tuple[Value, ...]


@dataclass(frozen=True)
class Grid:
    """Every combination of the values of its axes; the last axis varies fastest."""

    axes: tuple[Axis, ...]

    def __len__(self) -> int:
        return prod(len(axis.values) for axis in self.axes)

    def __iter__(self) -> Iterator[Variant]:
        names = [axis.name for axis in self.axes]
        for values in product(*(axis.values for axis in self.axes)):
            yield dict(zip(names, values, strict=True))


def parse_grid(texts: Iterable[str], sections: Sections) -> Grid:
    """The grid of several `--set`; without any, the one variant that changes nothing.

    Every value is checked for its type and range. `UserError` says what is wrong with which text.
    """
    axes: dict[str, Axis] = {}
    for text in texts:
        given, values = split_assignment(text)
        section, parameter = find_parameter(given, sections, text)
        name = f"{section}.{parameter}"
        if name in axes:
            raise UserError(
                f"--set {text}: '{name}' is given twice; put several values into one, with commas"
            )
        axes[name] = Axis(name, _values(sections[section], parameter, values, text))
    return Grid(tuple(axes.values()))


def by_section(variant: Variant) -> dict[str, dict[str, Value]]:
    """Section -> parameter -> value, for the sections that a variant changes."""
    sections: dict[str, dict[str, Value]] = {}
    for name, value in variant.items():
        section, _, parameter = name.partition(".")
        sections.setdefault(section, {})[parameter] = value
    return sections


def _values(settings: type[Settings], name: str, values: str, text: str) -> tuple[Value, ...]:
    default = settings.defaults()[name]
    number = isinstance(default, int | float) and not isinstance(default, bool)
    if number and ":" in values:
        parts = [repr(value) for value in _range(values, text, whole=isinstance(default, int))]
    else:
        mark = ";" if isinstance(default, tuple) else ","
        parts = [part.strip() for part in values.split(mark)]
    if not all(parts):
        raise UserError(f"--set {text}: a value is missing between two '{mark}'")
    found = tuple(parse_value(settings, name, part, text) for part in parts)
    if len(set(found)) < len(found):
        rounded = ", rounded to integers," if ":" in values and number else ""
        raise UserError(
            f"--set {text}: the {len(found)} values{rounded} are only {len(set(found))} different"
        )
    return found


def _range(values: str, text: str, *, whole: bool) -> list[float] | list[int]:
    """The values of LOW:HIGH:logN or LOW:HIGH:linN; integers where `whole`."""
    match = _RANGE.fullmatch(values.replace(" ", ""))
    try:
        if match is None:
            raise ValueError
        low, high, count = float(match["low"]), float(match["high"]), int(match["count"])
    except ValueError:
        raise UserError(
            f"--set {text}: expected LOW:HIGH:logN or LOW:HIGH:linN, as 0.005:0.5:log10"
        ) from None
    if not (isfinite(low) and isfinite(high)):
        raise UserError(f"--set {text}: both ends of a range must be finite")
    if not 2 <= count <= MOST_VALUES:
        raise UserError(f"--set {text}: a range has 2 to {MOST_VALUES:,} values, not {count:,}")
    if match["kind"] == "log" and not (low > 0.0 and high > 0.0):
        raise UserError(f"--set {text}: both ends of a logarithmic range must be above 0")
    inner = [_between(low, high, i / (count - 1), match["kind"]) for i in range(1, count - 1)]
    spaced = [low, *inner, high]
    return [round(value) for value in spaced] if whole else spaced


def _between(low: float, high: float, share: float, kind: str) -> float:
    if kind == "log":
        return exp(log(low) + (log(high) - log(low)) * share)
    return low * (1.0 - share) + high * share if isinf(high - low) else low + (high - low) * share
