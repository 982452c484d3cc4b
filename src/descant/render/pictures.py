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
from descant.stage.image_conversion import to_rgba
from descant.types import NANOSECONDS, Note

Pixels = NDArray[np.uint8]
IMAGE_TOPIC = "/camera/image"
IMAGE_TYPE = "sensor_msgs/msg/Image"
DEFAULT_RATE = 30  # of a video that does not say its own, Hz


class Pictures(Protocol):
    """Where the performer's picture comes from: asked at every frame, made where it is seen."""

    def go_to(self, time_ns: int) -> bool:
        """Go on to `time_ns` of the film, later than before; whether there is a new picture."""

    def pixels(self) -> Pixels:
        """The newest picture, RGBA. Asked only after `go_to` has said so; not written to after."""


class Nothing:
    """No performer's picture."""

    def go_to(self, time_ns: int) -> bool:
        """Never."""
        return False

    def pixels(self) -> Pixels:
        """A picture of nothing."""
        return np.zeros((1, 1, 4), np.uint8)


class Keyboard:
    """The keyboard with the keys that are down, drawn at most `camera.rate` times a second.

    `painted`: one on which nothing was played, where there is one already.
    """

    def __init__(
        self, notes: Iterable[Note], settings: CameraSettings, painted: Any = None
    ) -> None:
        self._cv2 = opencv.load()
        self._settings = settings
        self._notes = list(reversed(tuple(notes)))
        self._picture = painted
        self._tick = -1
        self._time_ns = 0

    def go_to(self, time_ns: int) -> bool:
        """Whether the camera's rate has come to its next tick."""
        tick = int(time_ns * self._settings.rate // NANOSECONDS)
        new = tick != self._tick
        self._tick = tick
        if new:
            self._time_ns = time_ns
        return new

    def pixels(self) -> Pixels:
        """The keys as they were at the latest tick."""
        if self._picture is None:
            self._picture = self._painted()
        while self._notes and self._notes[-1].time_ns <= self._time_ns:
            self._picture.take(self._notes.pop())
        return _rgba(self._cv2, self._picture.draw(self._time_ns), self._settings)

    def _painted(self) -> Any:
        """It takes seconds, so nobody waits for it who never sees it."""
        from descant.camera.keyboard.picture import KeyboardPicture  # noqa: PLC0415 -- OpenCV

        s = self._settings
        return KeyboardPicture(self._cv2, s.width, s.height, brightness=s.velocity_glow)


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
        self._newest: Any = None

    def go_to(self, time_ns: int) -> bool:
        """Whether the time of another of its pictures has come."""
        before = self._newest
        while self._next is not None and self._next[0] <= time_ns:
            self._newest = self._next[1]
            self._next = next(self._frames, None)
        return self._newest is not before

    def pixels(self) -> Pixels:
        """The last of its pictures whose time has come."""
        return _rgba(self._cv2, self._newest.to_ndarray(format="bgr24"), self._settings)

    def _decoded(self) -> Iterator[tuple[int, Any]]:
        """(time in the film, picture), without end where it loops."""
        start_ns = 0
        while True:
            end_ns = start_ns
            for time_ns, until_ns, frame in self._once():
                yield start_ns + time_ns, frame
                end_ns = start_ns + until_ns
            if end_ns == start_ns or not self._settings.loop:
                return
            start_ns = end_ns

    def _once(self) -> Iterator[tuple[int, int, Any]]:
        """(from, until, picture) of the whole file, in nanoseconds from its first picture."""
        import av  # noqa: PLC0415 -- a device library: imported only where used

        with av.open(str(self._path)) as container:
            stream = container.streams.video[0]
            stream.thread_type = "AUTO"
            period = 1.0 / float(stream.average_rate or DEFAULT_RATE)
            first: float | None = None
            for frame in container.decode(stream):
                seconds = float(frame.time or 0.0)
                first = seconds if first is None else first
                since = seconds - first
                yield round(since * NANOSECONDS), round((since + period) * NANOSECONDS), frame


class Recorded:
    """The pictures of a bag, each from the time it was taken on.

    `zero_ns`: the film's start on the bag's clock.
    """

    def __init__(self, bag: Path, zero_ns: int) -> None:
        self._bag = bag
        self._zero_ns = zero_ns
        self._messages = messages(bag, topics=(IMAGE_TOPIC,), types=(IMAGE_TYPE,))
        self._next = self._decoded()
        self._newest: Any = None

    def go_to(self, time_ns: int) -> bool:
        """Whether the time of another of its pictures has come."""
        before = self._newest
        while self._next is not None and self._next[0] <= time_ns:
            self._newest = self._next[1]
            self._next = self._decoded()
        return self._newest is not before

    def pixels(self) -> Pixels:
        """The last of its pictures whose time has come."""
        image = self._newest
        try:
            return to_rgba(image.data, image.width, image.height, image.step, image.encoding)
        except ValueError as error:
            raise UserError(f"{self._bag}: {IMAGE_TOPIC} cannot be shown: {error}") from None

    def _decoded(self) -> tuple[int, Any] | None:
        message = next(self._messages, None)
        if message is None:
            return None
        image = message.decode()
        stamp = image.header.stamp
        return stamp.sec * NANOSECONDS + stamp.nanosec - self._zero_ns, image


def are_recorded(bag: Path) -> bool:
    """Whether the bag has any picture of the performer."""
    return next(messages(bag, topics=(IMAGE_TOPIC,), types=(IMAGE_TYPE,)), None) is not None


def _rgba(cv2: Any, pixels: Pixels, settings: CameraSettings) -> Pixels:
    shape = shaped(cv2, pixels, settings)
    return np.asarray(cv2.cvtColor(shape, cv2.COLOR_BGR2RGBA), np.uint8)
