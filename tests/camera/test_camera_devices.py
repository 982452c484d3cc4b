# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Finding a camera again by the name of its hardware."""

import sys

import pytest

from descant.camera.capture import CameraDeviceSource
from descant.camera.devices import CameraDevice, list_devices, matching
from descant.camera.picture_source import PictureSourceError
from support.videos import write_video

LOGI = CameraDevice("/dev/video0", "Logi HD Pro Webcam C920")
META = CameraDevice("/dev/video1", "Logi HD Pro Webcam C920")
CAPTURE = CameraDevice("/dev/video4", "Cam Link 4K")


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux lists its cameras by name")
def test_cameras_are_listed_in_the_order_of_their_numbers(tmp_path):
    (tmp_path / "dev").mkdir()
    for number, name in ((10, "Cam Link 4K"), (2, "Logi C920")):
        (tmp_path / "dev" / f"video{number}").touch()
        folder = tmp_path / "sys" / "class" / "video4linux" / f"video{number}"
        folder.mkdir(parents=True)
        (folder / "name").write_text(name + "\n")
    assert [device.label for device in list_devices(tmp_path)] == ["Logi C920", "Cam Link 4K"]
    assert list_devices(tmp_path)[0].address == str(tmp_path / "dev" / "video2")


def test_a_camera_is_asked_for_by_number_path_or_part_of_its_name():
    present = [LOGI, META, CAPTURE]
    assert matching("4", present) == [CAPTURE]
    assert matching("/dev/video0", present) == [LOGI]
    assert matching("logi", present) == [LOGI, META]
    assert matching("", present) == present
    assert matching("nikon", present) == []


def test_a_camera_that_was_seen_is_found_under_another_number():
    moved = CameraDevice("/dev/video2", LOGI.label)
    assert matching("0", [CAPTURE, moved], known=LOGI.label) == [moved]


def test_what_took_the_old_number_is_not_taken_for_the_camera_first():
    other = CameraDevice("/dev/video0", "Integrated Camera")
    moved = CameraDevice("/dev/video2", LOGI.label)
    assert matching("0", [other, moved], known=LOGI.label) == [moved]


def test_a_source_opens_the_camera_again_where_it_is_now(tmp_path):
    """Video files stand for devices: OpenCV opens both by their path."""
    first = write_video(tmp_path / "video0.avi", 3)
    second = write_video(tmp_path / "video7.avi", 3)
    present = [CameraDevice(str(first), "Stage Camera")]
    source = CameraDeviceSource(
        "stage", width=320, height=180, rate=25, list_devices=lambda: present
    )
    assert "video0.avi (Stage Camera)" in source.open()
    assert source.read() is not None
    source.close()
    present.clear()
    with pytest.raises(PictureSourceError, match="waiting for device:stage; cameras found: none"):
        source.open()
    present.append(CameraDevice(str(second), "Stage Camera"))
    assert "video7.avi (Stage Camera)" in source.open()
    source.close()
