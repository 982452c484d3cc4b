"""The cameras there are, by the name of the hardware: numbers change when one is plugged in again.

Names are known on Linux only; elsewhere a camera is a number.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CAMERAS_TO_TRY = 4  # where the system does not list its cameras


@dataclass(frozen=True)
class Device:
    """A camera: what OpenCV opens, and the name of the hardware ('' where the system has none)."""

    address: str | int
    label: str = ""

    def __str__(self) -> str:
        where = self.address if isinstance(self.address, str) else f"camera {self.address}"
        return f"{where} ({self.label})" if self.label else where


def there_are(root: Path = Path("/")) -> list[Device]:
    """Cameras of this machine; `root` is where /dev and /sys lie. Some may give no picture."""
    if sys.platform != "linux":
        return [Device(index) for index in range(CAMERAS_TO_TRY)]
    found = sorted((root / "dev").glob("video*"), key=lambda p: (len(p.name), p.name))
    return [Device(str(path), _label(root, path.name)) for path in found]


def _label(root: Path, name: str) -> str:
    path = root / "sys" / "class" / "video4linux" / name / "name"
    return path.read_text(errors="replace").strip() if path.is_file() else ""


def matching(asked: str, devices: Sequence[Device], known: str = "") -> list[Device]:
    """The devices that `asked` may mean, best first.

    `asked` is a number, a path or a part of a hardware name in any case; '' is any. `known` is
    the hardware that was seen before: where one of that name is there it is the one, even under
    another number.
    """
    if asked.isdecimal():
        number = int(asked)
        exact = [d for d in devices if d.address in (number, f"/dev/video{number}")]
        exact = exact or [Device(number)] * (sys.platform != "linux")
    elif asked.startswith("/"):
        exact = [d for d in devices if d.address == asked]
        exact = exact or ([Device(asked)] if Path(asked).exists() else [])
    else:
        exact = [d for d in devices if asked.lower() in d.label.lower()]
    same = [d for d in devices if known and d.label == known]
    if not same:
        return exact
    return [d for d in exact if d in same] + [d for d in same if d not in exact]


def first_seeing(cv2: Any, devices: Sequence[Device]) -> Device | None:
    """The first of `devices` that gives a picture."""
    for device in devices:
        capture = cv2.VideoCapture(device.address)
        try:
            if capture.isOpened() and capture.read()[0]:
                return device
        finally:
            capture.release()
    return None
