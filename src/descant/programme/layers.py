# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The parameters of one node from part to part: what it was started with, and the part's own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Generic, TypeVar

from descant.parameters import ParameterError, Settings, Value
from descant.programme.part_description import NONE, PartDescription
from descant.programme.programme import Programme
from descant.types import Part

S = TypeVar("S", bound=Settings)


def described(part: Part) -> PartDescription:
    """The description of `part`; `NONE` where it carries none."""
    return PartDescription.from_json(part.description) if part.description else NONE


def with_description(part: Part, programme: Programme) -> Part:
    """`part`; where it carries no description, with that of its number in `programme`.

    Raises `UserError` where the programme has no such part.
    """
    if part.description:
        return part
    return replace(part, description=programme.part(part.number).to_json())


def with_known_description(part: Part, programme: Programme) -> Part:
    """Likewise, but `part` as it is where the programme has none of its number."""
    return with_description(part, programme) if part.number <= len(programme.parts) else part


class PartLayers(Generic[S]):
    """`base` with the overrides of the part on top of it, and `fixed` on top of both.

    A parameter set by hand holds until the performance ends; one that the part overrides, until
    the part ends. `section` is 'learner', 'synth' or 'stage'.
    """

    def __init__(self, base: S, section: str, fixed: Mapping[str, Value] | None = None) -> None:
        self._start = self._base = base
        self._section = section
        self._fixed = dict(fixed or {})
        self._overrides: dict[str, Value] = dict(self._fixed)
        self.current: S = base.replace(**self._fixed)

    def check(self, programme: Programme) -> None:
        """`ParameterError` that names the part whose overrides the base does not allow."""
        for number, part in enumerate(programme.parts, start=1):
            try:
                self._start.replace(**{**part.overrides(self._section), **self._fixed})
            except ParameterError as error:
                raise ParameterError(
                    f"part {number} ({part.name}) of the programme '{programme.name}', "
                    f"{self._section}: {error}"
                ) from None

    def begin(self, part: Part) -> S:
        """The settings of `part` from its beginning on.

        Where a value set by hand does not go with them, what was set by hand is given up. Raises
        `ParameterError`, and changes nothing, for a description that cannot be read or that the
        base does not allow.
        """
        where = {"part": part.number, "start": part.start}
        overrides = {
            **described(part).overrides(self._section),
            **self._fixed,
            **{n: v for n, v in where.items() if n in self._start.descriptors()},
        }
        try:
            current = self._base.replace(**overrides)
        except ParameterError:
            current = self._start.replace(**overrides)
            self._base = self._start
        self._overrides, self.current = overrides, current
        return current

    def set(self, settings: S) -> None:
        """`settings` were set by hand and hold now."""
        before = self.current.values()
        changed = {n: v for n, v in settings.values().items() if v != before[n]}
        self.current = settings
        lasting = {n: v for n, v in changed.items() if n not in self._overrides}
        if lasting:
            self._base = self._merged(lasting)

    def _merged(self, lasting: Mapping[str, Value]) -> S:
        try:
            return self._base.replace(**lasting)
        except ParameterError:  # they only go with the part's overrides: they end with it
            return self._base
