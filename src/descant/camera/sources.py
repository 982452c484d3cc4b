"""Make the picture source that the parameter `source` names."""

from __future__ import annotations

from collections.abc import Callable

from descant.camera import devices, opencv
from descant.camera.capture import CameraDeviceSource, StreamSource
from descant.camera.picture_source import PictureSource
from descant.camera.settings import (
    CameraSettings,
    PictureSourceKind,
    PictureSourceName,
    parse_picture_source,
)
from descant.camera.video_file import VideoFileSource


def resolve_source(settings: CameraSettings) -> tuple[PictureSourceName, str]:
    """Return the source with 'auto' replaced, and one line about that ('' if it was not 'auto')."""
    name, kind = parse_picture_source(settings.source), PictureSourceKind
    if name.kind is not kind.AUTO:
        return name, ""
    camera = devices.first_working(opencv.load(), devices.list_devices())
    if camera is None:
        message = "no camera gives a picture: showing the keyboard"
        return PictureSourceName(kind.KEYBOARD, ""), message
    return PictureSourceName(kind.DEVICE, str(camera.address)), f"using the first camera, {camera}"


def make_source(
    name: PictureSourceName, settings: CameraSettings, keyboard: Callable[[], PictureSource]
) -> PictureSource:
    """Return the source of this name; `keyboard` makes the test picture. May raise `UserError`."""
    if name.kind is PictureSourceKind.FILE:
        return VideoFileSource(name.path, loop=settings.loop)
    if name.kind is PictureSourceKind.URL:
        return StreamSource(name.name)
    if name.kind is PictureSourceKind.DEVICE:
        return CameraDeviceSource(
            name.name, width=settings.width, height=settings.height, rate=settings.rate
        )
    return keyboard()
