# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The camera picture at any time of a film: of the keyboard, a video file or a recording."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from descant.arrays import Pixels
from descant.bags.bag_scan import BagScan
from descant.bags.picture_topics import picture_topic
from descant.bags.reader import BagMessage, messages
from descant.bags.topic_selection import COMPRESSED_TYPE, RAW_TYPE
from descant.camera import opencv, video_reader
from descant.camera.fitting import fit_picture
from descant.camera.image_conversion import compressed_to_rgba, to_rgba
from descant.camera.settings import CameraSettings
from descant.decoding import from_time
from descant.errors import UserError
from descant.plain_text import counted, plain
from descant.types import NANOSECONDS, Note

_TYPES = (RAW_TYPE, COMPRESSED_TYPE)
_AHEAD_NS = 10 * NANOSECONDS
"""A stamp so long after the arrival of its picture is wrong."""
_FAR_NS = 86_400 * NANOSECONDS
"""So is one so far from the film's start."""


class CameraPictures(Protocol):
    """The source of camera pictures: advanced at every frame, computed where a frame shows one."""

    def advance(self, time_ns: int) -> bool:
        """Advance to `time_ns` of the film, later than before; True for a new picture."""

    def pixels(self) -> Pixels:
        """The newest picture, RGBA, never changed later. Called once `advance` returned True."""

    @property
    def remarks(self) -> tuple[str, ...]:
        """A line for each kind of pictures that could not be shown until now."""


class _WithoutRemarks:
    @property
    def remarks(self) -> tuple[str, ...]:
        """See `CameraPictures.remarks`."""
        return ()


class NoPictures(_WithoutRemarks):
    """No camera pictures."""

    def advance(self, time_ns: int) -> bool:
        """See `CameraPictures.advance`."""
        return False

    def pixels(self) -> Pixels:
        """One black pixel."""
        return np.zeros((1, 1, 4), np.uint8)


class KeyboardPictures(_WithoutRemarks):
    """The keyboard with the keys that are down, drawn at most `camera.rate` times a second.

    `keyboard`: a picture on which nothing was played yet, to draw into; made where it is None.
    """

    def __init__(
        self, notes: Iterable[Note], settings: CameraSettings, keyboard: Any = None
    ) -> None:
        self._cv2 = opencv.load()
        self._settings = settings
        self._notes = list(reversed(tuple(notes)))
        self._keyboard = keyboard
        self._tick = -1
        self._time_ns = 0

    def advance(self, time_ns: int) -> bool:
        """See `CameraPictures.advance`."""
        tick = int(time_ns * self._settings.rate // NANOSECONDS)
        new = tick != self._tick
        self._tick = tick
        if new:
            self._time_ns = time_ns
        return new

    def pixels(self) -> Pixels:
        """The keys as they were when `advance` last returned True."""
        if self._keyboard is None:
            self._keyboard = self._made()
        while self._notes and self._notes[-1].time_ns <= self._time_ns:
            self._keyboard.take(self._notes.pop())
        return _rgba(self._cv2, self._keyboard.draw(self._time_ns), self._settings)

    def _made(self) -> Any:
        """Made when it is first needed, as that takes seconds."""
        from descant.camera.keyboard.picture import KeyboardPicture  # noqa: PLC0415 -- OpenCV

        s = self._settings
        return KeyboardPicture(self._cv2, s.width, s.height, brightness=s.velocity_glow)


class _TimedPictures(_WithoutRemarks):
    """The newest of `pictures`, (time in the film, picture), at any time."""

    def __init__(self, pictures: Iterator[tuple[int, Any]]) -> None:
        self._pictures = pictures
        self._next = next(pictures, None)
        self._newest: Any = None

    def advance(self, time_ns: int) -> bool:
        """See `CameraPictures.advance`."""
        before = self._newest
        while self._next is not None and self._next[0] <= time_ns:
            self._newest = self._next[1]
            self._next = next(self._pictures, None)
        return self._newest is not before


class VideoPictures(_TimedPictures):
    """The pictures of a video file from its beginning, repeated with the parameter `camera.loop`.

    Raises `UserError` for a file that is missing or has no pictures.
    """

    def __init__(self, path: Path, settings: CameraSettings) -> None:
        video_reader.check_video(path)
        self._cv2 = opencv.load()
        self._settings = settings
        played = video_reader.play(path, lambda: settings.loop)
        super().__init__((round(p.start_s * NANOSECONDS), p.pixels) for p in played)

    def pixels(self) -> Pixels:
        """See `CameraPictures.pixels`."""
        return _rgba(self._cv2, self._newest, self._settings)


class RecordedPictures(_TimedPictures):
    """The pictures of one topic of a bag, raw or compressed, each from its stamp on.

    `zero_ns`: the film's start on the bag's clock. A picture that cannot be shown is set aside:
    the one before it stays.
    """

    def __init__(self, bag: Path, topic: str, zero_ns: int, namespace: str | None = None) -> None:
        self._topic, self._zero_ns = topic, zero_ns
        self._shown: Pixels = np.zeros((1, 1, 4), np.uint8)
        self._set_aside = 0
        self._reason = ""
        super().__init__(self._timed(messages(bag, (topic,), _TYPES, namespace)))

    @property
    def remarks(self) -> tuple[str, ...]:
        """See `CameraPictures.remarks`."""
        if not self._set_aside:
            return ()
        count = counted(self._set_aside, "picture")
        return (f"{count} of {plain(self._topic)} set aside: {self._reason}",)

    def pixels(self) -> Pixels:
        """See `CameraPictures.pixels`."""
        try:
            self._shown = _decoded(self._newest)
        except ValueError as error:
            self._leave_out(error)
        return self._shown

    def _timed(self, found: Iterable[BagMessage]) -> Iterator[tuple[int, Any]]:
        for message in found:
            try:
                image = message.decode()
            except UserError as error:
                self._leave_out(error)
                continue
            stamp_ns, log_ns = from_time(image.header.stamp), message.log_time_ns
            if stamp_ns > log_ns + _AHEAD_NS or abs(stamp_ns - self._zero_ns) > _FAR_NS:
                stamp_ns = log_ns  # of a camera that sends none, or that of another clock
            yield stamp_ns - self._zero_ns, image

    def _leave_out(self, error: Exception) -> None:
        self._set_aside += 1
        self._reason = self._reason or str(error)


def recorded_pictures(
    bag: Path, zero_ns: int, namespace: str | None = None
) -> RecordedPictures | None:
    """The camera pictures of a bag, of the performance in `namespace`; None where it has none."""
    topic = picture_topic(BagScan(bag, namespace).topics)
    return None if topic is None else RecordedPictures(bag, topic.name, zero_ns, namespace)


def _decoded(image: Any) -> Pixels:
    """`ValueError` for a picture that is damaged, or of an unknown encoding."""
    if hasattr(image, "format"):
        return compressed_to_rgba(image.data, image.format)
    return to_rgba(
        image.data, image.width, image.height, image.step, image.encoding,
        is_bigendian=bool(image.is_bigendian),
    )  # fmt: skip


def _rgba(cv2: Any, pixels: Pixels, settings: CameraSettings) -> Pixels:
    fitted = fit_picture(cv2, pixels, settings)
    return np.asarray(cv2.cvtColor(fitted, cv2.COLOR_BGR2RGBA), np.uint8)
