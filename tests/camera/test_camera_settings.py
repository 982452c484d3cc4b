"""What the camera's `source` may be."""

import pytest

from descant.camera.settings import Asked, CameraSettings, SourceKind, parse_source
from descant.errors import UserError


@pytest.mark.parametrize(
    ("text", "kind", "name"),
    [
        ("auto", SourceKind.AUTO, ""),
        ("keyboard", SourceKind.KEYBOARD, ""),
        ("device:0", SourceKind.DEVICE, "0"),
        ("device:/dev/video2", SourceKind.DEVICE, "/dev/video2"),
        ("device: Logitech", SourceKind.DEVICE, "Logitech"),
        ("file:show.mp4", SourceKind.FILE, "show.mp4"),
        ("url:http://camera:8080/video", SourceKind.URL, "http://camera:8080/video"),
    ],
)
def test_every_form_is_understood(text, kind, name):
    assert parse_source(text) == Asked(kind, name)


@pytest.mark.parametrize("text", ["", "0", "device", "file:", "keyboard:1", "webcam", "auto:x"])
def test_everything_else_is_refused_in_one_line(text):
    with pytest.raises(UserError, match=r"parameter 'source' must be auto, device:NUMBER") as error:
        parse_source(text)
    assert "\n" not in str(error.value)


def test_defaults_are_those_of_the_stage():
    settings = CameraSettings()
    assert (settings.width, settings.height, settings.rate) == (1280, 720, 30.0)
