# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The parts of a programme, for tests: settings and conductors as nodes have them, and a file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from descant.conductor.core import Conductor
from descant.conductor.settings import ConductorSettings
from descant.learner.settings import LearnerSettings
from descant.programme.reading import find, load_programme

FINALE = """
  - name: finale
    title: Finale
    trigger: bass_and_upper
    family: harmonograph
    learner: {learning_rate: 0.05, loss: half_mse}
"""


def part_settings(number: int, programme: str = "paper", **changes: Any) -> LearnerSettings:
    """The learner's settings in part `number`: defaults, the part's overrides, then `changes`."""
    overrides = load_programme(programme).part(number).overrides("learner")
    return LearnerSettings(part=number).replace(**{**overrides, **changes})


def conductor(programme: str = "paper", **settings: Any) -> Conductor:
    """A conductor of `programme` at time 0; `settings` are changes of its defaults."""
    return Conductor(ConductorSettings().replace(**settings), load_programme(programme), 0)


def five_parts(folder: Path) -> Path:
    """A programme file: the paper's four parts, and `FINALE`."""
    path = folder / "five.yaml"
    path.write_text(find("paper").read_text(encoding="utf-8") + FINALE, encoding="utf-8")
    return path
