# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The parameter that names the programme, of every node that needs it."""

from __future__ import annotations

from dataclasses import dataclass

from descant.parameters import Settings, parameter


@dataclass(frozen=True, kw_only=True)
class ProgrammeSettings(Settings):
    """Which parts the performance has."""

    programme: str = parameter(
        "paper",
        "the programme, which lists the parts: paper, original, another name that "
        "'descant programme list' shows, or the path of a YAML file",
        live=False,
    )
