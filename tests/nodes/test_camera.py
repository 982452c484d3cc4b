# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The camera node as a real process: pictures over DDS, a video, a network camera, the keyboard."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import cv2
import numpy as np
import pytest
from rclpy.parameter import Parameter
from rclpy.parameter_client import AsyncParameterClient

from descant import topics
from descant.decoding import from_time
from descant.msg import CameraState, NoteEvent
from descant.nodes.common.conversion import to_header
from support.graph import domain_id, graph_environment
from support.mjpeg import network_camera
from support.node import listener, node
from support.videos import glowing, number_of, pixels, write_video

pytestmark = pytest.mark.graph
PROFILE = Path(__file__).parents[2] / "config" / "fastdds.xml"
NOTICED_WITHIN_S = 2.0
BUSY_S = 4.0  # grace for a machine that is busy with other tests
SMALL = {"width": 320, "height": 180}


class Eyes:
    """What a listener on the camera's two topics has seen, in order."""

    def __init__(self, ears):
        self.ears = ears
        self.states = ears.collect(topics.CAMERA_STATE)
        self.images = ears.collect(topics.CAMERA_IMAGE)

    def wait_status(self, status):
        self.ears.wait(lambda: self.status == status, f"status {status}")

    def wait_more(self, count=3):
        wanted = len(self.images) + count
        self.ears.wait(lambda: len(self.images) >= wanted, f"{count} more pictures")

    @property
    def status(self):
        return self.states[-1].status if self.states else None


@pytest.fixture
def domain():
    return domain_id()


@pytest.fixture
def eyes(domain, monkeypatch):
    monkeypatch.setenv("FASTRTPS_DEFAULT_PROFILES_FILE", str(PROFILE))
    monkeypatch.setenv("no_proxy", "127.0.0.1")  # FFmpeg would go through a proxy to this machine
    with listener(domain) as ears:
        yield Eyes(ears)


def decoded(message):
    return cv2.imdecode(np.frombuffer(message.data, np.uint8), cv2.IMREAD_COLOR)


def test_the_keyboard_stands_in_where_there_is_no_camera(domain, eyes):
    """At 1280x720: a raw picture that the default transport would drop nine times in ten."""
    if any(Path("/dev").glob("video*")):
        pytest.skip("this machine has a camera, and auto takes it")
    with node("camera", domain) as process:
        eyes.wait_status(CameraState.SEEING)
        eyes.wait_more(30)
        process.says("no camera gives a picture: showing the keyboard")
        image = eyes.images[-1]
        assert (image.width, image.height, image.encoding) == (1280, 720, "bgr8")
        assert (image.step, image.is_bigendian) == (3 * 1280, 0)
        assert image.header.frame_id == "camera"
        stamps = [from_time(each.header.stamp) for each in eyes.images]
        assert stamps == sorted(set(stamps))
        assert abs(stamps[-1] / 1e9 - time.time()) < BUSY_S
        counted = len(eyes.states)
        eyes.ears.wait(lambda: len(eyes.states) > counted + 1, "two states more")
        assert (eyes.states[-1].source, eyes.states[-1].width) == ("auto", 1280)
        sent, seconds = eyes.states[-1].pictures, (stamps[-1] - stamps[0]) / 1e9
        assert 0 < eyes.states[-1].frame_rate < 33
        assert len(eyes.images) <= sent
        assert len(stamps) - 1 <= 30 * seconds + 2
        assert process.stop() == 0


