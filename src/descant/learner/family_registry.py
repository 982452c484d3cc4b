"""Which function families there are: those of the package, and any that is installed beside it.

A family from outside is an entry point of the group `descant.families` whose name is the family's
and whose value is a class, made without arguments, that has what `family.Family` asks for.
docs/families.md builds one.
"""

from __future__ import annotations

import importlib
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import TYPE_CHECKING

from descant.parameters import ParameterError

if TYPE_CHECKING:
    from descant.learner.family import Family

GROUP = "descant.families"
# By name here and not only as entry points: a colcon workspace has no package metadata.
BUILT_IN = {
    "cubic": "descant.learner.cubic:Cubic",
    "knot": "descant.learner.knot:Knot",
    "harmonograph": "descant.learner.harmonograph:Harmonograph",
}


def names() -> tuple[str, ...]:
    """Every family that can be learned here."""
    return (*BUILT_IN, *sorted(_outside()))


@cache
def family(name: str) -> Family:
    """The family of this name; `ParameterError` where there is none or it cannot be loaded."""
    made: Family
    if name in BUILT_IN:
        module, _, kind = BUILT_IN[name].partition(":")
        made = getattr(importlib.import_module(module), kind)()
        return made
    if name not in _outside():
        raise ParameterError(f"no function family '{name}'; there are {', '.join(names())}")
    point = _outside()[name]
    try:
        made = point.load()()
    except Exception as error:  # whatever an artist's module does wrong, it is one line here
        raise ParameterError(
            f"function family '{name}' ({point.value}) cannot be loaded: {error}"
        ) from None
    return made


def check(parameter: str, name: str) -> None:
    """`ParameterError` that names `parameter` where no family is called `name`."""
    if name not in BUILT_IN and name not in _outside():
        raise ParameterError(
            f"parameter '{parameter}' must be one of {', '.join(names())}, not '{name}'"
        )


@cache
def _outside() -> dict[str, EntryPoint]:
    return {point.name: point for point in entry_points(group=GROUP) if point.name not in BUILT_IN}
