# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""List cameras by the name of their hardware: numbers change when a camera is plugged in again.

Names are available on Linux only; elsewhere a camera is a number.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from descant.camera import opencv
from descant.camera.picture_source import PictureSourceError
from descant.stderr import silenced_stderr

CAMERAS_TO_TRY = 4  # where the system does not list its cameras


@dataclass(frozen=True)
class CameraDevice:
    """A camera: the address that OpenCV opens, and the name of the hardware ('' if unavailable)."""

    address: str | int
    label: str = ""

    def __str__(self) -> str:
        where = self.address if isinstance(self.address, str) else f"camera {self.address}"
        return f"{where} ({self.label})" if self.label else where


def list_devices(root: Path = Path("/")) -> list[CameraDevice]:
    """Return the cameras below `root`/dev and `root`/sys. Some may give no picture."""
    if sys.platform != "linux":
        return [CameraDevice(index) for index in range(CAMERAS_TO_TRY)]
    found = sorted((root / "dev").glob("video*"), key=lambda p: (len(p.name), p.name))
    return [CameraDevice(str(path), _label(root, path.name)) for path in found]


def _label(root: Path, name: str) -> str:
    path = root / "sys" / "class" / "video4linux" / name / "name"
    return path.read_text(errors="replace").strip() if path.is_file() else ""


def matching(wanted: str, devices: Sequence[CameraDevice], known: str = "") -> list[CameraDevice]:
    """Return the devices that `wanted` may mean, best first.

    `wanted` is a number, a path or a part of a hardware name in any case; '' is any. `known` is
    the hardware name of the camera that was open before: a device of that name comes first, even
    under another number.
    """
    if wanted.isdecimal():
        number = int(wanted)
        exact = [d for d in devices if d.address in (number, f"/dev/video{number}")]
        exact = exact or [CameraDevice(number)] * (sys.platform != "linux")
    elif wanted.startswith("/"):
        exact = [d for d in devices if d.address == wanted]
        exact = exact or ([CameraDevice(wanted)] if Path(wanted).exists() else [])
    else:
        exact = [d for d in devices if wanted.lower() in d.label.lower()]
    same = [d for d in devices if known and d.label == known]
    if not same:
        return exact
    return [d for d in exact if d in same] + [d for d in same if d not in exact]


def first_working(cv2: Any, devices: Sequence[CameraDevice]) -> CameraDevice | None:
    """Return the first of `devices` that gives a picture."""
    return next((device for device in devices if probe(cv2, device)), None)


def probe(cv2: Any, device: CameraDevice) -> str:
    """Return size and rate of the pictures of a camera, '' if it gives none."""
    with silenced_stderr():
        try:
            capture = opencv.capture(device.address)
        except PictureSourceError:
            return ""
        try:
            return picture_mode(cv2, capture) if capture.read()[0] else ""
        finally:
            capture.release()


def picture_mode(cv2: Any, capture: Any) -> str:
    """Return size and rate of an open capture, as '1280x720, 30 pictures a second'."""
    properties = (cv2.CAP_PROP_FRAME_WIDTH, cv2.CAP_PROP_FRAME_HEIGHT, cv2.CAP_PROP_FPS)
    width, height, rate = map(capture.get, properties)
    size = f"{width:.0f}x{height:.0f}"
    return f"{size}, {rate:.0f} pictures a second" if rate > 0 else size
