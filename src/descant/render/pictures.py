"""The performer's picture for any time of the film: keyboard, video file, or as it was recorded."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from descant.bags.reader import messages
from descant.camera import opencv
from descant.camera.settings import CameraSettings
from descant.camera.shaping import shaped
from descant.errors import UserError
from descant.events import NANOSECONDS, Note
from descant.stage.pictures import to_rgba

Pixels = NDArray[np.uint8]
IMAGE_TOPIC = "/camera/image"
IMAGE_TYPE = "sensor_msgs/msg/Image"


class Pictures(Protocol):
    """Where the performer's picture comes from."""

    def at(self, time_ns: int) -> Pixels | None:
        """The picture that is new at `time_ns` of the film, RGBA; None where there is none.

        Times only grow. The array is not written to afterwards.
        """


class Nothing:
    """No performer's picture."""

    def at(self, time_ns: int) -> Pixels | None:
        """None, always."""


class Keyboard:
    """The keyboard with the keys that are down, drawn `camera.rate` times a second."""

    def __init__(self, notes: Iterable[Note], settings: CameraSettings) -> None:
        from descant.camera.keyboard.picture import KeyboardPicture  # noqa: PLC0415 -- OpenCV

        self._cv2 = opencv.load()
        self._settings = settings
        self._picture = KeyboardPicture(
            self._cv2, settings.width, settings.height, brightness=settings.velocity_glow
        )
        self._notes = list(reversed(tuple(notes)))
        self._drawn = -1

    def at(self, time_ns: int) -> Pixels | None:
        """As the keys were at the last tick of the camera's rate."""
        tick = int(time_ns * self._settings.rate // NANOSECONDS)
        if tick == self._drawn:
            return None
        self._drawn = tick
        while self._notes and self._notes[-1].time_ns <= time_ns:
            self._picture.take(self._notes.pop())
        return _rgba(self._cv2, self._picture.draw(time_ns), self._settings)


class VideoFile:
    """A video file from its beginning, again and again where `camera.loop` says so.

    Raises `UserError` for a file that is not there or shows nothing.
    """

    def __init__(self, path: Path, settings: CameraSettings) -> None:
        from descant.camera.videofile import FileSource  # noqa: PLC0415 -- OpenCV

        FileSource(path, loop=settings.loop)  # says in one line what is wrong with it
        self._cv2 = opencv.load()
        self._settings = settings
        self._path = path
        self._frames = self._decoded()
        self._next = next(self._frames, None)

    def at(self, time_ns: int) -> Pixels | None:
        """The last of its pictures whose time has come."""
        newest = None
        while self._next is not None and self._next[0] <= time_ns:
            newest = self._next[1]
            self._next = next(self._frames, None)
        if newest is None:
            return None
        return _rgba(self._cv2, newest.to_ndarray(format="bgr24"), self._settings)

    def _decoded(self) -> Iterator[tuple[int, Any]]:
        """(time in the film, picture), without end where it loops."""
        import av  # noqa: PLC0415 -- a device library: imported only where used

        start_ns = 0
        while True:
            first: float | None = None
            time_ns = period_ns = 0
            with av.open(str(self._path)) as container:
                stream = container.streams.video[0]
                stream.thread_type = "AUTO"
                period_ns = round(NANOSECONDS / float(stream.average_rate or 30))
                for frame in container.decode(stream):
                    seconds = float(frame.time or 0.0)
                    first = seconds if first is None else first
                    time_ns = start_ns + round((seconds - first) * NANOSECONDS)
                    yield time_ns, frame
            if first is None or not self._settings.loop:
                return
            start_ns = time_ns + period_ns


class Recorded:
    """The pictures of a bag, each from the time it was taken on.

    `zero_ns`: the film's start on the bag's clock.
    """

    def __init__(self, bag: Path, zero_ns: int) -> None:
        self._bag = bag
        self._zero_ns = zero_ns
        self._messages = messages(bag, topics=(IMAGE_TOPIC,), types=(IMAGE_TYPE,))
        self._next = self._decoded()

    def at(self, time_ns: int) -> Pixels | None:
        """The last of its pictures whose time has come."""
        newest = None
        while self._next is not None and self._next[0] <= time_ns:
            newest = self._next[1]
            self._next = self._decoded()
        return None if newest is None else self._pixels(newest)

    def _decoded(self) -> tuple[int, Any] | None:
        message = next(self._messages, None)
        if message is None:
            return None
        image = message.decode()
        stamp = image.header.stamp
        return stamp.sec * NANOSECONDS + stamp.nanosec - self._zero_ns, image

    def _pixels(self, image: Any) -> Pixels:
        try:
            return to_rgba(image.data, image.width, image.height, image.step, image.encoding)
        except ValueError as error:
            raise UserError(f"{self._bag}: {IMAGE_TOPIC} cannot be shown: {error}") from None


def are_recorded(bag: Path) -> bool:
    """Whether the bag has any picture of the performer."""
    return next(messages(bag, topics=(IMAGE_TOPIC,), types=(IMAGE_TYPE,)), None) is not None


def _rgba(cv2: Any, pixels: Pixels, settings: CameraSettings) -> Pixels:
    shape = shaped(cv2, pixels, settings)
    return np.asarray(cv2.cvtColor(shape, cv2.COLOR_BGR2RGBA), np.uint8)
