"""Parameters of the learner. The defaults are the profile `paper`."""

from __future__ import annotations

from dataclasses import dataclass

from descant.learner import family_registry
from descant.parameters import ParameterError, Settings, parameter

LOSSES = ("mse", "half_mse", "mae")
OPTIMISERS = ("descent", "momentum", "adam", "lbfgs")
ANY_FAMILY = "cubic, knot, harmonograph, or one that is installed beside them (docs/families.md)"


@dataclass(frozen=True, kw_only=True)
class LearnerSettings(Settings):
    """What is learned, how, and which keys drive it.

    Where the paper is silent the values are ours, chosen so that a phrase of ten to thirty notes
    brings the sound from far off into tune; docs/profiles.md gives the reasons.
    """

    seed: int = parameter(
        1, "everything random is drawn from this and the episode's number", ge=0, le=2**53
    )
    part: int = parameter(1, "part of the piece, whose rules the keys follow", ge=1, le=4)
    start: int = parameter(
        0, "a new number here, as a new part, is a fresh start", ge=0, le=2**32 - 1
    )
    family: str = parameter(
        "cubic", "function family that is learned in parts 1 and 4: " + ANY_FAMILY
    )
    loss: str = parameter(
        "mse",
        "mse: mean of r^2 (the paper's words); half_mse: half of it (the 2021 program); "
        "mae: mean of |r| (the paper's printed formula), with r = f_theta - f at the sample points",
        choices=LOSSES,
    )
    optimiser: str = parameter(
        "descent",
        "how theta moves: descent (the paper's), momentum, adam, lbfgs (which has no use for the "
        "learning rate)",
        choices=OPTIMISERS,
    )
    learning_rate: float = parameter(
        0.4, "alpha in theta <- theta - alpha * gradient", ge=1e-6, le=100.0
    )
    points: int = parameter(100, "sample points, drawn once per episode", ge=4, le=10_000)
    x_low: float = parameter(-1.0, "lower end of the sample points", ge=-10.0, le=10.0)
    x_high: float = parameter(1.0, "upper end of the sample points", ge=-10.0, le=10.0)
    target_range: float = parameter(
        1.0, "the target's parameters are uniform in plus/minus this", ge=0.0, le=100.0
    )
    start_range: float = parameter(
        1.0, "the start's parameters are uniform in plus/minus this", ge=0.0, le=100.0
    )
    threshold: float = parameter(
        0.004, "an episode has converged at this loss, and rests", ge=0.0, le=1.0
    )
    loss_bound: float = parameter(
        100.0, "beyond this loss an attempt has diverged and gets a new start", ge=1.0, le=1e12
    )
    bass_below: int = parameter(
        48, "keys below this one are bass: each starts an episode (48 = C3)", ge=0, le=128
    )
    upper_from: int = parameter(
        60, "keys from this one on are upper: each is a step (60 = middle C)", ge=0, le=128
    )
    first_note_starts: bool = parameter(
        True, "the very first note starts an episode, whichever key it is"
    )
    held_rate: float = parameter(
        0.0,
        "steps while an upper key is held; 0: none but the note's own",
        unit="1/s",
        ge=0.0,
        le=1000.0,
    )
    knot_family: str = parameter(
        "knot", "function family that is learned in parts 2 and 3: " + ANY_FAMILY
    )
    knot_learning_rate: float = parameter(
        0.02, "alpha, as learning_rate, in parts 2 and 3", ge=1e-6, le=100.0
    )
    knot_threshold: float = parameter(0.004, "as threshold, in parts 2 and 3", ge=0.0, le=1.0)
    knot_lowest: int = parameter(
        1, "lowest frequency of a target knot; 0 lets an axis degenerate", ge=0, le=100
    )
    knot_highest: int = parameter(8, "highest frequency of a target knot", ge=1, le=100)
    knot_phase_range: float = parameter(
        6.283185307179586,
        "phases of target and start are uniform from 0 to this",
        unit="rad",
        ge=0.0,
        le=6.283185307179586,
    )
    knot_preset: int = parameter(
        0, "the target is always this one of the 2021 program's five knots; 0: drawn", ge=0, le=5
    )
    damping_low: float = parameter(0.3, "damping of a harmonograph a turn, lowest", ge=0.0, le=10.0)
    damping_high: float = parameter(1.0, "and highest", ge=0.0, le=10.0)
    knot_points: int = parameter(1000, "sample times of a knot", ge=8, le=10_000)
    knot_span: float = parameter(
        6.283185307179586, "sample times are even from 0 to this", ge=0.1, le=1000.0
    )
    knot_batch: int = parameter(
        0, "sample times drawn anew for each step; 0: all of them", ge=0, le=10_000
    )
    knot_rate: float = parameter(60.0, "steps while a chord is held", unit="1/s", ge=0.1, le=1000.0)
    knot_always: bool = parameter(False, "steps go on when the chord is released")
    knot_tunes: int = parameter(
        0, "how many of the held notes a step tunes; 0: every note that sounds", ge=0, le=128
    )
    knot_gap: float = parameter(
        0.0, "a new knot at the earliest so long after the last", unit="s", ge=0.0, le=60.0
    )
    sustain_holds: bool = parameter(
        False, "a key let go while the sustain pedal is down counts as held until the pedal is up"
    )
    chord_keys: int = parameter(3, "keys that make a chord", ge=1, le=10)
    chord_split: int = parameter(
        60, "keys below this one are the left hand's (60 = middle C)", ge=1, le=128
    )
    chord_window: float = parameter(
        0.08, "time within which the keys of a chord are struck", unit="s", ge=0.001, le=2.0
    )

    def rate(self) -> float:
        """The learning rate of the part."""
        return self.knot_learning_rate if self.part in (2, 3) else self.learning_rate

    def steps_by_itself(self) -> bool:
        """Whether the part makes steps while keys are held, not only when they are struck."""
        return self.part in (2, 3) or self.held_rate > 0.0

    def rest(self) -> float:
        """The threshold of the part."""
        return self.knot_threshold if self.part in (2, 3) else self.threshold

    def __post_init__(self) -> None:
        super().__post_init__()
        family_registry.check("family", self.family)
        family_registry.check("knot_family", self.knot_family)
        if self.x_low >= self.x_high:
            raise ParameterError(
                f"parameter 'x_low' must be below x_high ({self.x_high:g}), not {self.x_low:g}"
            )
        if self.knot_lowest > self.knot_highest:
            raise ParameterError(
                f"parameter 'knot_lowest' must be at most knot_highest ({self.knot_highest}), "
                f"not {self.knot_lowest}"
            )
        if self.damping_low > self.damping_high:
            raise ParameterError(
                f"parameter 'damping_low' must be at most damping_high ({self.damping_high:g}), "
                f"not {self.damping_low:g}"
            )
        if self.upper_from < self.bass_below:
            raise ParameterError(
                f"parameter 'upper_from' must be at least bass_below ({self.bass_below}), "
                f"not {self.upper_from}"
            )
