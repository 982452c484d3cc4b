"""What happens at the piano, as values: the input of every core.

Times are integer nanoseconds since the epoch (or since the start of a file, where a file is
rendered); a core never asks a clock, it is told.
"""

from __future__ import annotations

from dataclasses import dataclass

SUSTAIN = 64
SOSTENUTO = 66
SOFT = 67
SUSTAIN_DOWN = 64  # from this value on the sustain pedal counts as down, where it is yes or no
PEDALS = (SUSTAIN, SOSTENUTO, SOFT)

LOWEST_PIANO_KEY = 21
HIGHEST_PIANO_KEY = 108

NANOSECONDS = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Note:
    """One key going down (`on`) or up.

    `id` is unique over restarts of the piano; the off carries the id of its on.
    `velocity` is 1..127 for an on, 0..127 for an off; `velocity_14bit` the same as 0..16383.
    """

    time_ns: int
    id: int
    on: bool
    key: int
    velocity: int
    velocity_14bit: int


@dataclass(frozen=True, slots=True)
class Pedal:
    """One pedal moving: `pedal` is SUSTAIN, SOSTENUTO or SOFT, `value` 0 (up) .. 127 (down)."""

    time_ns: int
    pedal: int
    value: int


Event = Note | Pedal
