# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The state of a recording, and what is missing in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import IntEnum
from pathlib import Path

from descant.plain_text import counted

SLOW_DISK = "the disk is too slow"
SLOW_PROCESSOR = "the processor is too slow to compress and write them"
LOST_ON_THE_WAY = "they were lost on the way to the recorder"


class Phase(IntEnum):
    """State of a recording, with the numbers of RecorderState.msg."""

    RECORDING = 0
    STOPPED = 1
    FAILED = 2


@dataclass(frozen=True)
class Progress:
    """State of a recording: `message` is one line for a person.

    `missing` has the number of messages that were not recorded, for each cause. `messages` are
    those that the bag has for certain. `lost`: another folder may do where this one failed.
    `warning` is a fault that does not end the recording, or ''.
    """

    phase: Phase
    bag: Path
    message: str
    messages: int = 0
    bytes: int = 0
    free_bytes: int = 0
    missing: Mapping[str, int] = field(default_factory=dict)
    lost: bool = False
    warning: str = ""

    @property
    def dropped(self) -> int:
        """The number of messages that were not recorded."""
        return sum(self.missing.values())

    @property
    def lack(self) -> str:
        """What was not recorded and why, as one line; '' where everything was."""
        return "; ".join(
            f"{counted(n, 'message')} missing: {why}" for why, n in self.missing.items()
        )

    def with_missing(self, count: int, cause: str) -> Progress:
        """The same with so many more messages missing."""
        missing = dict(self.missing)
        missing[cause] = missing.get(cause, 0) + count
        now = replace(self, missing=missing)
        return replace(now, message=now.lack)
