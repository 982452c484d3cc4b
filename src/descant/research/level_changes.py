# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Rows of the diagnostics: a row for each change of a level."""

from __future__ import annotations

from typing import Any

from descant.bags.scan import Record
from descant.diagnostics import Level
from descant.research.context import AddRow, RecordingContext
from descant.research.states import status_name

NAMES = tuple(level.name.lower() for level in Level)


class LevelChanges:
    """Adds a row where a status of /diagnostics has another level than before, and for its first.

    Those of nodes that are not Descant's are among them.
    """

    def __init__(self, context: RecordingContext, add: AddRow) -> None:
        self._context, self._add = context, add
        self._levels: dict[str, int] = {}

    def add_message(self, record: Record, _: int, values: Any) -> None:
        """Add the statuses of one message; its stamp may be that of any clock, or none."""
        sent_ns = record.publish_time_ns or record.log_time_ns
        for level, name, message, hardware, *_ in values[0]:
            if self._levels.get(name) == level:
                continue
            self._levels[name] = level
            node, _, what = name.rpartition(": ")
            when = self._context.seconds(sent_ns), sent_ns
            self._add((*when, node, what, status_name(NAMES, level), message, hardware))
