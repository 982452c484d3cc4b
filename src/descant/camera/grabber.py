"""One opening of a source, read in a thread of its own; only the newest picture is kept."""

from __future__ import annotations

import threading
import time

from descant.camera.base import Frame, Source, SourceError


class Grabber:
    """Opens `source` at once, reads it until it fails, ends or is told to leave, and closes it.

    A read that hangs holds up nobody but its own thread.
    """

    def __init__(self, source: Source) -> None:
        self.opened_ns: int | None = None  # monotonic
        self.description = ""
        self._source = source
        self._lock = threading.Condition()
        self._newest: Frame | None = None
        self._failure = ""
        self._ended = False
        self._leaving = False
        self._thread = threading.Thread(target=self._run, name="camera grabber", daemon=True)
        self._thread.start()

    def take(self, timeout_s: float) -> Frame | None:
        """The newest picture that was not taken yet, waiting for one; None if none came."""
        with self._lock:
            self._lock.wait_for(lambda: self._newest or self.over, timeout_s)
            frame, self._newest = self._newest, None
            return frame

    @property
    def over(self) -> bool:
        """Nothing more will come: it has `failure`, or has `ended`."""
        return bool(self._failure) or self._ended

    @property
    def failure(self) -> str:
        """Why there are no more pictures, one line; '' while there are, or after the last."""
        return self._failure

    @property
    def alive(self) -> bool:
        """Whether its thread still has the source: no other may open it."""
        return self._thread.is_alive()

    def leave(self, timeout_s: float) -> None:
        """Read no more, and wait so long at most for the source to be closed."""
        self._leaving = True
        self._source.interrupt()
        self._thread.join(timeout_s)

    def _run(self) -> None:
        failure = ""
        try:
            self.description = self._source.open()
            self.opened_ns = time.monotonic_ns()
            while not self._leaving:
                frame = self._source.read()
                if frame is None:
                    break
                self._keep(frame)
        except SourceError as error:
            failure = str(error)
        except Exception as error:  # a driver's surprise must not end the show
            failure = f"{type(error).__name__}: {error}"
        finally:
            self._source.close()
        with self._lock:
            self._failure, self._ended = failure, not failure
            self._lock.notify_all()

    def _keep(self, frame: Frame) -> None:
        with self._lock:
            self._newest = frame
            self._lock.notify_all()
