# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""A sink without a device: pulls samples at the sample rate, into a WAV file or nowhere."""

from __future__ import annotations

import threading
import time

from descant.paths import user_path
from descant.synth.sinks.base import Pull, Sink, SinkError
from descant.synth.sinks.wav_recording import WavRecording


class PacedSink(Sink):
    """Frame n of the file is n / sample_rate seconds after the start.

    After a stall (a busy machine) it catches up: no frame is left out, so the file stays as long
    as the performance.
    """

    def __init__(self, path: str | None, *, sample_rate: int, frames: int) -> None:
        super().__init__()
        self.name = "none" if path is None else f"wav:{path}"
        self.sample_rate = sample_rate
        self.period = frames
        self._file = None if path is None else WavRecording(user_path(path), sample_rate)
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self, pull: Pull) -> None:
        """See `Sink.start`."""
        self._thread = threading.Thread(target=self._run, args=(pull,), name="paced", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """See `Sink.close`; the file is complete then."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(timeout=2.0)
        if self._file is not None:
            self._file.close()

    def _run(self, pull: Pull) -> None:
        seconds = self.period / self.sample_rate
        start = time.monotonic()
        try:
            while True:
                early = start + self.pulls * seconds - time.monotonic()
                if self._stop.is_set() or (early > 0.0 and self._stop.wait(early)):
                    return
                left, right = pull(self.period)
                if self._file is not None:
                    self._file.write(left, right)
                self.pulls += 1
        except SinkError as error:
            self._failed(error)
        except Exception as error:  # of any kind: LiveSynth logs it and reopens the sink
            self._failed(f"{type(error).__name__}: {error}")
