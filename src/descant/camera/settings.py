# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The parameters of the camera node, and the forms of its `source`."""

from __future__ import annotations

from dataclasses import dataclass

from descant.parameters import Settings, parameter
from descant.resources import SourceName, parse_source


def parse_picture_source(text: str) -> SourceName:
    """Parse auto, device:0, file:PATH, url:URL or keyboard; `ParameterError` otherwise."""
    return parse_source(
        text,
        bare=("auto", "keyboard"),
        named=("device", "file", "url"),
        expected="auto, device:NUMBER, device:PATH, device:NAME PART, file:PATH, url:URL or"
        " keyboard",
    )


@dataclass(frozen=True, kw_only=True)
class CameraSettings(Settings):
    """Source and form of the camera picture; the camera's exposure and focus are not changed."""

    source: str = parameter(
        "auto",
        "source of the camera picture: device:NUMBER, device:PATH or device:NAME PART (a camera,"
        " the last by a part of its name), file:PATH (a video), url:URL (a stream), keyboard (a"
        " moving test picture: a piano keyboard with the keys that are down), auto (the first"
        " camera that gives a picture at the start, else keyboard)",
        live=False,
    )
    width: int = parameter(
        1280, "width of the published camera picture", unit="pixels", ge=64, le=3840, live=False
    )
    height: int = parameter(
        720, "height of the published camera picture", unit="pixels", ge=64, le=2160, live=False
    )
    rate: float = parameter(
        30.0,
        "highest rate at which camera pictures are published; a slower source is not repeated",
        unit="Hz",
        ge=1.0,
        le=120.0,
        live=False,
    )
    fit: str = parameter(
        "crop",
        "how a source of another aspect ratio is fitted: crop (fill, cut the edges), bars (whole"
        " picture on black), stretch",
        choices=("crop", "bars", "stretch"),
    )
    jpeg_quality: int = parameter(
        80,
        "quality of the compressed pictures (camera/image_raw/compressed); those of a camera that"
        " compresses them itself are published as they are",
        ge=1,
        le=100,
    )
    frame_id: str = parameter(
        "camera", "frame_id in the header of pictures and camera_info", live=False
    )
    mirror: bool = parameter(False, "mirror the camera picture: exchange left and right")
    flip: bool = parameter(False, "turn the camera picture upside down")
    loop: bool = parameter(True, "start a video file again when it has ended")
    freeze_timeout: float = parameter(
        1.5,
        "time after which a camera that gives no picture, or the same one, counts as lost and is"
        " opened again; 0: never, and repeated pictures are published",
        unit="s",
        ge=0.0,
        le=60.0,
    )
    retry_period: float = parameter(
        1.0, "pause between two attempts to open a camera", unit="s", ge=0.05, le=60.0
    )
    velocity_glow: float = parameter(
        1.0,
        "brightness of the glow of pressed keys in the test picture (source keyboard); 0: none",
        ge=0.0,
        le=2.0,
    )
