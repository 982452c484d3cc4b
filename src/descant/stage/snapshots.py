# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Snapshots of the stage as PNG files."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from descant.errors import UserError
from descant.paths import user_path
from descant.stage.canvas import read_back
from descant.stage.settings import StageSettings
from descant.whole_file import write_whole


class Snapshots:
    """Writes `stage-0001.png` and so on, one every `snapshot_period` seconds; replaces no file.

    Where one cannot be written, `on_failure` is called with one line and no more are written.
    """

    def __init__(self, on_failure: Callable[[str], None]) -> None:
        self._on_failure = on_failure
        self._failed = False
        self._count = 0
        self._due = 0.0

    def write(self, now: float, size: tuple[int, int], settings: StageSettings) -> None:
        """Write the frame that was drawn last, if one is due."""
        if not settings.snapshots or self._failed or now < self._due:
            return
        self._due = now + settings.snapshot_period
        try:
            self._write(size, settings.snapshots)
        except UserError as error:
            self._failed = True
            self._on_failure(f"no more snapshots: {error}")

    def _write(self, size: tuple[int, int], text: str) -> None:
        import cv2  # noqa: PLC0415 -- a device library: imported only where used

        folder = user_path(text)
        pixels = cv2.cvtColor(np.ascontiguousarray(read_back(size)), cv2.COLOR_RGBA2BGR)
        while True:
            self._count += 1
            path = folder / f"stage-{self._count:04d}.png"
            if not path.exists():
                break
        write_whole(path, cv2.imencode(".png", pixels)[1].tobytes())
