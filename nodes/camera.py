# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The node `camera`: pictures of a camera, a video file or a drawn keyboard, for the stage."""

from __future__ import annotations

import array
import os
import sys
import time
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from rclpy.event_handler import QoSLivelinessChangedInfo
from rclpy.node import Node
from sensor_msgs.msg import CameraInfo, CompressedImage, Image
from std_msgs.msg import Header

from descant import topics
from descant.camera.dds_profile import adapted_profile, profile_in_use
from descant.camera.feed import CameraFeed
from descant.camera.keyboard_source import KeyboardSource
from descant.camera.picture_source import CameraReport, CameraStatus, PictureSource, Pixels
from descant.camera.published_picture import PublishedPicture
from descant.camera.settings import CameraSettings
from descant.camera.sources import make_source, resolve_source
from descant.decoding import from_note_event
from descant.fastdds import use_profile
from descant.msg import CameraState, NoteEvent
from descant.nodes.common.clock import PerformanceClock, steady_timer
from descant.nodes.common.conversion import to_header
from descant.nodes.common.diagnostics import DiagnosedPublisher
from descant.nodes.common.endpoints import publisher, subscription, watch_liveliness
from descant.nodes.common.invalid_messages import InvalidMessageGuard
from descant.nodes.common.parameters import declare, follow
from descant.nodes.common.players import Releases
from descant.nodes.common.runner import run
from descant.plain_text import plain
from descant.types import NANOSECONDS, Event, Note
from descant.validation import validate_note

STATE_PERIOD_S = 1.0
COLOURS = 3
JPEG = "bgr8; jpeg compressed bgr8"  # as image_transport writes it


class CameraNode(Node):
    """Publishes each picture in the feed's thread, as it arrives, in the forms that are wanted."""

    def __init__(self) -> None:
        super().__init__("camera")
        settings = declare(self, CameraSettings)
        self._performance = PerformanceClock(self)
        self._source, self._frame_id = settings.source, settings.frame_id
        self._size = (settings.width, settings.height)
        self._count = 0
        self._counted = (0, time.monotonic_ns())  # pictures and time of the last message
        self._keyboard: KeyboardSource | None = None
        self._invalid = InvalidMessageGuard(self, topics.NOTES.name)
        self._damaged = InvalidMessageGuard(self, topics.CAMERA_IMAGE.name, "picture left out")
        self._images = publisher(self, topics.CAMERA_IMAGE)
        self._compressed = publisher(self, topics.CAMERA_COMPRESSED)
        self._infos = publisher(self, topics.CAMERA_INFO)
        self._wanted = {"rate": settings.rate}
        self._states = DiagnosedPublisher(self, topics.CAMERA_STATE, lambda: self._wanted)
        self._feed = CameraFeed(
            lambda: self._make(settings),
            settings,
            on_picture=self._publish,
            on_report=self._announce,
        )
        follow(self, settings, self._apply)
        steady_timer(self, STATE_PERIOD_S, self._publish_state)
        self._feed.start()

    def close(self) -> None:
        """Close the camera."""
        self._feed.close()

    def _make(self, settings: CameraSettings) -> PictureSource:
        source, remark = resolve_source(settings)
        if remark:
            self.get_logger().info(plain(remark))
        return make_source(source, settings, lambda: self._make_keyboard(settings))

    def _make_keyboard(self, settings: CameraSettings) -> PictureSource:
        self._keyboard = keyboard = KeyboardSource(
            width=settings.width,
            height=settings.height,
            rate=settings.rate,
            glow=settings.velocity_glow,
            to_note_time=self._performance.at_ns,
        )

        def lift(event: Event) -> None:
            if isinstance(event, Note):
                keyboard.take(event)

        releases = Releases(self, self._performance.now_ns, lift)

        def draw(note: Note) -> None:
            releases.add(note)
            keyboard.take(note)

        subscription(self, topics.NOTES, lambda m, i: self._on_note(draw, m, i))
        watch_liveliness(self, topics.PIANO_STATE, self._on_liveliness)
        return keyboard

    def _on_liveliness(self, change: QoSLivelinessChangedInfo) -> None:
        if change.alive_count_change < 0 and self._keyboard is not None:
            self._keyboard.release_all(self._performance.now_ns())

    def _on_note(
        self, draw: Callable[[Note], None], message: NoteEvent, info: dict[str, int]
    ) -> None:
        note = from_note_event(message)
        self._performance.observe(note.time_ns, info["source_timestamp"])
        with self._invalid:
            draw(validate_note(note))

    def _apply(self, settings: CameraSettings) -> None:
        self._wanted = {"rate": settings.rate}
        self._feed.apply(settings)
        if self._keyboard is not None:
            self._keyboard.set_glow(settings.velocity_glow)

    def _publish(self, picture: PublishedPicture) -> None:
        header = to_header(self._performance.at_ns(picture.time_ns), self._frame_id)
        with self._damaged:
            if self._infos.get_subscription_count():
                width, height = self._size
                self._infos.publish(CameraInfo(header=header, width=width, height=height))
            if self._images.get_subscription_count():
                self._images.publish(_image(header, picture.pixels))
            if self._compressed.get_subscription_count():
                message = CompressedImage(header=header, format=JPEG)
                message.data = _octets(picture.jpeg)
                self._compressed.publish(message)
            self._count += 1

    def _announce(self, report: CameraReport) -> None:
        # Two calls: rclpy refuses two severities from one line of code.
        if report.status is CameraStatus.LOST:
            self.get_logger().warning(plain(report.message))
        else:
            self.get_logger().info(plain(report.message))
        self._publish_state()

    def _publish_state(self) -> None:
        now_ns, count, report = time.monotonic_ns(), self._count, self._feed.report
        before, before_ns = self._counted
        self._counted = (count, now_ns)
        seconds = max(1e-3, (now_ns - before_ns) / NANOSECONDS)
        self._states.publish(
            CameraState(
                header=to_header(self._performance.at_ns(now_ns)),
                status=int(report.status),
                source=self._source,
                message=report.message,
                width=self._size[0],
                height=self._size[1],
                frame_rate=(count - before) / seconds,
                pictures=count,
                repeated=self._feed.repeated,
            )
        )


def _image(header: Header, pixels: Pixels) -> Image:
    height, width = pixels.shape[:2]
    message = Image(
        header=header, height=height, width=width, encoding="bgr8", step=COLOURS * width
    )
    message.data = _octets(pixels)
    return message


def _octets(data: NDArray[np.uint8]) -> array.array[int]:
    """`data` as the field of a message: of a list or bytes Python would check every byte."""
    octets = array.array("B")
    octets.frombytes(data.data.cast("B"))
    return octets


def main() -> int:
    """Run the node."""
    use_profile(os.environ)
    profile = adapted_profile(os.environ, sys.argv)

    def make() -> CameraNode:
        with profile_in_use(os.environ, profile):
            return CameraNode()

    return run(make)
