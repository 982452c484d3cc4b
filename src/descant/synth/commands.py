# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The allocator's commands to the voices."""

from __future__ import annotations

from typing import NamedTuple


class Start(NamedTuple):
    """Strike `voice`; with `again` level and overtones go on from where they are."""

    voice: int
    key: int
    gain: float  # amplitude, 0..1, of velocity and soft pedal
    stretch: float
    again: bool  # the voice sounds already, at this key


class Damp(NamedTuple):
    """Let `voice` fall by the decay depth in `seconds`; infinity lifts the damper."""

    voice: int
    seconds: float


class Fade(NamedTuple):
    """Silence `voice` as fast as possible without a click."""

    voice: int


class Retune(NamedTuple):
    """Let the overtones of `voices` glide to `stretch`."""

    voices: tuple[int, ...]
    stretch: float


Command = Start | Damp | Fade | Retune
