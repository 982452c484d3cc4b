# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Read learner settings that an earlier version recorded.

Version 1 (descant 0.1) had one set of settings for all parts: those of parts 2 and 3 began with
`knot_`, and the part's number chose among them. Version 2 has the settings of the part that is
played, whatever its number. Both computed by the C library; version 3 says by what.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

RENAMED = {
    "knot_learning_rate": "learning_rate",
    "knot_threshold": "threshold",
    "knot_family": "family",
    "knot_rate": "held_rate",
    "knot_always": "chord_always",
    "knot_tunes": "tuned_notes",
    "knot_gap": "chord_gap",
}
"""Name in version 1 -> name in version 2."""

_CHORD_PARTS = (2, 3)
_CHORD_DEFAULTS = {
    "knot_learning_rate": 0.02,
    "knot_threshold": 0.004,
    "knot_family": "knot",
    "knot_rate": 60.0,
}
_COMMON = ("knot_always", "knot_tunes", "knot_gap")


def from_version_1(values: Mapping[str, Any]) -> dict[str, Any]:
    """The settings of version 2 that give the same states as `values` of version 1."""
    new = {name: value for name, value in values.items() if name not in RENAMED}
    chord = values.get("part", 1) in _CHORD_PARTS
    new["trigger"] = "held_chord" if chord else "bass_and_upper"
    if chord:
        recorded = {name: values.get(name, value) for name, value in _CHORD_DEFAULTS.items()}
        new |= {RENAMED[name]: value for name, value in recorded.items()}
    return new | {RENAMED[name]: values[name] for name in _COMMON if name in values}


def from_version_2(values: Mapping[str, Any]) -> dict[str, Any]:
    """The settings of version 3 that give the same states as `values` of version 2."""
    return {**values, "arithmetic": 1}
