"""A bag as the piano's source: the player in a thread of its own, on the real clock."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from typing import Protocol

from descant.bags.reader import read
from descant.piano.connection import Status
from descant.piano.midiports import Heard
from descant.piano.player import FINE_NS
from descant.piano.settings import PianoSettings, parse_source
from descant.piano.sources import Changed, PlayedSource
from descant.piano.sources import Release as ReleaseAll
from descant.replay.midi import messages
from descant.replay.player import Due, Player
from descant.replay.timeline import Parameters, Release, timeline
from descant.types import NANOSECONDS, Part

AHEAD_NS = 10_000_000
"""Each event is sent so much before the time it carries: a machine that wakes this thread late
then delays nothing that goes by the stamps, and all of it is early by the same."""


class ReplayContext(Protocol):
    """What is not played with hands and feet, and is brought about in the graph all the same.

    Called in the source's thread; each call returns when it is done.
    """

    def prepare(self) -> None:
        """Look round in the graph, before anything is played."""

    def bring(self, what: Parameters | Part, monotonic_ns: int) -> None:
        """Set the learner's parameters, or go to a part, as of `monotonic_ns`."""


class BagSource(PlayedSource):
    """A recording. Raises `UserError` for one that cannot be played.

    `toggle` and `jump_by` may be called from any thread.
    """

    def __init__(
        self,
        settings: PianoSettings,
        *,
        listeners: Callable[[], set[str]],
        heard: Heard,
        release: ReleaseAll,
        changed: Changed,
        context: ReplayContext,
    ) -> None:
        path = parse_source(settings.source).path
        super().__init__(settings, str(path), listeners, changed)
        line = timeline(read(path), str(path))
        self._duration_ns = line.duration_ns
        self._player = Player(
            line,
            start_ns=round(settings.start * NANOSECONDS),
            speed=settings.speed,
            loop=settings.loop,
        )
        self._prefix = settings.velocity_prefix_controller
        self._heard, self._release, self._context = heard, release, context
        self._lock = threading.Lock()  # of the player, and of the order of what it says
        self._wake = threading.Event()
        self._playing = False

    @property
    def position(self) -> float:
        """Seconds into the recording."""
        return self._player.position_ns(self._now_ns()) / NANOSECONDS

    @property
    def duration(self) -> float:
        """Seconds of the recording."""
        return self._duration_ns / NANOSECONDS

    @property
    def paused(self) -> bool:
        """Whether it stands still before its end."""
        return self._player.paused

    @property
    def ended(self) -> bool:
        """Whether it has been played to its end."""
        return self._player.ended

    def apply(self, settings: PianoSettings) -> None:
        """`loop` may change: it counts at the end of the recording."""
        self._player.loop = settings.loop
        self._prefix = settings.velocity_prefix_controller

    def toggle(self) -> None:
        """Pause, or go on."""
        with self._lock:
            if self._playing:
                turn = self._player.start if self._player.paused else self._player.pause
                self._do(turn(self._now_ns()))
        self._wake.set()

    def jump_by(self, seconds: float) -> None:
        """Forward, or with negative `seconds` back, in the recording's time."""
        with self._lock:
            if self._playing:
                now_ns = self._now_ns()
                position_ns = self._player.position_ns(now_ns) + round(seconds * NANOSECONDS)
                self._do(self._player.jump(now_ns, position_ns))
        self._wake.set()

    def close(self) -> None:
        """Stop; nothing is heard afterwards."""
        self._stop.set()
        self._wake.set()
        super().close()
        with self._lock:
            if self._playing:
                self._do(self._player.stop(self._now_ns()))

    def _now_ns(self) -> int:
        """The player's clock: ahead of the time by `AHEAD_NS`."""
        return time.monotonic_ns() + AHEAD_NS

    def _run(self) -> None:
        self._context.prepare()
        if not self._await_listeners():
            return
        for what in self._player.opening:
            if isinstance(what, Parameters | Part):
                self._context.bring(what, self._now_ns())
        self._tell(Status.PLAYING, f"playing '{self._path}' ({self.duration:.1f} s)")
        with self._lock:
            self._playing = True
            self._do(self._player.start(self._now_ns()))
        while self._wait():
            with self._lock:
                self._do(self._player.due(self._now_ns()))
            if self._player.ended:
                self._tell(Status.FINISHED, f"'{self._path}' has ended")

    def _wait(self) -> bool:
        """Until something is due; False when it is to stop. As precise as the operating system."""
        while not self._stop.is_set():
            self._wake.clear()
            next_ns = self._player.next_ns
            left_ns = None if next_ns is None else next_ns - self._now_ns()
            if left_ns is None or left_ns > FINE_NS:
                self._wake.wait(None if left_ns is None else (left_ns - FINE_NS // 2) / NANOSECONDS)
                continue
            if left_ns > 0:
                time.sleep(left_ns / NANOSECONDS)
            return not self._stop.is_set()
        return False

    def _do(self, happenings: Sequence[Due]) -> None:
        for time_ns, what in happenings:
            if isinstance(what, Release):
                self._release(time_ns)
            elif isinstance(what, Parameters | Part):
                self._context.bring(what, time_ns)
            else:
                for message in messages(what, self._prefix):
                    self._heard(message, time_ns)
