# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Make the picture source that the parameter `source` names."""

from __future__ import annotations

from collections.abc import Callable

from descant.camera import devices, opencv
from descant.camera.capture import CameraDeviceSource, StreamSource
from descant.camera.picture_source import PictureSource
from descant.camera.settings import CameraSettings, parse_picture_source
from descant.camera.video_file import VideoFileSource
from descant.resources import SourceName


def resolve_source(settings: CameraSettings) -> tuple[SourceName, str]:
    """Return the source with 'auto' replaced, and one line about that ('' if it was not 'auto')."""
    source = parse_picture_source(settings.source)
    if source.kind != "auto":
        return source, ""
    camera = devices.first_working(opencv.load(), devices.list_devices())
    if camera is None:
        return SourceName("keyboard", ""), "no camera gives a picture: showing the keyboard"
    return SourceName("device", str(camera.address)), f"using the first camera, {camera}"


def make_source(
    source: SourceName, settings: CameraSettings, keyboard: Callable[[], PictureSource]
) -> PictureSource:
    """Return the source of this name; `keyboard` makes the test picture. May raise `UserError`."""
    if source.kind == "file":
        return VideoFileSource(source.path, loop=settings.loop)
    if source.kind == "url":
        return StreamSource(source.name)
    if source.kind == "device":
        return CameraDeviceSource(
            str(source.path), width=settings.width, height=settings.height, rate=settings.rate
        )
    return keyboard()
