# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Camera pictures as serialized messages, made without ROS."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np

from descant.types import NANOSECONDS
from support.bags import TYPES


def plain_picture(colour: tuple[int, int, int], size: tuple[int, int] = (16, 9)) -> Any:
    """One colour (blue, green, red) as pixels."""
    return np.full((size[1], size[0], 3), colour, np.uint8)


def jpeg(pixels: Any) -> bytes:
    """The pixels as JPEG."""
    return bytes(cv2.imencode(".jpg", pixels)[1])


def raw_image(stamp_ns: int, pixels: Any, encoding: str = "bgr8") -> bytes:
    """A serialized sensor_msgs/Image."""
    height, width = pixels.shape[:2]
    image = TYPES.types["sensor_msgs/msg/Image"](
        header=_header(stamp_ns), height=height, width=width, encoding=encoding, is_bigendian=0,
        step=3 * width, data=pixels.ravel(),
    )  # fmt: skip
    return bytes(TYPES.serialize_cdr(image, "sensor_msgs/msg/Image"))


def compressed_image(stamp_ns: int, data: bytes, form: str = "jpeg") -> bytes:
    """A serialized sensor_msgs/CompressedImage."""
    image = TYPES.types["sensor_msgs/msg/CompressedImage"](
        header=_header(stamp_ns), format=form, data=np.frombuffer(data, np.uint8)
    )
    return bytes(TYPES.serialize_cdr(image, "sensor_msgs/msg/CompressedImage"))


def _header(stamp_ns: int) -> Any:
    seconds, nanoseconds = divmod(stamp_ns, NANOSECONDS)
    stamp = TYPES.types["builtin_interfaces/msg/Time"](sec=seconds, nanosec=nanoseconds)
    return TYPES.types["std_msgs/msg/Header"](stamp=stamp, frame_id="camera")
