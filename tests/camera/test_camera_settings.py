"""What the camera's `source` may be."""

import pytest

from descant.camera.settings import (
    CameraSettings,
    PictureSourceKind,
    PictureSourceName,
    parse_picture_source,
)
from descant.errors import UserError


@pytest.mark.parametrize(
    ("text", "kind", "name"),
    [
        ("auto", PictureSourceKind.AUTO, ""),
        ("keyboard", PictureSourceKind.KEYBOARD, ""),
        ("device:0", PictureSourceKind.DEVICE, "0"),
        ("device:/dev/video2", PictureSourceKind.DEVICE, "/dev/video2"),
        ("device: Logitech", PictureSourceKind.DEVICE, "Logitech"),
        ("file:show.mp4", PictureSourceKind.FILE, "show.mp4"),
        ("url:http://camera:8080/video", PictureSourceKind.URL, "http://camera:8080/video"),
    ],
)
def test_every_form_is_understood(text, kind, name):
    assert parse_picture_source(text) == PictureSourceName(kind, name)


@pytest.mark.parametrize("text", ["", "0", "device", "file:", "keyboard:1", "webcam", "auto:x"])
def test_everything_else_is_refused_in_one_line(text):
    with pytest.raises(UserError, match=r"parameter 'source' must be auto, device:NUMBER") as error:
        parse_picture_source(text)
    assert "\n" not in str(error.value)


def test_defaults_are_those_of_the_stage():
    settings = CameraSettings()
    assert (settings.width, settings.height, settings.rate) == (1280, 720, 30.0)
