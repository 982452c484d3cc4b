"""Import OpenCV when it is first needed, without its messages on standard error."""

from __future__ import annotations

import importlib
import os
from typing import Any

from descant.errors import UserError

# Read by OpenCV and FFmpeg at their first use. A camera that hangs fails after two seconds.
_ENVIRONMENT = {
    "OPENCV_LOG_LEVEL": "SILENT",
    "OPENCV_VIDEOIO_DEBUG": "0",
    "OPENCV_FFMPEG_LOGLEVEL": "-8",
    "OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT": "2",
}


def load() -> Any:
    """Return the module `cv2`; `UserError` where it is not installed."""
    for name, value in _ENVIRONMENT.items():
        os.environ.setdefault(name, value)
    try:
        return importlib.import_module("cv2")
    except ImportError as error:
        raise UserError(f"pictures need OpenCV: pip install 'descant[live]' ({error})") from None
