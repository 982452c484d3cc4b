# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""A performance as it was recorded, as values of the cores."""

from __future__ import annotations

from dataclasses import dataclass

from descant.types import Episode, Note, Part, Pedal, State


@dataclass(frozen=True, slots=True)
class RecordedState:
    """A state, with the run of the learner that published it (start of its process, epoch ns)."""

    run: int
    state: State


@dataclass(frozen=True, slots=True)
class RecordedSettings:
    """The learner's parameters (JSON) from the event after number `events` of `run` on.

    They hold from `time_ns` on, with the sustain pedal down (`sustain`) or up.
    """

    run: int
    time_ns: int
    events: int
    json: str
    sustain: bool = False


@dataclass(frozen=True, slots=True)
class Recording:
    """Everything that a performance can be recomputed from, each in recorded order.

    What is impossible, or has the time of another clock than the rest, is set aside: it is only in
    `as_received`, the recording with everything that was readable. `remarks` has a line for each
    kind of what was set aside or could not be read, `damage` one for each damaged file.
    """

    notes: tuple[Note, ...]
    pedals: tuple[Pedal, ...]
    states: tuple[RecordedState, ...]
    episodes: tuple[Episode, ...]
    settings: tuple[RecordedSettings, ...]
    parts: tuple[Part, ...] = ()
    damage: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    unreadable_states: int = 0
    as_received: Recording | None = None

    @property
    def oddities(self) -> tuple[str, ...]:
        """The lines of `damage` and `remarks`, for who shows what is left."""
        return (*self.damage, *self.remarks)

    @property
    def why_incomplete(self) -> str:
        """The same in brackets, behind an error about what is not there; '' without any."""
        return f" ({'; '.join(self.oddities)})" if self.oddities else ""

    @property
    def received(self) -> Recording:
        """What the learner received and published, with everything that was set aside."""
        return self.as_received or self
