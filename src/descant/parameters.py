# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Parameters described once: default, range, unit and meaning, as fields of a frozen dataclass.

The settings of a node subclass `Settings` and declare each field with `parameter(...)`. The ROS
nodes declare their parameters from the same table, the command line checks `--set` with it, and
`descant parameters` prints it, so every range is written once.

    @dataclass(frozen=True, kw_only=True)
    class SynthSettings(Settings):
        a4: float = parameter(440.0, "frequency of the key A4", unit="Hz", ge=400.0, le=480.0)
"""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any, ClassVar, TypeVar

from descant.errors import UserError, did_you_mean

Value = bool | int | float | str | tuple[float, ...] | tuple[str, ...]
Self = TypeVar("Self", bound="Settings")


class ParameterError(UserError):
    """A parameter that does not exist, or a value of the wrong type or outside its range."""


@dataclass(frozen=True)
class Descriptor:
    """Meaning and range of a parameter. `ge` and `le` limit every element of a tuple."""

    description: str
    unit: str = ""
    ge: float | None = None
    le: float | None = None
    choices: tuple[str, ...] = ()
    live: bool = True

    def range_text(self) -> str:
        """Return the allowed values as text, e.g. '0 to 0.5' or 'one of a, b'."""
        if self.choices:
            return "one of " + ", ".join(self.choices)
        low = "" if self.ge is None else f"at least {self.ge:g}"
        high = "" if self.le is None else f"at most {self.le:g}"
        if low and high:
            return f"{self.ge:g} to {self.le:g}"
        return low or high


def parameter(
    default: Any,
    description: str,
    *,
    unit: str = "",
    ge: float | None = None,
    le: float | None = None,
    choices: tuple[str, ...] = (),
    live: bool = True,
) -> Any:
    """Declare one field of a `Settings` class. `live`: it may be changed while the node runs."""
    descriptor = Descriptor(description, unit, ge, le, choices, live)
    return dataclasses.field(default=default, metadata={"descriptor": descriptor})


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Base of all settings: checked when created, and replaced as a whole."""

    VERSION: ClassVar[int] = 1
    """Of the JSON text; increased when the meaning of recorded text changes."""
    REMOVED: ClassVar[Mapping[str, str]] = MappingProxyType({})
    """Name of an earlier version -> the name that replaced it, for messages."""

    def __post_init__(self) -> None:
        for name in self.descriptors():
            object.__setattr__(self, name, self.checked(name, getattr(self, name)))

    @classmethod
    def descriptors(cls) -> Mapping[str, Descriptor]:
        """Return name -> descriptor, in the order of declaration."""
        return _descriptors(cls)  # type: ignore[arg-type]  # a class is hashable (mypy 11470)

    @classmethod
    def defaults(cls) -> Mapping[str, Any]:
        """Return name -> default value."""
        return _defaults(cls)  # type: ignore[arg-type]  # as above

    @classmethod
    def checked(cls, name: str, value: Any) -> Value:
        """Return `value` converted for the parameter `name`; `ParameterError` if it is wrong."""
        descriptors = cls.descriptors()
        if name not in descriptors:
            raise ParameterError(unknown_parameter(name, descriptors, cls.REMOVED))
        converted = _converted(name, value, cls.defaults()[name])
        _check(name, converted, descriptors[name])
        return converted

    @classmethod
    def of(cls: type[Self], values: Mapping[str, Any]) -> Self:
        """Return the defaults with `values` replaced; `ParameterError` names the mistake."""
        known = cls.descriptors()
        for name in values:
            if name not in known:
                raise ParameterError(unknown_parameter(name, known, cls.REMOVED))
        return cls(**values)

    def replace(self: Self, **changes: Any) -> Self:
        """Return a copy with `changes`; `ParameterError` if one of them is wrong."""
        return type(self).of({**self.values(), **changes})

    def values(self) -> dict[str, Any]:
        """Return name -> value, in the order of declaration."""
        return {name: getattr(self, name) for name in self.descriptors()}

    def to_json(self) -> str:
        """Return one JSON object with every parameter, which `from_json` reads."""
        return json.dumps({"version": self.VERSION, **self.values()})

    @classmethod
    def upgraded(cls, values: dict[str, Any], version: int) -> dict[str, Any]:
        """Convert `values` that were recorded by an earlier `version` to this one."""
        return values

    @classmethod
    def from_json(cls: type[Self], text: str) -> Self:
        """Read the settings that `to_json` wrote; `ParameterError` for any other text."""
        values = json_object(text, "parameters are")
        version = values.pop("version", 1)
        if type(version) is not int or not 1 <= version <= cls.VERSION:
            raise ParameterError(
                f"parameters of version {version!r}; this version of descant reads 1 to "
                f"{cls.VERSION}"
            )
        return cls.of(cls.upgraded(values, version) if version < cls.VERSION else values)


