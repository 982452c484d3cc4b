# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Camera pictures in the recorder: every one is in the bag, or it is counted and said why not."""

import contextlib
import os
import re
import signal
import subprocess
import sys
import time
from array import array
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from rclpy.qos import QoSProfile, ReliabilityPolicy
from sensor_msgs.msg import CompressedImage

from descant import topics
from descant.msg import RecorderState
from support.graph import domain_id, graph_environment
from support.node import Listener, listener
from support.recording import frame_ids, recorder

pytestmark = pytest.mark.graph

CAMERA = """
import sys, time
from array import array
from pathlib import Path
import rclpy
from rclpy.qos import QoSProfile
from sensor_msgs.msg import CompressedImage
from descant.nodes.common.conversion import to_header
rclpy.init()
node = rclpy.create_node("camera")
quality = QoSProfile(depth=10)
pictures = node.create_publisher(CompressedImage, "camera/image_raw/compressed", quality)
data = array("B", Path(sys.argv[1]).read_bytes())
while pictures.get_subscription_count() == 0:
    time.sleep(0.01)
start = time.monotonic()
for number in range(int(sys.argv[2])):
    message = CompressedImage(header=to_header(time.time_ns(), str(number)), format="jpeg")
    message.data = data
    pictures.publish(message)
    time.sleep(max(0.0, start + (number + 1) / 30 - time.monotonic()))
while pictures.get_subscription_count() and not pictures.wait_for_all_acked():
    pass
"""
# Each write of more than 100 KB takes two seconds.
ON_A_SLOW_DISK = """
import sys, time
from io import FileIO
from descant.bags import mcapfile
class SlowFile(FileIO):
    def write(self, data):
        time.sleep(2.0 if len(data) > 100_000 else 0.0)
        return super().write(data)
mcapfile.FileIO = SlowFile
from descant.nodes.recorder import main
sys.exit(main())
"""


@pytest.fixture
def domain() -> int:
    return domain_id()


@pytest.fixture
def ears(domain: int) -> Iterator[Listener]:
    with listener(domain) as made:
        yield made


def noisy_jpeg(path: Path) -> Path:
    """A picture of 1280x720 with the noise of a camera: some 200 KB."""
    pixels = np.random.default_rng(1).normal(128, 16, (720, 1280, 3)).clip(0, 255).astype(np.uint8)
    path.write_bytes(cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, 80])[1])
    assert 100_000 < path.stat().st_size < 400_000
    return path


@pytest.mark.proof
def test_every_picture_of_a_camera_is_in_the_bag(
    domain: int, ears: Listener, tmp_path: Path
) -> None:
    """JPEG pictures of 1280x720, 30 a second. Beside other tests DDS may lose some on the way."""
    count = 300
    bag, picture = tmp_path / "show", noisy_jpeg(tmp_path / "picture.jpg")
    states = ears.collect(topics.RECORDER_STATE)
    name = "/camera/image_raw/compressed"
    with recorder(domain, bag) as node_:
        command = [sys.executable, "-c", CAMERA, str(picture), str(count)]
        with subprocess.Popen(command, env=graph_environment(domain)) as camera:
            ears.wait(lambda: camera.poll() is not None, "the camera's end")
        ears.wait(lambda: len(frame_ids(bag, name)) == count, "the pictures in the bag")
        assert node_.stop() == 0
        assert "missing" not in node_.output()
    assert frame_ids(bag, name) == [str(number) for number in range(count)]
    assert states[-1].dropped == 0


def test_pictures_that_the_disk_is_too_slow_for_are_counted_and_the_cause_is_told_once(
    domain: int, ears: Listener, tmp_path: Path
) -> None:
    bag, log = tmp_path / "show", tmp_path / "log"
    states = ears.collect(topics.RECORDER_STATE)
    pictures = ears.node.create_publisher(CompressedImage, "/camera/image_raw/compressed", 100)
    arguments = ["--ros-args", "-p", f"bag:={bag}", "-p", "reserve:=1", "-p", "queue:=2"]
    with log.open("wb") as out:
        child = subprocess.Popen(
            [sys.executable, "-c", ON_A_SLOW_DISK, *arguments],
            env=graph_environment(domain), stderr=out,
        )  # fmt: skip
    try:
        ears.wait(lambda: pictures.get_subscription_count() == 1, "its subscription")
        for number in range(40):
            image = CompressedImage(format="jpeg")
            image.header.frame_id = str(number)
            image.data = array("B", os.urandom(200_000))
            pictures.publish(image)
            time.sleep(0.03)
        ears.wait(lambda: bool(states) and states[-1].dropped > 0, "the number in its state")
        assert "messages missing: " in states[-1].message
    finally:
        child.terminate()
        ears.wait(lambda: states[-1].status == RecorderState.STOPPED, "its last state")
        assert child.wait(60) == 0
    output = log.read_text()
    # On a busy machine the processor may have been too slow first: tests/bags/test_thread.py.
    causes = re.findall(r"messages missing: (the .*); /recorder_state has", output)
    assert 1 <= len(causes) == len(set(causes))
    found = frame_ids(bag, "/camera/image_raw/compressed")
    assert len(found) == len(set(found)) == 40 - states[-1].dropped


def test_messages_that_are_lost_on_the_way_are_counted(
    domain: int, ears: Listener, tmp_path: Path
) -> None:
    """While the recorder is stopped, more arrive than DDS keeps for it."""
    bag, name = tmp_path / "show", "/camera/image_raw/compressed"
    states = ears.collect(topics.RECORDER_STATE)
    quality = QoSProfile(depth=1, reliability=ReliabilityPolicy.BEST_EFFORT)
    pictures = ears.node.create_publisher(CompressedImage, name, quality)
    with recorder(domain, bag) as node_:
        ears.wait(lambda: pictures.get_subscription_count() == 1, "its subscription")

        def publish(number: int) -> None:
            image = CompressedImage(format="jpeg", data=array("B", bytes(10_000)))
            image.header.frame_id = str(number)
            pictures.publish(image)

        publish(0)
        ears.wait(lambda: frame_ids(bag, name) == ["0"], "the first picture in the bag")
        os.kill(node_.process.pid, signal.SIGSTOP)
        for number in range(1, 1_000):
            publish(number)
        os.kill(node_.process.pid, signal.SIGCONT)
        # Those behind it may be lost as well, until it has caught up; the last one is not.
        last = 999
        while frame_ids(bag, name)[-1] != str(last):
            last += 1
            assert last < 1_100
            publish(last)
            with contextlib.suppress(AssertionError):
                ears.wait(lambda n=str(last): frame_ids(bag, name)[-1] == n, "it in the bag", 2.0)
        ears.wait(lambda: states[-1].dropped > 0, "the number in its state")
        missing = last + 1 - len(frame_ids(bag, name))
        ears.wait(lambda: states[-1].dropped == missing, "all of them")
        assert node_.stop() == 0
        lost = "messages missing: they were lost on the way to the recorder"
        assert node_.output().count(f"{lost}; ") == 1
        assert f"; {missing} {lost}" in node_.output()
