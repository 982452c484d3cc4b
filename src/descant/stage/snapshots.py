"""Snapshots of the stage as PNG files."""

from __future__ import annotations

import numpy as np

from descant.errors import UserError
from descant.paths import user_path
from descant.stage.canvas import read_back
from descant.stage.settings import StageSettings


class Snapshots:
    """Writes `stage-0001.png` and so on, one every `snapshot_period` seconds."""

    def __init__(self) -> None:
        self._count = 0
        self._due = 0.0

    def write(self, now: float, size: tuple[int, int], settings: StageSettings) -> None:
        """Write the frame that was drawn last, if one is due. `UserError` where it cannot be."""
        if not settings.snapshots or now < self._due:
            return
        import cv2  # noqa: PLC0415 -- a device library: imported only where used

        self._due = now + settings.snapshot_period
        self._count += 1
        folder = user_path(settings.snapshots)
        path = folder / f"stage-{self._count:04d}.png"
        pixels = cv2.cvtColor(np.ascontiguousarray(read_back(size)), cv2.COLOR_RGBA2BGR)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            path.write_bytes(cv2.imencode(".png", pixels)[1].tobytes())
        except OSError as error:
            raise UserError(f"cannot write the snapshot {path}: {error.strerror}") from None
