# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Things that have a name and may come from outside: families, triggers, voices, curves.

Each kind has a group of entry points. An entry point's name is the thing's name, its value the
object that makes it. What the package brings itself is listed in a table and needs no entry point,
since a colcon workspace has no package metadata.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from descant.errors import did_you_mean
from descant.parameters import ParameterError

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint


class Registry:
    """All things of one kind. `built_in`: name -> 'module:attribute'."""

    def __init__(self, group: str, kind: str, built_in: Mapping[str, str]) -> None:
        self.group = group
        self.kind = kind
        self.built_in = dict(built_in)

    def names(self) -> tuple[str, ...]:
        """Every name there is here: those of the package, then those installed beside it."""
        outside = (name for name in installed(self.group) if name not in self.built_in)
        return (*self.built_in, *sorted(outside))

    def load(self, name: str) -> Any:
        """The object of this name; `ParameterError` where there is none or it cannot be loaded."""
        if name in self.built_in:
            module, _, attribute = self.built_in[name].partition(":")
            return getattr(importlib.import_module(module), attribute)
        point = installed(self.group).get(name)
        if point is None:
            raise ParameterError(f"no {self.kind} '{name}'; there are {', '.join(self.names())}")
        try:
            return point.load()
        except Exception as error:  # whatever fails in somebody else's module is one line here
            raise ParameterError(
                f"{self.kind} '{name}' ({point.value}) cannot be loaded: {_one_line(error)}"
            ) from None

    def make(self, name: str, *arguments: Any) -> Any:
        """What the object of this name returns for `arguments`; errors as with `load`."""
        made = self.load(name)
        try:
            return made(*arguments)
        except Exception as error:  # as above
            raise ParameterError(
                f"{self.kind} '{name}' cannot be made: {_one_line(error)}"
            ) from None

    def check(self, parameter: str, name: str) -> None:
        """`ParameterError` that names `parameter` where nothing is called `name`."""
        if name in self.built_in:
            return
        names = self.names()
        if name not in names:
            text = f"parameter '{parameter}' must be one of {', '.join(names)}, not '{name}'"
            hint = did_you_mean(name, names)
            hint = hint or f"no other {self.kind} is installed in this environment"
            raise ParameterError(f"{text}; {hint}")


@cache
def installed(group: str) -> Mapping[str, EntryPoint]:
    """Name -> entry point of `group`, of every package installed here."""
    from importlib.metadata import entry_points  # noqa: PLC0415 -- 25 ms at a node's start

    return {point.name: point for point in entry_points(group=group)}


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__
