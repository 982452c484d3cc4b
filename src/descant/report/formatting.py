# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Format numbers and times."""

from __future__ import annotations

import math

import numpy as np

MINUS, DASH = "\N{MINUS SIGN}", "\N{EN DASH}"
NBSP = "\N{NO-BREAK SPACE}"
NONE = DASH
"""Shown where there is no value."""


def clock(seconds: float) -> str:
    """'3:05' for 185 s; with tenths where they are not 0."""
    minutes, rest = divmod(round(abs(seconds), 1), 60.0)
    whole = f"{rest:02.0f}" if rest == int(rest) else f"{rest:04.1f}"
    return f"{MINUS if seconds < 0 else ''}{minutes:.0f}:{whole}"


def number(value: float, digits: int = 3) -> str:
    """`digits` significant digits, without an exponent from 0.001 to 100,000."""
    if not math.isfinite(value):
        return NONE
    if value and not 1e-3 <= abs(value) < 1e5:
        return f"{value:.{digits - 1}e}"
    if abs(value) >= 10 ** (digits - 1):
        return f"{value:,.0f}"
    return np.format_float_positional(value, digits, unique=False, fractional=False, trim="-")
