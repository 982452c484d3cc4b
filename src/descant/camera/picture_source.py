# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The interface of every source of camera pictures, and the types it uses."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
"""Height x width x 3, blue green red: OpenCV's order, so that no conversion is needed."""


class PictureSourceError(Exception):
    """No picture can be had now; the text is one line for the user. A later attempt may succeed."""


class CameraStatus(IntEnum):
    """Status of the camera; the numbers are those of CameraState.msg."""

    WAITING = 0
    SEEING = 1
    LOST = 2
    FINISHED = 3


@dataclass(frozen=True)
class CameraReport:
    """The status, and one line for the user."""

    status: CameraStatus
    message: str


@dataclass(frozen=True)
class CameraFrame:
    """One picture and its time on the clock of `time.monotonic_ns()`.

    `pixels` of one dimension are the bytes of a JPEG, of a camera that compresses its pictures.
    """

    time_ns: int
    pixels: Pixels

    @property
    def is_jpeg(self) -> bool:
        """Whether `pixels` are compressed."""
        return self.pixels.ndim == 1


class PictureSource(ABC):
    """Opened, read and closed in one thread; opened again after a failure.

    `live`: a camera, whose pictures never repeat exactly unless it is frozen. A file may repeat a
    picture, and the test picture may stand still.
    """

    live: bool = True

    @abstractmethod
    def open(self) -> str:
        """Open the source; return one line that describes it. Raises `PictureSourceError`."""

    @abstractmethod
    def read(self) -> CameraFrame | None:
        """Wait for the next picture; None at the end of a file. Raises `PictureSourceError`."""

    @abstractmethod
    def close(self) -> None:
        """Release the device or file. Never raises."""

    def interrupt(self) -> None:  # noqa: B027 -- most sources do not wait
        """Make a waiting `read` return at once; called from another thread."""
