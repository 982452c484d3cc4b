# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""A thread that computes sound ahead of the audio callback, into the callback's ring."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable

from descant.synth.sinks.audio_ring import AudioRing
from descant.synth.sinks.base import Pull
from descant.synth.sinks.scheduling import (
    PRIORITY,
    is_time_limited,
    request_real_time,
    set_ordinary,
    set_real_time,
)

WAIT_S = 0.1  # for the callback; then it is looked whether the thread shall end
STOP_S = 1.0


class AheadThread:
    """Keeps `ring` filled: whole periods of `period` frames, `ahead` of the callback at least.

    `failed` is called with what `pull` raised, `pulled` after each period.
    """

    def __init__(
        self,
        ring: AudioRing,
        pull: Pull,
        *,
        pulled: Callable[[], None],
        failed: Callable[[BaseException], None],
    ) -> None:
        self._ring, self._pull = ring, pull
        self._pulled, self._failed = pulled, failed
        self._period = self._ahead = 0
        self._ready, self._stop = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, name="sound ahead", daemon=True)
        self.scheduling = ""
        self._raised = 0  # the thread that started it, where it was given real-time priority

    def set_period(self, period: int, ahead: int) -> None:
        """Compute `period` frames at once, and so many that `ahead` frames are ready."""
        self._period = period
        self._ahead = max(1, math.ceil(ahead / period)) * period

    @property
    def ahead(self) -> int:
        """Frames that are ready where the thread is in time."""
        return self._ahead

    def start(self) -> None:
        """Start, once there is a period; returns when its scheduling is known.

        The calling thread, which holds Python's lock now and then, gets real-time priority as well,
        where that is allowed without rtkit and its limit of time: one that is put off the processor
        while it has the lock would put off this one.
        """
        self._thread.start()
        self._ready.wait()
        if not is_time_limited() and set_real_time(PRIORITY - 1):
            self._raised = threading.get_ident()

    def stop(self) -> None:
        """End it; what is in the ring is played."""
        if self._raised == threading.get_ident():
            set_ordinary()
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(STOP_S)

    def _run(self) -> None:
        self.scheduling = request_real_time()
        self._ready.set()
        try:
            while not self._stop.is_set():
                if self._ring.wait(self._ahead, WAIT_S):
                    self._ring.write(*self._pull(self._period))
                    self._pulled()
        except Exception as error:  # of any kind: LiveSynth logs it and reopens the sink
            self._failed(error)
