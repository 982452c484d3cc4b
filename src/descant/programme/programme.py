# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""A programme: its parts in order, by number and by name."""

from __future__ import annotations

from dataclasses import dataclass

from descant.errors import UserError, did_you_mean
from descant.programme.part_description import PartDescription


@dataclass(frozen=True)
class Programme:
    """1 to `MOST_PARTS` parts. `name` is what the file is called, `title` is for a person."""

    name: str
    title: str
    parts: tuple[PartDescription, ...]

    def part(self, number: int) -> PartDescription:
        """Part `number`, from 1; `UserError` where the programme has no such part."""
        if not 1 <= number <= len(self.parts):
            raise UserError(
                f"no part {number} in the programme '{self.name}': it has parts 1 to "
                f"{len(self.parts)}"
            )
        return self.parts[number - 1]

    def number(self, text: str) -> int:
        """The number of the part of this number or name; `UserError` where there is none."""
        if text.isdecimal():
            number = int(text.lstrip("0")[:9] or "0")
            self.part(number)
            return number
        names = [part.name for part in self.parts]
        if text in names:
            return names.index(text) + 1
        hint = did_you_mean(text, names) or f"parts: {', '.join(names)}"
        raise UserError(f"no part '{text}' in the programme '{self.name}'; {hint}")
