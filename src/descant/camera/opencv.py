# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Import OpenCV when it is first needed, without its messages on standard error."""

from __future__ import annotations

import importlib
import os
from typing import Any

from descant.camera.picture_source import PictureSourceError
from descant.errors import UserError
from descant.paths import utf8

# Read by OpenCV and FFmpeg at their first use. A camera that hangs fails after two seconds; a small
# file that claims to be a huge picture gets no gigabytes.
_ENVIRONMENT = {
    "OPENCV_IO_MAX_IMAGE_PIXELS": str(7680 * 4320),
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


def capture(address: str | int, *how: Any) -> Any:
    """Return `cv2.VideoCapture` of a file, a device or an address; `how` are its other arguments.

    `PictureSourceError` for a name that is not UTF-8, which would end the process.
    """
    if isinstance(address, str):
        try:
            utf8(address, "its name is not UTF-8: OpenCV cannot open it")
        except UserError as error:
            raise PictureSourceError(str(error)) from None
    return load().VideoCapture(address, *how)
