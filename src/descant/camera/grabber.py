# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Read a picture source in a thread of its own and keep only the newest picture."""

from __future__ import annotations

import threading
import time

from descant.camera.picture_source import CameraFrame, PictureSource, PictureSourceError


class Grabber:
    """Opens `source` at once, reads it until it fails, ends or is stopped, and closes it.

    A read that hangs blocks its own thread only.
    """

    def __init__(self, source: PictureSource) -> None:
        self.opened_ns: int | None = None  # monotonic
        self.description = ""
        self.failure: str | None = None  # one line, '' for the end of a file; None before that
        self._source = source
        self._lock = threading.Condition()
        self._newest: CameraFrame | None = None
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="camera grabber", daemon=True)
        self._thread.start()

    def pop(self, timeout_s: float) -> CameraFrame | None:
        """Return the newest picture once, waiting for it; None if none came within the timeout."""
        with self._lock:
            self._lock.wait_for(lambda: self._newest or self.failure is not None, timeout_s)
            frame, self._newest = self._newest, None
            return frame

    @property
    def alive(self) -> bool:
        """Whether the thread still holds the source, so that no other may open it."""
        return self._thread.is_alive()

    def stop(self, timeout_s: float) -> None:
        """Stop reading, and wait at most `timeout_s` until the source is closed."""
        self._stopping = True
        self._source.interrupt()
        self._thread.join(timeout_s)

    def _run(self) -> None:
        failure = ""
        try:
            self.description = self._source.open()
            self.opened_ns = time.monotonic_ns()
            while not self._stopping:
                frame = self._source.read()
                if frame is None:
                    break
                self._keep(frame)
        except PictureSourceError as error:
            failure = str(error)
        except Exception as error:  # an unexpected error of a driver must not end the show
            failure = f"{type(error).__name__}: {error}"
        finally:
            self._source.close()
        with self._lock:
            self.failure = failure
            self._lock.notify_all()

    def _keep(self, frame: CameraFrame) -> None:
        with self._lock:
            self._newest = frame
            self._lock.notify_all()