def test_keys_that_go_down_are_seen_until_their_player_has_left(domain, eyes):
    settings = {**SMALL, "source": "keyboard"}
    with node("camera", domain, settings):
        notes = eyes.ears.publisher(topics.NOTES)
        eyes.wait_status(CameraState.SEEING)
        eyes.ears.wait(lambda: notes.get_subscription_count() >= 1, "the camera on /notes")
        eyes.wait_more()
        assert glowing(eyes.images[-1]) < 20
        for key in (48, 60, 64, 67):
            header = to_header(time.time_ns())
            notes.publish(
                NoteEvent(
                    header=header, id=key, kind=NoteEvent.ON, key=key, velocity=120,
                    velocity_14bit=15_360,
                )
            )  # fmt: skip
        eyes.ears.wait(lambda: glowing(eyes.images[-1]) > 200, "the glow")
        eyes.ears.node.destroy_publisher(notes)
        eyes.ears.wait(lambda: glowing(eyes.images[-1]) < 20, "the release of who has left")


def test_a_video_is_played_from_end_to_end(domain, eyes, tmp_path):
    path = write_video(tmp_path / "show.avi", 128, rate=25)
    settings = {**SMALL, "source": f"file:{path}", "loop": "false"}
    with node("camera", domain, settings) as process:
        eyes.wait_status(CameraState.FINISHED)
        process.says("has ended")
        assert 60 <= eyes.states[-1].pictures <= 128  # late ones are left out
        assert eyes.states[-1].message == f"file:{path} has ended"
        eyes.ears.wait(lambda: bool(eyes.images), "a picture")
        eyes.ears.wait(lambda: number_of(pixels(eyes.images[-1])) >= 5, "the last pictures")
        assert {number_of(pixels(image)) for image in eyes.images} <= set(range(10))


@pytest.mark.parametrize(
    ("content", "expected"),
    [(None, "no video file"), (b"this is no video", "is broken, or not a video that OpenCV")],
    ids=["missing", "broken"],
)
def test_a_video_that_cannot_be_shown_is_one_line_and_status_2(domain, tmp_path, content, expected):
    path = tmp_path / "show.mp4"
    if content is not None:
        path.write_bytes(content)
    with node("camera", domain, {"source": f"file:{path}"}) as process:
        assert process.wait() == 2
        [line] = process.output().splitlines()
        assert line.startswith("error: ")
        assert expected in line


def test_a_source_that_is_not_understood_is_one_line_and_status_2(domain):
    with node("camera", domain, {"source": "webcam"}) as process:
        assert process.wait() == 2
        [line] = process.output().splitlines()
        assert "parameter 'source' must be auto, device:NUMBER" in line


def test_a_camera_that_is_not_there_is_waited_for(domain, eyes):
    with node("camera", domain, {"source": "device:73"}) as process:
        eyes.wait_status(CameraState.WAITING)
        process.says("waiting for device:73; cameras found:")
        assert "waiting for device:73" in eyes.states[-1].message
        assert process.process.poll() is None
        assert "WARN" not in process.output()  # OpenCV and FFmpeg have nothing to say
        assert process.stop() == 0


def test_a_frozen_camera_is_noticed_and_taken_back(domain, eyes):
    with network_camera() as camera:
        settings = {**SMALL, "source": f"url:{camera.url}"}
        with node("camera", domain, settings) as process:
            eyes.wait_status(CameraState.SEEING)
            eyes.wait_more(10)
            camera.frozen = True
            froze = time.monotonic()
            eyes.wait_status(CameraState.LOST)
            assert time.monotonic() - froze < NOTICED_WITHIN_S + BUSY_S
            process.says("the same picture for 1.5 s")
            assert eyes.states[-1].repeated > 10
            camera.frozen = False
            eyes.wait_status(CameraState.SEEING)
            eyes.wait_more()


def test_an_unplugged_camera_is_noticed_and_taken_back(domain, eyes):
    with network_camera() as camera:
        port = camera.port
        process = node("camera", domain, {**SMALL, "source": f"url:{camera.url}"})
        with process:
            eyes.wait_status(CameraState.SEEING)
            eyes.wait_more()
            camera.close()
            unplugged = time.monotonic()
            eyes.wait_status(CameraState.LOST)
            assert time.monotonic() - unplugged < NOTICED_WITHIN_S + BUSY_S
            with network_camera(port=port):
                eyes.wait_status(CameraState.SEEING)
                eyes.wait_more()


