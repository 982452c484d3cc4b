# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""How the launcher refuses: one line with file, line, what is wrong and what is supported."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from descant.errors import UserError, did_you_mean


class LaunchError(UserError):
    """A launch file or launch argument that cannot be carried out."""


@dataclass(frozen=True, slots=True)
class Position:
    """A place in a launch file; lines count from 1."""

    file: Path
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"

    def refuse(self, message: str) -> LaunchError:
        """Return the error to raise for what stands here."""
        return LaunchError(f"{self}: {message}")

    @contextlib.contextmanager
    def located(self) -> Iterator[None]:
        """Put this position in front of a `UserError` that is raised in the block without one."""
        try:
            yield
        except UserError as error:
            if str(error).startswith(str(self)):
                raise
            raise self.refuse(str(error)) from None


def unknown(what: str, name: str, known: Iterable[str]) -> str:
    """Return one line for a name that is not in `known`: the nearest one, and all of them."""
    names = sorted(known)
    hint = f"{did_you_mean(name, names)} ".lstrip()
    return f"unknown {what} '{name}'; {hint}known: {', '.join(names) or 'none'}"
