"""The camera picture at any time of a film: of the keyboard, a video file or a recording."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from descant.arrays import Pixels
from descant.bags.reader import BagMessage, messages
from descant.camera import opencv, video_reader
from descant.camera.fitting import fit_picture
from descant.camera.settings import CameraSettings
from descant.decoding import from_time
from descant.errors import UserError
from descant.stage.image_conversion import to_rgba
from descant.topics import CAMERA_IMAGE
from descant.types import NANOSECONDS, Note


class CameraPictures(Protocol):
    """The source of camera pictures: advanced at every frame, computed where a frame shows one."""

    def advance(self, time_ns: int) -> bool:
        """Advance to `time_ns` of the film, later than before; True for a new picture."""

    def pixels(self) -> Pixels:
        """The newest picture, RGBA, never changed later. Called once `advance` returned True."""


class NoPictures:
    """No camera pictures."""

    def advance(self, time_ns: int) -> bool:
        """See `CameraPictures.advance`."""
        return False

    def pixels(self) -> Pixels:
        """One black pixel."""
        return np.zeros((1, 1, 4), np.uint8)


class KeyboardPictures:
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


class _TimedPictures:
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
    """The pictures of a bag, each from its stamp on.

    `zero_ns`: the film's start on the bag's clock.
    """

    def __init__(self, bag: Path, zero_ns: int) -> None:
        self._bag = bag
        images = (message.decode() for message in _image_messages(bag))
        super().__init__((from_time(image.header.stamp) - zero_ns, image) for image in images)

    def pixels(self) -> Pixels:
        """See `CameraPictures.pixels`."""
        image = self._newest
        try:
            return to_rgba(image.data, image.width, image.height, image.step, image.encoding)
        except ValueError as error:
            raise UserError(f"{self._bag}: {CAMERA_IMAGE.name} cannot be shown: {error}") from None


def has_pictures(bag: Path) -> bool:
    """Whether the bag has any camera picture."""
    return next(_image_messages(bag), None) is not None


def _image_messages(bag: Path) -> Iterator[BagMessage]:
    return messages(bag, topics=(CAMERA_IMAGE.name,), types=(CAMERA_IMAGE.message_type,))


def _rgba(cv2: Any, pixels: Pixels, settings: CameraSettings) -> Pixels:
    fitted = fit_picture(cv2, pixels, settings)
    return np.asarray(cv2.cvtColor(fitted, cv2.COLOR_BGR2RGBA), np.uint8)
