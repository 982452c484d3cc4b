# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""What holds at the message up to which a recording has been read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from descant.types import NANOSECONDS, PEDALS

AddRow = Callable[[tuple[Any, ...]], None]
"""Adds one row to a table, without its first column."""


class RecordingContext:
    """The part and the pedal values at the current message, and the recording's start."""

    def __init__(self, start_ns: int) -> None:
        """`start_ns` is where the recording's seconds count from (epoch)."""
        self.start_ns = start_ns
        self.part: int | None = None
        self.pedals: dict[int, int] = dict.fromkeys(PEDALS, 0)

    def seconds(self, time_ns: int) -> float:
        """Seconds from the recording's start to `time_ns` (epoch)."""
        return (time_ns - self.start_ns) / NANOSECONDS
