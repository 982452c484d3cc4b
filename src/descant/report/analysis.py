"""Everything a report says of one recording, computed once."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from descant.learner.settings import LearnerSettings
from descant.report.attempts import Attempt, attempts
from descant.report.bars import Bars, bars
from descant.report.faults import Fault, faults
from descant.report.gather import Gathered
from descant.report.relations import Relation, relations
from descant.report.time_series import Courses, courses
from descant.report.timing import Timing, timings
from descant.synth.settings import SynthSettings

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Analysis:
    """One recording, with what was computed from it."""

    gathered: Gathered
    bars: Bars
    attempts: tuple[Attempt, ...]
    courses: Courses
    relations: tuple[Relation, ...]
    faults: tuple[Fault, ...]
    timings: tuple[Timing, ...]

    @cached_property
    def threshold(self) -> float:
        """The loss at or below which an episode rests, by the first settings recorded."""
        for text in self.gathered.columns["settings"]["settings"]:
            value = json.loads(text).get("threshold")
            if isinstance(value, int | float) and value > 0:
                return float(value)
        return LearnerSettings().threshold

    @cached_property
    def parameter_names(self) -> dict[str, tuple[str, ...]]:
        """The names of each family's parameters, as its episodes told them."""
        columns = self.gathered.columns["episodes"]
        rows = zip(columns["family"], columns["parameter_names"], strict=True)
        return {family: tuple(names) for family, names in rows if names}


def analyse(gathered: Gathered, synth: SynthSettings | None = None, *, seed: int = 1) -> Analysis:
    """All of it. `synth` are the synthesiser's settings (no recording holds them), `seed` is that
    of the surrogate tests."""
    found = courses(gathered, synth)
    return Analysis(
        gathered, bars(gathered), attempts(gathered), found, relations(found, seed),
        faults(gathered), timings(gathered),
    )  # fmt: skip
