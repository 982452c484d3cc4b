# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The camera feed with a camera that freezes, hangs, disappears and comes back."""

import threading
import time

import numpy as np
import pytest

from descant.camera.feed import CameraFeed
from descant.camera.picture_source import (
    CameraFrame,
    CameraStatus,
    PictureSource,
    PictureSourceError,
)
from descant.camera.settings import CameraSettings
from support.node import wait_until

SETTINGS = CameraSettings(
    source="device:0", width=64, height=64, rate=100, freeze_timeout=0.3, retry_period=0.05
)


class FakeCamera(PictureSource):
    """A camera that does as it is told: see the attributes."""

    def __init__(self, *, live=True):
        self.live = live
        self.plugged = True
        self.frozen = False  # gives its last picture again and again
        self.hanging = False  # read does not return
        self.ended = False
        self.opened = 0
        self.closed = 0
        self._count = 0

    def open(self):
        if not self.plugged:
            raise PictureSourceError("waiting for device:0; cameras found: none")
        self.opened += 1
        return "a fake camera"

    def read(self):
        while self.hanging:
            time.sleep(0.01)
        time.sleep(0.01)
        if not self.plugged:
            raise PictureSourceError("the camera gives no more pictures")
        if self.ended:
            return None
        self._count += not self.frozen
        return CameraFrame(time.monotonic_ns(), np.full((64, 64, 3), self._count % 250, np.uint8))

    def close(self):
        self.closed += 1


class Watched:
    def __init__(self, camera, settings=SETTINGS):
        self.camera = camera
        self.pictures = []
        self.reports = []
        self.threads = set()
        self.feed = CameraFeed(
            lambda: camera, settings, on_picture=self._seen, on_report=self.reports.append
        )
        self.feed.start()

    def _seen(self, frame):
        self.pictures.append(frame)
        self.threads.add(threading.get_ident())

    def wait_status(self, status):
        wait_until(lambda: self.feed.report.status is status, f"{status}, not {self.feed.report}")

    def wait_more(self, count=3):
        wanted = len(self.pictures) + count
        wait_until(lambda: len(self.pictures) >= wanted, f"{count} more pictures")

    @property
    def statuses(self):
        return [report.status for report in self.reports]


@pytest.fixture
def watched():
    all_watched = []

    def watch(camera, settings=SETTINGS):
        all_watched.append(Watched(camera, settings))
        return all_watched[-1]

    yield watch
    for each in all_watched:
        each.camera.hanging = False
        each.feed.close()


@pytest.mark.parametrize("fault", ["frozen", "hanging"])
def test_a_camera_that_freezes_is_noticed_opened_again_and_taken_back(watched, fault):
    camera = FakeCamera()
    seen = watched(camera)
    seen.wait_more()
    setattr(camera, fault, True)
    froze = time.monotonic()
    seen.wait_status(CameraStatus.LOST)
    assert time.monotonic() - froze >= SETTINGS.freeze_timeout - 0.05
    what = "the same picture" if fault == "frozen" else "no picture"
    assert seen.feed.report.message == f"device:0: {what} for 0.3 s"
    shown = len(seen.pictures)
    setattr(camera, fault, False)
    seen.wait_status(CameraStatus.SEEING)
    seen.wait_more()
    assert camera.opened >= 2
    assert len(seen.pictures) > shown
    assert seen.statuses == [CameraStatus.SEEING, CameraStatus.LOST, CameraStatus.SEEING]
    assert len(seen.threads) == 1


def test_repeated_pictures_are_counted_and_not_published(watched):
    camera = FakeCamera()
    seen = watched(camera)
    seen.wait_more()
    camera.frozen = True
    seen.wait_status(CameraStatus.LOST)
    wait_until(lambda: seen.feed.repeated >= 10, "ten repetitions")
    pictures = [frame.pixels.tobytes() for frame in seen.pictures]
    assert len(set(pictures)) == len(pictures)


def test_without_a_timeout_a_picture_may_rest(watched):
    camera = FakeCamera()
    seen = watched(camera, SETTINGS.replace(freeze_timeout=0.0))
    camera.frozen = True
    wait_until(lambda: seen.feed.repeated >= 50, "fifty repetitions")
    seen.wait_more()
    assert seen.statuses == [CameraStatus.SEEING]


def test_a_file_may_rest_on_one_picture(watched):
    camera = FakeCamera(live=False)
    seen = watched(camera)
    camera.frozen = True
    wait_until(lambda: seen.feed.repeated >= 50, "fifty repetitions")
    seen.wait_more()
    assert seen.statuses == [CameraStatus.SEEING]


def test_a_camera_that_is_not_there_is_waited_for(watched):
    camera = FakeCamera()
    camera.plugged = False
    seen = watched(camera)
    wait_until(lambda: bool(seen.reports), "a report")
    assert seen.reports[0].status is CameraStatus.WAITING
    assert seen.reports[0].message == "waiting for device:0; cameras found: none"
    camera.plugged = True
    seen.wait_status(CameraStatus.SEEING)


def test_an_unplugged_camera_is_lost_until_it_is_back(watched):
    camera = FakeCamera()
    seen = watched(camera)
    seen.wait_more()
    camera.plugged = False
    seen.wait_status(CameraStatus.LOST)
    wait_until(lambda: "cameras found" in seen.feed.report.message, "a first retry")
    assert seen.feed.report.status is CameraStatus.LOST
    camera.plugged = True
    seen.wait_status(CameraStatus.SEEING)
    seen.wait_more()


def test_the_end_of_a_file_is_reported_and_final(watched):
    camera = FakeCamera(live=False)
    seen = watched(camera)
    seen.wait_more()
    camera.ended = True
    seen.wait_status(CameraStatus.FINISHED)
    wait_until(lambda: camera.closed == 1, "the file to be closed")
    assert camera.opened == 1


def test_the_newest_picture_counts_when_the_listener_is_slow(watched):
    camera = FakeCamera()
    seen = watched(camera)
    slow = seen._seen

    def slowly(frame):
        slow(frame)
        time.sleep(0.05)

    seen.feed._on_picture = slowly
    seen.wait_more(6)
    ages = [time.monotonic_ns() - frame.time_ns for frame in seen.pictures[-1:]]
    numbers = [int(frame.pixels[0, 0, 0]) for frame in seen.pictures[-3:]]
    assert ages[0] < 1e9
    assert numbers[-1] - numbers[0] > 2  # some were left out, none was queued


def test_a_source_that_holds_no_device_is_not_waited_for(watched):
    """As the keyboard while it is painted, which takes seconds."""
    camera = FakeCamera(live=False)
    seen = watched(camera)
    seen.wait_more()
    camera.hanging = True
    time.sleep(0.05)
    began = time.monotonic()
    seen.feed.close()
    assert time.monotonic() - began < 1.0
