"""What the allocator tells the voices to do."""

from __future__ import annotations

from typing import NamedTuple


class Start(NamedTuple):
    """Strike `voice`: from where its level is, with the overtones where they are, if `again`."""

    voice: int
    key: int
    gain: float  # amplitude, 0..1, of velocity and soft pedal
    stretch: float
    again: bool  # the voice sounds already, at this key: nothing of it may jump


class Damp(NamedTuple):
    """Let `voice` fall by the decay depth in `seconds`; infinity takes the damper off again."""

    voice: int
    seconds: float


class Fade(NamedTuple):
    """Take `voice` to silence as fast as can be without a click."""

    voice: int


class Retune(NamedTuple):
    """Let the overtones of `voices` glide to `stretch`."""

    voices: tuple[int, ...]
    stretch: float


Command = Start | Damp | Fade | Retune
