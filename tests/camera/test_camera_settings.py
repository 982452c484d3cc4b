# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The forms of the parameter `source` of the camera."""

import pytest

from descant.camera.settings import CameraSettings, parse_picture_source
from descant.errors import UserError
from descant.resources import SourceName


@pytest.mark.parametrize(
    ("text", "kind", "name"),
    [
        ("auto", "auto", ""),
        ("keyboard", "keyboard", ""),
        ("device:0", "device", "0"),
        ("device:/dev/video2", "device", "/dev/video2"),
        ("device: Logitech", "device", "Logitech"),
        ("file:show.mp4", "file", "show.mp4"),
        ("url:http://camera:8080/video", "url", "http://camera:8080/video"),
    ],
)
def test_every_form_is_understood(text, kind, name):
    assert parse_picture_source(text) == SourceName(kind, name)


@pytest.mark.parametrize("text", ["", "0", "device", "file:", "keyboard:1", "webcam", "auto:x"])
def test_everything_else_is_refused_in_one_line(text):
    with pytest.raises(UserError, match=r"parameter 'source' must be auto, device:NUMBER") as error:
        parse_picture_source(text)
    assert "\n" not in str(error.value)


def test_defaults_are_those_of_the_stage():
    settings = CameraSettings()
    assert (settings.width, settings.height, settings.rate) == (1280, 720, 30.0)
