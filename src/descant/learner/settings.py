# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Parameters of the learner. The defaults are part 1 of the paper's programme."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from descant.learner.registry import FAMILIES, TRIGGERS
from descant.learner.settings_versions import RENAMED, from_version_1, from_version_2
from descant.parameters import ParameterError, Settings, parameter
from descant.types import MOST_PARTS

LOSSES = ("mse", "half_mse", "mae")
OPTIMISERS = ("descent", "momentum", "adam", "lbfgs")
TURN = 6.283185307179586  # 2 pi


@dataclass(frozen=True, kw_only=True)
class LearnerSettings(Settings):
    """What is learned, how, and which keys drive it, in the part that is being played.

    Where the paper is silent the values are ours, chosen so that a phrase of ten to thirty notes
    brings the sound from far off into tune; docs/profiles.md gives the reasons.
    """

    VERSION: ClassVar[int] = 3
    REMOVED: ClassVar[Mapping[str, str]] = RENAMED

    seed: int = parameter(
        1, "seed of everything random, together with the episode's number", ge=0, le=2**53
    )
    part: int = parameter(1, "number of the part in the programme, from 1", ge=1, le=MOST_PARTS)
    start: int = parameter(
        0, "a change of this number is a fresh start of the part", ge=0, le=2**32 - 1
    )
    trigger: str = parameter(
        "bass_and_upper",
        "which keys start an episode and which make steps: bass_and_upper, held_chord, or an "
        "installed trigger (docs/triggers.md)",
    )
    family: str = parameter(
        "cubic",
        "function family that is learned: cubic, knot, harmonograph, or an installed family "
        "(docs/families.md)",
    )
    loss: str = parameter(
        "mse",
        "mse: mean of r^2 (the paper's words); half_mse: half of it (the 2021 program); "
        "mae: mean of |r| (the paper's printed formula), with r = f_theta - f at the sample points",
        choices=LOSSES,
    )
    optimiser: str = parameter(
        "descent",
        "how theta is updated: descent (gradient descent, the paper's), momentum, adam, or lbfgs "
        "(which ignores the learning rate)",
        choices=OPTIMISERS,
    )
    arithmetic: int = parameter(
        2,
        "arithmetic of the learner; 2: the same bits on every machine; 1: that of descant 0.1 and "
        "0.2, the C library's, which differs from processor to processor",
        ge=1,
        le=2,
    )
    learning_rate: float = parameter(
        0.4, "alpha in theta <- theta - alpha * gradient", ge=1e-6, le=100.0
    )
    threshold: float = parameter(
        0.004, "loss at which an episode has converged and makes no more steps", ge=0.0, le=1.0
    )
    loss_bound: float = parameter(
        100.0, "loss above which an attempt has diverged and is started again", ge=1.0, le=1e12
    )
    held_rate: float = parameter(
        0.0,
        "steps per second while the trigger holds (an upper key or a chord is held); 0: none",
        unit="1/s",
        ge=0.0,
        le=1000.0,
    )
    sustain_holds: bool = parameter(
        False, "a key released while the sustain pedal is down counts as held until the pedal is up"
    )
    bass_below: int = parameter(
        48,
        "trigger bass_and_upper: keys below this one start an episode (48 = C3)",
        ge=0,
        le=128,
    )
    upper_from: int = parameter(
        60,
        "trigger bass_and_upper: keys from this one on make a step (60 = middle C)",
        ge=0,
        le=128,
    )
    first_note_starts: bool = parameter(
        True, "trigger bass_and_upper: the first note of all starts an episode, whichever key it is"
    )
    chord_keys: int = parameter(
        3, "trigger held_chord: number of keys that make a chord", ge=1, le=10
    )
    chord_split: int = parameter(
        60,
        "trigger held_chord: keys below this one are the left hand's (60 = middle C)",
        ge=1,
        le=128,
    )
    chord_window: float = parameter(
        0.08,
        "trigger held_chord: time within which the keys of a chord are struck",
        unit="s",
        ge=0.001,
        le=2.0,
    )
    chord_gap: float = parameter(
        0.0,
        "trigger held_chord: shortest time from one new episode to the next",
        unit="s",
        ge=0.0,
        le=60.0,
    )
    chord_always: bool = parameter(
        False, "trigger held_chord: steps continue after the chord is released"
    )
    tuned_notes: int = parameter(
        0,
        "trigger held_chord: how many of the held notes a step detunes; 0: every note that sounds",
        ge=0,
        le=128,
    )
    points: int = parameter(
        100, "family cubic: number of sample points, drawn once per episode", ge=4, le=10_000
    )
    x_low: float = parameter(
        -1.0, "family cubic: lower end of the sample points' range", ge=-10.0, le=10.0
    )
    x_high: float = parameter(
        1.0, "family cubic: upper end of the sample points' range", ge=-10.0, le=10.0
    )
    target_range: float = parameter(
        1.0, "family cubic: target parameters are uniform in plus/minus this", ge=0.0, le=100.0
    )
    start_range: float = parameter(
        1.0, "family cubic: start parameters are uniform in plus/minus this", ge=0.0, le=100.0
    )
    knot_lowest: int = parameter(
        1,
        "families knot and harmonograph: lowest frequency of a target; 0 allows a degenerate axis",
        ge=0,
        le=100,
    )
    knot_highest: int = parameter(
        8, "families knot and harmonograph: highest frequency of a target", ge=1, le=100
    )
    knot_phase_range: float = parameter(
        TURN,
        "families knot and harmonograph: phases of target and start are uniform from 0 to this",
        unit="rad",
        ge=0.0,
        le=TURN,
    )
    knot_preset: int = parameter(
        0,
        "family knot: number of a preset target, one of the 2021 program's five; 0: drawn",
        ge=0,
        le=5,
    )
    knot_points: int = parameter(
        1000, "families knot and harmonograph: number of sample times", ge=8, le=10_000
    )
    knot_span: float = parameter(
        TURN,
        "families knot and harmonograph: sample times are evenly spaced from 0 to this",
        ge=0.1,
        le=1000.0,
    )
    knot_batch: int = parameter(
        0,
        "families knot and harmonograph: sample times drawn anew for each step; 0: all of them",
        ge=0,
        le=10_000,
    )
    damping_low: float = parameter(
        0.3, "family harmonograph: lowest damping per turn", ge=0.0, le=10.0
    )
    damping_high: float = parameter(
        1.0, "family harmonograph: highest damping per turn", ge=0.0, le=10.0
    )

    @classmethod
    def upgraded(cls, values: dict[str, Any], version: int) -> dict[str, Any]:
        """See `Settings.upgraded`."""
        return from_version_2(from_version_1(values) if version == 1 else values)

    def __post_init__(self) -> None:
        super().__post_init__()
        TRIGGERS.check("trigger", self.trigger)
        FAMILIES.check("family", self.family)
        if self.x_low >= self.x_high:
            raise ParameterError(
                f"parameter 'x_low' must be below x_high ({self.x_high:g}), not {self.x_low:g}"
            )
        for lower, higher in (
            ("knot_lowest", "knot_highest"),
            ("damping_low", "damping_high"),
            ("bass_below", "upper_from"),
        ):
            low, high = getattr(self, lower), getattr(self, higher)
            if low > high:
                raise ParameterError(
                    f"parameter '{lower}' must be at most {higher} ({high:g}), not {low:g}"
                )