@cache
def _descriptors(kind: type[Settings]) -> Mapping[str, Descriptor]:
    fields = dataclasses.fields(kind)
    return MappingProxyType({f.name: f.metadata["descriptor"] for f in fields})


@cache
def _defaults(kind: type[Settings]) -> Mapping[str, Any]:
    return MappingProxyType({f.name: f.default for f in dataclasses.fields(kind)})


def json_object(text: str, subject: str) -> dict[str, Any]:
    """Parse a JSON object; `ParameterError` for any other text, which `subject` begins."""
    try:
        values = json.loads(text)
    except (ValueError, RecursionError):
        values = None
    if not isinstance(values, dict):
        raise ParameterError(f"{subject} a JSON object, not {text[:40]!r}")
    return values


def unknown_parameter(
    name: str, known: Mapping[str, Any], removed: Mapping[str, str] = MappingProxyType({})
) -> str:
    """Return one line for a name that is not in `known`, with the nearest one if there is one.

    `removed`: names of an earlier version, with their replacements.
    """
    if name in removed:
        return (
            f"parameter '{name}' is now '{removed[name]}', which each part of a programme may set"
        )
    hint = did_you_mean(name, known) or "known: " + ", ".join(known)
    return f"unknown parameter '{name}'; {hint}"


def _converted(name: str, value: Any, default: Any) -> Value:
    """Convert `value` to the type of `default`: ints to floats, lists to tuples of floats or texts,
    of which one text may stand alone.
    """
    kind = type(default)
    if has_texts(default):
        return _texts(name, value)
    try:
        if kind is float and type(value) is int:
            return float(value)
        if kind is tuple and not isinstance(value, str):
            return tuple(float(v) for v in value)
    except (TypeError, ValueError, OverflowError):
        pass  # refused below
    if type(value) is not kind:
        raise ParameterError(f"parameter '{name}' must be {_kind(kind)}, not {value!r}")
    return value  # type: ignore[no-any-return]


def has_texts(default: Any) -> bool:
    """Whether a parameter with this default is a list of texts; ('',) is none."""
    return isinstance(default, tuple) and any(isinstance(text, str) for text in default)


def _texts(name: str, value: Any) -> tuple[str, ...]:
    texts = (value,) if isinstance(value, str) else value
    if not isinstance(texts, list | tuple) or any(type(text) is not str for text in texts):
        raise ParameterError(f"parameter '{name}' must be a text or a list of texts, not {value!r}")
    return tuple(texts) or ("",)


def _kind(kind: type) -> str:
    names = {bool: "true or false", int: "an integer", float: "a number", str: "a text"}
    return names.get(kind, "a list of numbers")


def _check(name: str, value: Value, descriptor: Descriptor) -> None:
    numbers = value if isinstance(value, tuple) else (value,)
    for number in numbers:
        if isinstance(number, float) and not math.isfinite(number):
            raise ParameterError(f"parameter '{name}' must be finite, not {number!r}")
        too_low = descriptor.ge is not None and number < descriptor.ge  # type: ignore[operator]
        too_high = descriptor.le is not None and number > descriptor.le  # type: ignore[operator]
        wrong_choice = descriptor.choices and number not in descriptor.choices
        if too_low or too_high or wrong_choice:
            unit = f" {descriptor.unit}" if descriptor.unit else ""
            expected = descriptor.range_text() + unit
            raise ParameterError(f"parameter '{name}' must be {expected}, not {value!r}")
