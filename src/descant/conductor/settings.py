"""Parameters of the conductor. The defaults are the profile `paper`."""

from __future__ import annotations

from dataclasses import dataclass

from descant.parameters import ParameterError, Settings, parameter
from descant.types import MOST_PARTS


@dataclass(frozen=True, kw_only=True)
class ConductorSettings(Settings):
    """Which part comes first, and what goes on to the next.

    The soft pedal belongs to piano playing, so a touch must not change the part. Counted over 1,067
    real performances (94 hours), two full presses within 400 ms come by accident once in 19 hours,
    within 600 ms once in 3 hours, and single ones every 29 seconds.
    """

    part: int = parameter(
        1,
        "number of the part to begin with, from 1",
        ge=1,
        le=MOST_PARTS,
        live=False,
    )
    presses: int = parameter(
        2, "full presses of the soft pedal that go on to the next part; 0: none do", ge=0, le=5
    )
    pressed: int = parameter(100, "pedal value from which a press is full", ge=1, le=127)
    released: int = parameter(30, "pedal value down to which it is released", ge=0, le=126)
    window: float = parameter(
        0.4, "time from the first press to the last", unit="s", ge=0.05, le=5.0
    )
    key: int = parameter(-1, "a key that goes on to the next part; -1: none", ge=-1, le=127)
    round: bool = parameter(False, "part 1 follows the last part; otherwise the last part stays")

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.released >= self.pressed:
            raise ParameterError(
                f"parameter 'released' must be below pressed ({self.pressed}), not {self.released}"
            )
