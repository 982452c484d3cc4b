# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Parameters of the conductor. The defaults are the profile `paper`."""

from __future__ import annotations

from dataclasses import dataclass

from descant.parameters import ParameterError, Settings, parameter
from descant.types import MOST_PARTS


@dataclass(frozen=True, kw_only=True)
class ConductorSettings(Settings):
    """The first part, and the gestures that begin the next one.

    The soft pedal is used in piano playing, so a single press must not change the part. In 1,067
    real performances (94 hours), two full presses within 400 ms occur once in 19 hours, within
    600 ms once in 3 hours, and single ones every 29 seconds.
    """

    part: int = parameter(
        1,
        "number of the first part of the performance, from 1",
        ge=1,
        le=MOST_PARTS,
        live=False,
    )
    presses: int = parameter(
        2,
        "number of full presses of the soft pedal, within 'window', that begin the next part; 0:"
        " the pedal does not change the part",
        ge=0,
        le=5,
    )
    pressed: int = parameter(
        100, "smallest value of the soft pedal that counts as a full press", ge=1, le=127
    )
    released: int = parameter(
        30, "largest value of the soft pedal that counts as released", ge=0, le=126
    )
    window: float = parameter(
        0.4,
        "longest time from the first to the last press of the soft pedal in a gesture",
        unit="s",
        ge=0.05,
        le=5.0,
    )
    key: int = parameter(
        -1, "MIDI number of a key that begins the next part; -1: none", ge=-1, le=127
    )
    round: bool = parameter(False, "begin part 1 after the last part; false: the last part stays")

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.released >= self.pressed:
            raise ParameterError(
                f"parameter 'released' must be below pressed ({self.pressed}), not {self.released}"
            )
