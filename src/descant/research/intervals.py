# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Rows of the tables `pedals`, `parts` and `settings`: what holds over a stretch of time."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from descant.errors import UserError
from descant.research.context import AddRow, RecordingContext
from descant.types import SOFT, SOSTENUTO, SUSTAIN

PEDAL_NAMES = {SUSTAIN: "sustain", SOSTENUTO: "sostenuto", SOFT: "soft"}


class IntervalRows:
    """Writes rows of pedals, parts and settings, and updates the context."""

    def __init__(self, bag: str, context: RecordingContext, add: Mapping[str, AddRow]) -> None:
        """`bag` is its name in error messages; rows go to `add` by the table's name."""
        self._bag = bag
        self._context = context
        self._add = add
        self._part: tuple[int, Sequence[Any]] | None = None

    def add_pedal(self, stamp_ns: int, values: Sequence[int]) -> None:
        """Add one PedalEvent: (pedal, value)."""
        pedal, value = values
        self._context.pedals[pedal] = value
        name = PEDAL_NAMES.get(pedal, str(pedal))
        self._add["pedals"]((self._context.seconds(stamp_ns), stamp_ns, name, value))

    def add_part(self, stamp_ns: int, values: Sequence[Any]) -> None:
        """Add one Part: (part, start, cause, description)."""
        if self._part is not None:
            self._close_part(stamp_ns)
        self._part = (stamp_ns, values)
        self._context.part = values[0]

    def add_settings(self, stamp_ns: int, values: Sequence[Any]) -> None:
        """Add one LearnerSettings: (run, events, sustain, settings)."""
        run, events, sustain, text = values
        seconds = self._context.seconds(stamp_ns)
        self._add["settings"]((run, seconds, stamp_ns, events, sustain, text))
        if self._part is None:  # a graph without a conductor: the part is the learner's parameter
            self._context.part = self._object(text, "settings").get("part")

    def close(self, end_ns: int) -> None:
        """Write the last part; the recording ends at `end_ns` (epoch)."""
        if self._part is not None:
            self._close_part(max(end_ns, self._part[0]))

    def _close_part(self, end_ns: int) -> None:
        assert self._part is not None
        begin_ns, (part, start, cause, description) = self._part
        seconds = self._context.seconds
        text = self._object(description or "{}", "a part's description")
        names = (str(text.get("name", "")), str(text.get("title", "")))
        times = (seconds(begin_ns), begin_ns, seconds(end_ns), end_ns)
        self._add["parts"]((*times, part, *names, start, cause, description))

    def _object(self, text: str, what: str) -> Mapping[str, Any]:
        try:
            found = json.loads(text)
        except (ValueError, RecursionError):
            found = None
        if not isinstance(found, dict):
            raise UserError(f"{self._bag}: {what}: expected a JSON object, not {text[:60]!r}")
        return found
