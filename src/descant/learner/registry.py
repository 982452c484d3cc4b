# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Names of the function families and of the trigger rules there are (`descant.plugins`)."""

from __future__ import annotations

from descant.plugins import Registry

FAMILIES = Registry(
    "descant.families",
    "function family",
    {
        "cubic": "descant.learner.cubic:Cubic",
        "knot": "descant.learner.knot:Knot",
        "harmonograph": "descant.learner.harmonograph:Harmonograph",
    },
)

TRIGGERS = Registry(
    "descant.triggers",
    "trigger",
    {
        "bass_and_upper": "descant.learner.triggers:BassAndUpper",
        "held_chord": "descant.learner.triggers:HeldChord",
    },
)
