"""From the words of the parameter `source` to a source."""

from __future__ import annotations

from collections.abc import Callable

from descant.camera import devices, opencv
from descant.camera.base import Source
from descant.camera.capture import DeviceSource, UrlSource
from descant.camera.settings import Asked, CameraSettings, SourceKind, parse_source
from descant.camera.videofile import FileSource


def resolved(settings: CameraSettings) -> tuple[Asked, str]:
    """What is meant, 'auto' decided, and one line about that ('' where there was no choice)."""
    asked = parse_source(settings.source)
    if asked.kind is not SourceKind.AUTO:
        return asked, ""
    camera = devices.first_seeing(opencv.load(), devices.there_are())
    if camera is None:
        return Asked(SourceKind.KEYBOARD, ""), "no camera gives a picture: showing the keyboard"
    return Asked(SourceKind.DEVICE, str(camera.address)), f"taking the first camera, {camera}"


def make_source(asked: Asked, settings: CameraSettings, keyboard: Callable[[], Source]) -> Source:
    """The source that is meant; `keyboard` makes the test picture. `UserError` if it cannot be."""
    if asked.kind is SourceKind.FILE:
        return FileSource(asked.path, loop=settings.loop)
    if asked.kind is SourceKind.URL:
        return UrlSource(asked.name)
    if asked.kind is SourceKind.DEVICE:
        return DeviceSource(
            asked.name, width=settings.width, height=settings.height, rate=settings.rate
        )
    return keyboard()
