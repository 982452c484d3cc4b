"""A source of pictures that is watched: paced, noticed when it freezes, opened again."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from descant.camera import opencv
from descant.camera.base import Frame, Report, Source, Status
from descant.camera.freeze import Repetition
from descant.camera.grabber import Grabber
from descant.camera.pace import Pace
from descant.camera.settings import CameraSettings
from descant.camera.shaping import shaped
from descant.camera.videofile import FileSource
from descant.types import NANOSECONDS

LOOK_S = 0.1  # how often a source that gives nothing is looked after
LEAVE_S = 3.0  # patience with a source that is being closed


class Feed:
    """Calls `seen` with each picture, in its own thread, and `changed` with each new report.

    `make` gives the source; it is asked once, and the same source is opened again and again.
    """

    def __init__(
        self,
        make: Callable[[], Source],
        settings: CameraSettings,
        *,
        seen: Callable[[Frame], None],
        changed: Callable[[Report], None],
    ) -> None:
        self.settings = settings
        self.report = Report(Status.WAITING, f"opening {settings.source}")
        self._cv2 = opencv.load()
        self._cv2.setNumThreads(1)  # the other cores are for the sound
        self._source = make()
        self._seen, self._changed = seen, changed
        self._pace = Pace(settings.rate)
        self._repetition = Repetition()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="camera feed", daemon=True)

    @property
    def repeated(self) -> int:
        """Pictures so far that were the same as the one before."""
        return self._repetition.repeated

    def apply(self, settings: CameraSettings) -> None:
        """Take over what may change while it runs."""
        self.settings = settings
        if isinstance(self._source, FileSource):
            self._source.loop = settings.loop

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def close(self) -> None:
        """Stop; nothing is seen afterwards."""
        self._stop.set()
        self._source.interrupt()
        if self._thread.ident is not None:
            self._thread.join(2 * LEAVE_S)

    def _run(self) -> None:
        while not self._stop.is_set():
            grabber = Grabber(self._source)
            text = self._watch(grabber)
            if text is None:
                grabber.leave(LEAVE_S)
                return
            seen = self.report.status in (Status.SEEING, Status.LOST)
            self._tell(Status.LOST if seen else Status.WAITING, text)
            grabber.leave(0)
            self._stop.wait(self.settings.retry_period)
            while grabber.alive and not self._stop.is_set():
                self._stop.wait(LOOK_S)  # it hangs in the driver, which has the camera until then

    def _watch(self, grabber: Grabber) -> str | None:
        """Pass pictures on until it fails; says how, or None when there is nothing to retry."""
        new_ns: int | None = None
        while not self._stop.is_set():
            frame = grabber.take(LOOK_S)
            now_ns = time.monotonic_ns()
            new_ns = new_ns or grabber.opened_ns
            if frame is not None and self._pass_on(frame, grabber):
                new_ns = now_ns
            elif frame is None and grabber.over:
                return self._how_it_ended(grabber)
            elif new_ns is not None and self._frozen(now_ns - new_ns):
                what = "the same picture" if frame is not None else "no picture"
                return f"{self.settings.source}: {what} for {self.settings.freeze_timeout:g} s"
        return None

    def _how_it_ended(self, grabber: Grabber) -> str | None:
        if grabber.failure:
            if grabber.opened_ns is None:
                return grabber.failure
            return f"{self.settings.source}: {grabber.failure}"
        self._tell(Status.FINISHED, f"{self.settings.source} has ended")
        return None

    def _frozen(self, silence_ns: int) -> bool:
        timeout_ns = self.settings.freeze_timeout * NANOSECONDS
        return self._source.live and 0 < timeout_ns < silence_ns

    def _pass_on(self, frame: Frame, grabber: Grabber) -> bool:
        """Whether the picture was new. A camera's repetition is shown to nobody."""
        watched = self._source.live and self.settings.freeze_timeout > 0
        if not self._repetition.is_new(frame.pixels) and watched:
            return False
        self._tell(Status.SEEING, f"seeing {grabber.description}")
        if self._pace.takes(frame.time_ns):
            self._seen(Frame(frame.time_ns, shaped(self._cv2, frame.pixels, self.settings)))
        return True

    def _tell(self, status: Status, message: str) -> None:
        report = Report(status, message)
        if report != self.report:
            self.report = report
            self._changed(report)