def test_the_picture_can_be_mirrored_while_it_runs(domain, eyes, tmp_path):
    left_white = np.zeros((180, 320, 3), np.uint8)
    left_white[:, :160] = 250
    path = tmp_path / "half.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 25, (320, 180))
    for _ in range(10):
        writer.write(left_white)
    writer.release()
    with node("camera", domain, {**SMALL, "source": f"file:{path}"}):
        eyes.wait_more()
        assert pixels(eyes.images[-1])[90, 20, 0] > 200
        client = AsyncParameterClient(eyes.ears.node, "camera")
        eyes.ears.wait(client.services_are_ready, "the node's parameters")
        client.set_parameters([Parameter("mirror", value=True)])
        eyes.ears.wait(lambda: pixels(eyes.images[-1])[90, 20, 0] < 50, "the mirrored picture")


def test_ctrl_c_lets_go_of_the_camera_in_order(domain):
    command = [str(Path(sys.prefix) / "lib" / "descant" / "camera"), "--ros-args"]
    settings = ["-p", "source:=device:73"]
    with subprocess.Popen(
        [*command, *settings], env=graph_environment(domain), stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stderr is not None
            process.stderr.readline()
            process.send_signal(signal.SIGINT)
            assert process.wait(30) == 0
        finally:
            if process.poll() is None:
                process.kill()


def test_raw_compressed_and_camera_info_are_one_picture(domain, eyes, tmp_path):
    """By image_transport's conventions: for other machines, bags and other people's nodes."""
    path = write_video(tmp_path / "show.avi", 128, rate=25)
    jpegs = eyes.ears.collect(topics.CAMERA_COMPRESSED)
    infos = eyes.ears.collect(topics.CAMERA_INFO)
    settings = {**SMALL, "source": f"file:{path}", "frame_id": "gallery"}
    with node("camera", domain, settings) as process:
        eyes.wait_more(10)
        eyes.ears.wait(lambda: len(jpegs) > 10 and len(infos) > 10, "compressed pictures")
        raw = {from_time(m.header.stamp): m for m in eyes.images}
        pairs = [(m, raw[t]) for m in jpegs if (t := from_time(m.header.stamp)) in raw]
        assert pairs
        for jpeg, image in pairs:
            assert jpeg.format == "bgr8; jpeg compressed bgr8"
            assert jpeg.header == image.header
            assert np.abs(decoded(jpeg).astype(int) - pixels(image)).mean() < 4
        assert {(m.width, m.height, m.header.frame_id) for m in infos} == {(320, 180, "gallery")}
        assert not any(infos[-1].k)
        assert {from_time(m.header.stamp) for m in infos} & set(raw)
        assert process.stop() == 0


def test_a_network_camera_s_own_jpeg_is_published(domain, monkeypatch):
    """And its pixels only while somebody wants them."""
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with network_camera() as camera, listener(domain) as ears:
        jpegs = ears.collect(topics.CAMERA_COMPRESSED)
        settings = {**SMALL, "source": f"url:{camera.url}", "jpeg_quality": 1}
        with node("camera", domain, settings) as process:
            ears.wait(lambda: len(jpegs) > 5, "compressed pictures")
            assert {bytes(m.data) for m in jpegs} <= set(camera.served)
            images = ears.collect(topics.CAMERA_IMAGE)
            ears.wait(lambda: len(images) > 2, "raw pictures")
            assert images[-1].height == 180
            assert process.stop() == 0


def test_the_node_ends_at_once_while_it_paints_the_keyboard(domain, eyes):
    with node("camera", domain, {"source": "keyboard", "width": 3840, "height": 2160}) as process:
        eyes.ears.wait(lambda: bool(eyes.states), "the camera's state")
        assert eyes.status == CameraState.WAITING
        began = time.monotonic()
        assert process.stop() == 0
        assert time.monotonic() - began < 3.0
