# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Rows of the table `frames`: camera pictures without their pixels."""

from __future__ import annotations

from typing import Any

from descant.bags.scan import Record
from descant.camera.compression import jpeg_size
from descant.research.context import AddRow, RecordingContext
from descant.types import NANOSECONDS


class FrameRows:
    """Adds a row for each picture, raw or compressed."""

    def __init__(self, context: RecordingContext, add: AddRow) -> None:
        self._context, self._add = context, add
        self._last_ns: dict[int, int] = {}  # stamp of the last picture, by identity of its topic

    def add_raw(self, record: Record, stamp_ns: int, values: Any) -> None:
        """`values` are width, height and encoding."""
        before_ns = self._last_ns.get(id(record.topic))
        self._last_ns[id(record.topic)] = stamp_ns
        interval = None if before_ns is None else (stamp_ns - before_ns) / NANOSECONDS
        lateness = (record.log_time_ns - stamp_ns) / NANOSECONDS
        times = (self._context.seconds(stamp_ns), stamp_ns)
        self._add((record.topic.name, *times, *values, interval, lateness))

    def add_compressed(self, record: Record, stamp_ns: int, values: Any) -> None:
        """`values` are format and data."""
        form, data = values
        width, height = jpeg_size(bytes(data)) or (None, None)
        self.add_raw(record, stamp_ns, (width, height, form))
