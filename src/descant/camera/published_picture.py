# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""A picture as it is published: pixels and JPEG, each made when it is first wanted."""

from __future__ import annotations

from functools import cached_property

from descant.camera import opencv
from descant.camera.compression import Data, compress, decode, jpeg_size
from descant.camera.fitting import fit_picture
from descant.camera.picture_source import CameraFrame, Pixels
from descant.camera.settings import CameraSettings


class PublishedPicture:
    """One picture in the size and orientation of `settings`; `time_ns` as for `CameraFrame`.

    `ValueError` where a camera's JPEG is damaged.
    """

    def __init__(self, frame: CameraFrame, settings: CameraSettings) -> None:
        self.time_ns = frame.time_ns
        self._frame, self._settings = frame, settings

    @cached_property
    def pixels(self) -> Pixels:
        """Height x width x 3, blue green red."""
        pixels = self._frame.pixels
        if self._frame.is_jpeg:
            pixels = decode(pixels, "jpeg")
        return fit_picture(opencv.load(), pixels, self._settings)

    @cached_property
    def jpeg(self) -> Data:
        """The camera's own where it fits, else one of the pixels."""
        if self._frame.is_jpeg and self._fits():
            return self._frame.pixels
        return compress(self.pixels, self._settings.jpeg_quality)

    def _fits(self) -> bool:
        wanted = self._settings
        size = jpeg_size(self._frame.pixels[:65_536].tobytes())
        return size == (wanted.width, wanted.height) and not (wanted.mirror or wanted.flip)
