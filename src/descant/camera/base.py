"""What every source of pictures is, whatever stands behind it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
"""Height x width x 3, blue green red: as OpenCV gives it, so that nothing is converted here."""


class SourceError(Exception):
    """No picture can be had now; the text is one line for a person. It may pass: try again."""


class Status(IntEnum):
    """How the camera is; the numbers are those of CameraState.msg."""

    WAITING = 0
    SEEING = 1
    LOST = 2
    FINISHED = 3


@dataclass(frozen=True)
class Report:
    """What is to be told: the status, and one line for a person."""

    status: Status
    message: str


@dataclass(frozen=True)
class Frame:
    """One picture and when it was taken, on the clock of `time.monotonic_ns()`."""

    time_ns: int
    pixels: Pixels


class Source(ABC):
    """Opened, read and closed in one thread; opened again after it has failed.

    `live`: a camera, whose pictures never repeat exactly unless it is frozen. A file may rest on
    one picture, and a test picture may stand still.
    """

    live: bool = True

    @abstractmethod
    def open(self) -> str:
        """Open it; returns one line for a person about what is seen. `SourceError` if it fails."""

    @abstractmethod
    def read(self) -> Frame | None:
        """Wait for the next picture; None at the end of a file. `SourceError` when it is gone."""

    @abstractmethod
    def close(self) -> None:
        """Give everything back. Never raises."""

    def interrupt(self) -> None:  # noqa: B027 -- most sources have nothing to cut short
        """Called from another thread: a `read` that waits for its time returns at once."""
