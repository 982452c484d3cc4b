"""What holds over stretches of a recording: pedals, part and the learner's settings."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from descant.errors import UserError
from descant.research.notes import Add, Moment
from descant.types import SOFT, SOSTENUTO, SUSTAIN

PEDAL_NAMES = {SUSTAIN: "sustain", SOSTENUTO: "sostenuto", SOFT: "soft"}


class Course:
    """Makes rows of pedals, parts and settings, and keeps `now` at what holds."""

    def __init__(self, bag: str, now: Moment, add: Mapping[str, Add]) -> None:
        """`bag` is its name in error messages; rows go to `add` by the table's name."""
        self._bag = bag
        self._now = now
        self._add = add
        self._part: tuple[int, Sequence[Any]] | None = None

    def take_pedal(self, stamp_ns: int, values: Sequence[int]) -> None:
        """One PedalEvent: (pedal, value)."""
        pedal, value = values
        self._now.pedals[pedal] = value
        name = PEDAL_NAMES.get(pedal, str(pedal))
        self._add["pedals"]((self._now.seconds(stamp_ns), stamp_ns, name, value))

    def take_part(self, stamp_ns: int, values: Sequence[Any]) -> None:
        """One Part: (part, start, cause)."""
        if self._part is not None:
            self._finish_part(stamp_ns)
        self._part = (stamp_ns, values)
        self._now.part = values[0]

    def take_settings(self, stamp_ns: int, values: Sequence[Any]) -> None:
        """One LearnerSettings: (run, events, sustain, settings)."""
        run, events, sustain, text = values
        seconds = self._now.seconds(stamp_ns)
        self._add["settings"]((run, seconds, stamp_ns, events, sustain, text))
        if self._part is None:  # a graph without a conductor: the part is the learner's parameter
            try:
                self._now.part = json.loads(text).get("part")
            except (ValueError, AttributeError):
                raise UserError(f"{self._bag}: settings that are not JSON: {text[:60]!r}") from None

    def close(self, end_ns: int) -> None:
        """The recording ends at `end_ns` (epoch)."""
        if self._part is not None:
            self._finish_part(max(end_ns, self._part[0]))

    def _finish_part(self, end_ns: int) -> None:
        assert self._part is not None
        begin_ns, values = self._part
        seconds = self._now.seconds
        self._add["parts"]((seconds(begin_ns), begin_ns, seconds(end_ns), end_ns, *values))
