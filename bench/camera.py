# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Camera pictures over the graph: how many arrive and how late, with and without the profile.

    python bench/camera.py [--seconds 20] [--sizes 1280x720,1920x1080] [--rate 30]

The real camera node plays a video (of noise, so that nothing is easy); this process listens where
the stage listens. The delay is from a picture's stamp, taken as it is handed to the node, to its
arrival as a message here. The profile is config/fastdds.xml, the baseline Fast DDS as it comes. In
the same run: compressed pictures beside raw ones, what it costs to compress those of a lit room and
how large they are, and the time to draw the test picture, with 20 keys moving.
"""

from __future__ import annotations

import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import click
import cv2
import numpy as np
import rclpy
from rclpy.executors import SingleThreadedExecutor
from results import Row, show
from sensor_msgs.msg import CompressedImage, Image

from descant import topics
from descant.camera.compression import compress
from descant.camera.keyboard.picture import KeyboardPicture
from descant.decoding import stamp_ns
from descant.msg import CameraState
from descant.nodes.common.endpoints import subscription
from descant.types import Note

BIN = Path(sys.prefix) / "lib" / "descant"
PROFILE = Path(__file__).parents[1] / "config" / "fastdds.xml"
DOMAIN = "89"
CLIP = 60  # pictures in the video, which is looped
QUALITY = 80
GRAIN = 4.0  # standard deviation of a camera's noise indoors, of 255
FORMS = {"raw": topics.CAMERA_IMAGE, "compressed": topics.CAMERA_COMPRESSED}


@dataclass(frozen=True)
class Delivery:
    """What one run gave: pictures sent and received while listening, delays in ms."""

    sent: int
    received: int
    delays: list[float]
    cpu: float  # seconds of the camera's process a second

    def percentile(self, percent: int) -> float:
        """The `percent`-th percentile of the delays, 1..99; NaN where nothing came."""
        if len(self.delays) < 2:
            return float("nan")
        return statistics.quantiles(self.delays, n=100, method="inclusive")[percent - 1]

    @property
    def loss(self) -> float:
        """Percent of the pictures that did not come."""
        return 100.0 * (1.0 - self.received / self.sent)


def write_clip(path: Path, size: tuple[int, int], rate: float) -> None:
    """A video of moving noise."""
    noise = np.random.default_rng(1).integers(0, 255, (size[1] // 8, size[0] // 8, 3), np.uint8)
    noise = cv2.resize(noise, size)
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), rate, size)
    for number in range(CLIP):
        writer.write(np.roll(noise, 8 * number, axis=1))
    writer.release()


def listen(seconds: float, form: str) -> None:
    """The other process: print what came (its own, because the profile is read once a process)."""
    rclpy.init()
    node = rclpy.create_node("bench")
    stamps: list[int] = []
    delays: list[float] = []
    states: list[CameraState] = []

    def arrived(message: Image | CompressedImage) -> None:
        now_ns = time.time_ns()
        stamps.append(stamp_ns(message))
        delays.append((now_ns - stamps[-1]) / 1e6)

    subscription(node, FORMS[form], arrived)
    subscription(node, topics.CAMERA_STATE, states.append)
    executor = SingleThreadedExecutor()
    executor.add_node(node)
    deadline = time.monotonic() + 60
    while len(states) < 3 and time.monotonic() < deadline:
        executor.spin_once(timeout_sec=0.2)
    begin = states[-1]
    end = time.monotonic() + seconds
    while time.monotonic() < end or states[-1].pictures == begin.pictures:
        executor.spin_once(timeout_sec=0.2)
    first, last = stamp_ns(begin), stamp_ns(states[-1])
    kept = [d for s, d in zip(stamps, delays, strict=True) if first <= s < last]
    sent = states[-1].pictures - begin.pictures
    print(sent, *(f"{d:.3f}" for d in kept))
    rclpy.shutdown()


def measure(
    clip: Path,
    size: tuple[int, int],
    rate: float,
    seconds: float,
    *,
    profile: bool,
    form: str = "raw",
) -> Delivery:
    """One run of the real node and a listener."""
    environment = {
        **os.environ, "ROS_DOMAIN_ID": DOMAIN, "ROS_AUTOMATIC_DISCOVERY_RANGE": "LOCALHOST",
    }  # fmt: skip
    environment.pop("FASTRTPS_DEFAULT_PROFILES_FILE", None)
    if profile:
        environment["FASTRTPS_DEFAULT_PROFILES_FILE"] = str(PROFILE)
    settings = {"source": f"file:{clip}", "width": size[0], "height": size[1], "rate": rate}
    words = [word for name, value in settings.items() for word in ("-p", f"{name}:={value}")]
    camera = subprocess.Popen(
        [str(BIN / "camera"), "--ros-args", *words], env=environment, stderr=subprocess.DEVNULL
    )
    try:
        began = time.monotonic()
        listener = subprocess.run(
            [sys.executable, __file__, "--listen", str(seconds), "--form", form],
            env=environment, capture_output=True, text=True, check=True,
        )  # fmt: skip
        ticks = os.sysconf("SC_CLK_TCK")
        fields = Path(f"/proc/{camera.pid}/stat").read_text().rsplit(") ", 1)[1].split()
        cpu = (int(fields[11]) + int(fields[12])) / ticks / (time.monotonic() - began)
    finally:
        camera.send_signal(signal.SIGINT)
        camera.wait(30)
    sent, *delays = listener.stdout.split()
    return Delivery(int(sent), len(delays), [float(d) for d in delays], cpu)


def rows_of(size: tuple[int, int], rate: float, seconds: float) -> list[Row]:
    """With the profile, beside without; and compressed, beside raw."""
    with tempfile.TemporaryDirectory() as folder:
        clip = Path(folder) / "clip.avi"
        write_clip(clip, size, rate)
        ours = measure(clip, size, rate, seconds, profile=True)
        bare = measure(clip, size, rate, seconds, profile=False)
        jpeg = measure(clip, size, rate, seconds, profile=True, form="compressed")
    name = f"{size[0]}x{size[1]}, {rate:g} Hz"
    plain = "no profile"
    return [
        Row(f"delivered, {name}", ours.received, "sent", ours.sent, "pictures"),
        Row(f"delivered, {name}, {plain}", bare.received, "sent", bare.sent, "pictures"),
        Row(f"delay p50, {name}", ours.percentile(50), plain, bare.percentile(50), "ms"),
        Row(f"delay p99, {name}", ours.percentile(99), plain, bare.percentile(99), "ms"),
        Row(f"CPU of the camera, {name}", ours.cpu, plain, bare.cpu, "s/s"),
        Row(
            f"delivered compressed, {name}",
            jpeg.received,
            "sent",
            jpeg.sent,
            "pictures",
            0.99,
            more_is_better=True,
        ),
        Row(f"delay compressed p50, {name}", jpeg.percentile(50), "raw", ours.percentile(50), "ms"),
        Row(f"delay compressed p99, {name}", jpeg.percentile(99), "raw", ours.percentile(99), "ms"),
        Row(f"CPU of the camera, compressed, {name}", jpeg.cpu, "raw", ours.cpu, "s/s"),
    ]


def drawing(size: tuple[int, int]) -> Row:
    """CPU time of one test picture with 20 keys moving, on one core, beside 8 ms."""
    cv2.setNumThreads(1)
    picture = KeyboardPicture(cv2, *size)
    for key in range(36, 96, 3):
        picture.take(Note(1_000_000_000, key, True, key, 90, 11_520))
    costs = []
    for number in range(150):
        began = time.process_time()
        picture.draw(1_050_000_000 + number * 33_333_333)
        costs.append((time.process_time() - began) * 1e3)
    return Row(
        f"drawing the keyboard {size[0]}x{size[1]}", statistics.median(costs), "8 ms", 8, "ms", 1.0
    )


def compressing(size: tuple[int, int], rate: float) -> list[Row]:
    """Of a lit room with a camera's noise: the share of one core, beside 15 %, and its size."""
    cv2.setNumThreads(1)
    room = KeyboardPicture(cv2, *size).draw(0).astype(np.float32)
    random = np.random.default_rng(1)
    costs, sizes = [], []
    for _ in range(30):
        picture = (room + random.normal(0.0, GRAIN, room.shape)).clip(0, 255).astype(np.uint8)
        began = time.process_time()
        data = compress(picture, QUALITY)
        costs.append(time.process_time() - began)
        sizes.append(data.size)
    name = f"a lit room, {size[0]}x{size[1]}, {rate:g} Hz"
    share, megabytes = 100.0 * statistics.median(costs) * rate, statistics.mean(sizes) * rate / 1e6
    return [
        Row(f"compressing {name}", share, "15 % of a core", 15, "%", 1.0),
        Row(f"compressed pictures of {name}", megabytes, "6 MB/s", 6, "MB/s", 1.0),
    ]


@click.command()
@click.option("--seconds", default=20.0, show_default=True, help="of each measurement")
@click.option("--sizes", default="1280x720,1920x1080", show_default=True)
@click.option("--rate", default=30.0, show_default=True, help="pictures a second")
@click.option("--listen", "listening", type=float, hidden=True)
@click.option("--form", type=click.Choice([*FORMS]), default="raw", hidden=True)
def main(seconds: float, sizes: str, rate: float, listening: float | None, form: str) -> None:
    """Measure and print."""
    if listening is not None:
        listen(listening, form)
        return
    rows: list[Row] = []
    for text in sizes.split(","):
        width, height = (int(n) for n in text.split("x"))
        rows += rows_of((width, height), rate, seconds)
    rows += compressing((1280, 720), rate)
    rows.append(drawing((1280, 720)))
    show("Camera pictures over the graph", rows, f"{seconds:g} s each")


if __name__ == "__main__":
    main()
