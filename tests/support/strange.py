# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Messages that no node of descant would publish: extreme values in every field, seeded."""

from __future__ import annotations

import math
import random
from typing import Any

from builtin_interfaces.msg import Time
from std_msgs.msg import Header

MEGABYTE = 1_000_000
NUMBERS = (math.nan, math.inf, -math.inf, 1e308, -1e308, 5e-324, -0.0, 0.5, 3.0)
WORDS = (
    "", "cubic", "knot", "harmonograph", "bgr8", "jack", "\n\r\0", "é" * 50, "no such thing",
    "{", "null", '{"part": 77}', '{"part": NaN}', '{"\\ud800": 1}', "[" * 10_000,
    '{"version": 1, "name": "a", "title": "A", "learner": {"learning_rate": 1e999}}',
    '{"version": 1, "name": "a", "title": "A", "synth": {"detune": "\\ud800"}}',
    '{"version": 1, "name": "a", "title": "A", "stage": {"distortion_signals": "loss, los"}}',
)  # fmt: skip
BOUNDS = {
    "uint8": (0, 2**8 - 1), "uint16": (0, 2**16 - 1), "uint32": (0, 2**32 - 1),
    "uint64": (0, 2**64 - 1), "int32": (-(2**31), 2**31 - 1),
}  # fmt: skip
LENGTHS = (0, 1, 2, 3, 4, 6, 7, 300)


def strange(kind: type, chance: random.Random, *, long: bool = False) -> Any:
    """A message of `kind` with strange fields; `long`: its strings and sequences as well."""
    message = kind()
    for name, field in kind.get_fields_and_field_types().items():
        setattr(message, name, _value(field, chance, long=long))
    return message


def _value(field: str, chance: random.Random, *, long: bool) -> Any:
    if field.startswith("sequence<"):
        return _sequence(field.removeprefix("sequence<").removesuffix(">"), chance, long=long)
    if field == "string":
        return "x" * MEGABYTE if long else chance.choice(WORDS)
    if field in BOUNDS:
        return _whole(BOUNDS[field], chance)
    if field in ("double", "float"):
        return _number(field, chance)
    if field == "boolean":
        return chance.random() < 0.5
    return strange({"builtin_interfaces/Time": Time, "std_msgs/Header": Header}[field], chance)


def _sequence(field: str, chance: random.Random, *, long: bool) -> list[Any]:
    if long:  # one value, so often: it is the length that is strange
        return [_value(field, chance, long=False)] * (MEGABYTE // 8)
    return [_value(field, chance, long=False) for _ in range(chance.choice(LENGTHS))]


def _number(field: str, chance: random.Random) -> float:
    value = chance.choice(NUMBERS)
    return value if field == "double" or abs(value) < 1e38 or math.isinf(value) else math.nan


def _whole(bounds: tuple[int, int], chance: random.Random) -> int:
    """At an edge, small, or anything."""
    low, high = bounds
    return chance.choice((low, high, high // 2 + 1, chance.randint(0, 5), chance.randint(*bounds)))
