"""Grids of parameters on the command line: `--set ROOM.NAME=VALUES`, every combination of which is
a variant.

    learner.loss=mae                        one value: the same in every variant
    learner.optimiser=descent,momentum      these values
    learner.learning_rate=0.005:0.5:log10   ten values from 0.005 to 0.5, by equal factors
    learner.seed=1:20:lin20                 twenty values from 1 to 20, by equal steps

Both ends are among the values. Those of an integer parameter are rounded to integers, and must all
be different. A parameter that is itself a list of numbers takes `;` between its values.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import product
from math import exp, isfinite, isinf, log, prod

from descant.errors import UserError
from descant.overrides import Rooms, find, parse_value, split
from descant.parameters import Settings, Value

MOST_VALUES = 10_000
"""Of one parameter: what is more is a slip of the finger."""
_RANGE = re.compile(r"(?P<low>[^:]+):(?P<high>[^:]+):(?P<kind>log|lin)(?P<count>\d+)")

Variant = dict[str, Value]
"""'ROOM.NAME' -> value."""


@dataclass(frozen=True)
class Axis:
    """One parameter ('ROOM.NAME') and the values it takes, at least one."""

    name: str
    values: tuple[Value, ...]


@dataclass(frozen=True)
class Grid:
    """Every combination of the values of its axes; the last axis changes first."""

    axes: tuple[Axis, ...]

    def __len__(self) -> int:
        return prod(len(axis.values) for axis in self.axes)

    def __iter__(self) -> Iterator[Variant]:
        names = [axis.name for axis in self.axes]
        for values in product(*(axis.values for axis in self.axes)):
            yield dict(zip(names, values, strict=True))


def parse_grid(texts: Iterable[str], rooms: Rooms) -> Grid:
    """The grid that several `--set` make; without any, the one variant that changes nothing.

    Every value is checked for its type and range. `UserError` says what is wrong with which text.
    """
    axes: dict[str, Axis] = {}
    for text in texts:
        typed, values = split(text)
        room, parameter = find(typed, rooms, text)
        name = f"{room}.{parameter}"
        if name in axes:
            raise UserError(
                f"--set {text}: '{name}' is given twice; several values go into one, with commas"
            )
        axes[name] = Axis(name, _values(rooms[room], parameter, values, text))
    return Grid(tuple(axes.values()))


def by_room(variant: Variant) -> dict[str, dict[str, Value]]:
    """Room -> parameter -> value, for the rooms that a variant changes."""
    rooms: dict[str, dict[str, Value]] = {}
    for name, value in variant.items():
        room, _, parameter = name.partition(".")
        rooms.setdefault(room, {})[parameter] = value
    return rooms


def _values(kind: type[Settings], name: str, values: str, text: str) -> tuple[Value, ...]:
    default = kind.defaults()[name]
    number = isinstance(default, int | float) and not isinstance(default, bool)
    if number and ":" in values:
        parts = [repr(value) for value in _range(values, text, whole=isinstance(default, int))]
    else:
        mark = ";" if isinstance(default, tuple) else ","
        parts = [part.strip() for part in values.split(mark)]
    if not all(parts):
        raise UserError(f"--set {text}: a value is missing between two '{mark}'")
    found = tuple(parse_value(kind, name, part, text) for part in parts)
    if len(set(found)) < len(found):
        rounded = ", rounded to integers," if ":" in values and number else ""
        raise UserError(
            f"--set {text}: the {len(found)} values{rounded} are only {len(set(found))} different"
        )
    return found


def _range(values: str, text: str, *, whole: bool) -> list[float] | list[int]:
    """LOW:HIGH:logN or LOW:HIGH:linN as its values; integers where `whole`."""
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
    spread = [low, *inner, high]
    return [round(value) for value in spread] if whole else spread


def _between(low: float, high: float, part: float, kind: str) -> float:
    if kind == "log":
        return exp(log(low) + (log(high) - log(low)) * part)
    return low * (1.0 - part) + high * part if isinf(high - low) else low + (high - low) * part
