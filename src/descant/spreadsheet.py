# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Texts for the cells of a CSV file that a spreadsheet opens."""

from __future__ import annotations

_FORMULA = tuple("=+-@\t\r\n")


def as_text(cell: str) -> str:
    """Return a text that no spreadsheet reads as a formula: with ' before what begins as one."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
