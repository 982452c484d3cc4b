# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Supervise a picture source: limit its rate, detect a freeze, open it again."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from descant.camera import opencv
from descant.camera.frame_filters import RateLimiter, RepetitionDetector
from descant.camera.grabber import Grabber
from descant.camera.picture_source import CameraFrame, CameraReport, CameraStatus, PictureSource
from descant.camera.published_picture import PublishedPicture
from descant.camera.settings import CameraSettings
from descant.camera.video_file import VideoFileSource
from descant.types import NANOSECONDS

POLL_S = 0.1  # period of the checks while a source gives no picture
CLOSE_TIMEOUT_S = 3.0


class CameraFeed:
    """Calls `on_picture` with each picture and `on_report` with each new report, in its own thread.

    `make` returns the source; it is called once, and the same source is opened again and again.
    """

    def __init__(
        self,
        make: Callable[[], PictureSource],
        settings: CameraSettings,
        *,
        on_picture: Callable[[PublishedPicture], None],
        on_report: Callable[[CameraReport], None],
    ) -> None:
        self.settings = settings
        self.report = CameraReport(CameraStatus.WAITING, f"opening {settings.source}")
        opencv.load().setNumThreads(1)  # the other cores are needed for the sound
        self._source = make()
        self._on_picture, self._on_report = on_picture, on_report
        self._limiter = RateLimiter(settings.rate)
        self._repetition = RepetitionDetector()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="camera feed", daemon=True)

    @property
    def repeated(self) -> int:
        """Number of pictures so far that equalled the one before."""
        return self._repetition.repeated

    def apply(self, settings: CameraSettings) -> None:
        """Apply the parameters that may change while the node runs."""
        self.settings = settings
        if isinstance(self._source, VideoFileSource):
            self._source.loop = settings.loop

    def start(self) -> None:
        """Open the source and start reading."""
        self._thread.start()

    def close(self) -> None:
        """Stop; `on_picture` is not called afterwards."""
        self._stop.set()
        self._source.interrupt()
        if self._thread.ident is not None:
            self._thread.join(2 * CLOSE_TIMEOUT_S)

    def _run(self) -> None:
        while not self._stop.is_set():
            grabber = Grabber(self._source)
            text = self._watch(grabber)
            if text is None:
                # Painting the keyboard takes seconds, and holds no device.
                grabber.stop(CLOSE_TIMEOUT_S if self._source.live else 0)
                return
            seen = self.report.status in (CameraStatus.SEEING, CameraStatus.LOST)
            self._set_report(CameraStatus.LOST if seen else CameraStatus.WAITING, text)
            grabber.stop(0)
            self._stop.wait(self.settings.retry_period)
            while grabber.alive and not self._stop.is_set():
                self._stop.wait(POLL_S)  # the driver holds the camera until its read returns

    def _watch(self, grabber: Grabber) -> str | None:
        """Publish pictures until the source fails; return why, or None where no retry can help."""
        new_ns: int | None = None
        while not self._stop.is_set():
            frame = grabber.pop(POLL_S)
            now_ns = time.monotonic_ns()
            new_ns = new_ns or grabber.opened_ns
            if frame is not None and self._publish(frame, grabber):
                new_ns = now_ns
            elif frame is None and grabber.failure is not None:
                return self._failure(grabber)
            elif new_ns is not None and self._frozen(now_ns - new_ns):
                what = "the same picture" if frame is not None else "no picture"
                return f"{self.settings.source}: {what} for {self.settings.freeze_timeout:g} s"
        return None

    def _failure(self, grabber: Grabber) -> str | None:
        if grabber.failure:
            if grabber.opened_ns is None:
                return grabber.failure
            return f"{self.settings.source}: {grabber.failure}"
        self._set_report(CameraStatus.FINISHED, f"{self.settings.source} has ended")
        return None

    def _frozen(self, silence_ns: int) -> bool:
        timeout_ns = self.settings.freeze_timeout * NANOSECONDS
        return self._source.live and 0 < timeout_ns < silence_ns

    def _publish(self, frame: CameraFrame, grabber: Grabber) -> bool:
        """Return whether the picture was new. A repeated picture of a camera is not published."""
        watched = self._source.live and self.settings.freeze_timeout > 0
        if not self._repetition.is_new(frame.pixels) and watched:
            return False
        self._set_report(CameraStatus.SEEING, f"seeing {grabber.description}")
        if self._limiter.accepts(frame.time_ns):
            self._on_picture(PublishedPicture(frame, self.settings))
        return True

    def _set_report(self, status: CameraStatus, message: str) -> None:
        report = CameraReport(status, message)
        if report != self.report:
            self.report = report
            self._on_report(report)
