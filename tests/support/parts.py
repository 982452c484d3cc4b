"""The parts of a programme, for tests of the cores: settings and conductors as nodes have them."""

from __future__ import annotations

from typing import Any

from descant.conductor.core import Conductor
from descant.conductor.settings import ConductorSettings
from descant.learner.settings import LearnerSettings
from descant.programme.reading import load_programme


def part_settings(number: int, programme: str = "paper", **changes: Any) -> LearnerSettings:
    """The learner's settings in part `number`: defaults, the part's overrides, then `changes`."""
    overrides = load_programme(programme).part(number).overrides("learner")
    return LearnerSettings(part=number).replace(**{**overrides, **changes})


def conductor(programme: str = "paper", **settings: Any) -> Conductor:
    """A conductor of `programme` at time 0; `settings` are changes of its defaults."""
    return Conductor(ConductorSettings().replace(**settings), load_programme(programme), 0)
