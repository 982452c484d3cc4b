"""A bag as the source of the piano node: the player in its own thread, on the real clock."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from typing import Protocol

from descant.bags.reader import read
from descant.piano.connection import PianoStatus
from descant.piano.player import FINE_NS
from descant.piano.settings import PianoSettings, parse_midi_source
from descant.piano.sources import PlaybackSource, SourceCallbacks
from descant.replay.midi import to_midi
from descant.replay.player import DueEvent, ReplayPlayer
from descant.replay.timeline import LearnerParameters, ReleaseAll, timeline
from descant.types import NANOSECONDS, Part

AHEAD_NS = 10_000_000
"""Each event is sent this long before its stamp: what goes by the stamps is not delayed where the
machine wakes this thread late."""


class ReplayContext(Protocol):
    """Applies the parameters and parts of a recording to the graph.

    Called in the source's thread; each call returns when it is done.
    """

    def prepare(self) -> None:
        """Discover the graph, before anything is played."""

    def apply(self, event: LearnerParameters | Part, monotonic_ns: int) -> None:
        """Set the learner's parameters, or begin a part, as of `monotonic_ns`."""


class BagSource(PlaybackSource):
    """Plays a recording; `toggle` and `jump_by` may be called from any thread.

    Raises `UserError` for a bag that cannot be played.
    """

    def __init__(
        self,
        settings: PianoSettings,
        callbacks: SourceCallbacks,
        context: ReplayContext,
    ) -> None:
        path = parse_midi_source(settings.source).path
        super().__init__(settings, str(path), callbacks)
        events = timeline(read(path), str(path))
        self._duration_ns = events.duration_ns
        self._player = ReplayPlayer(
            events,
            start_ns=round(settings.start * NANOSECONDS),
            speed=settings.speed,
            loop=settings.loop,
        )
        self._prefix = settings.velocity_prefix_controller
        self._context = context
        self._lock = threading.Lock()  # of the player, and of the order of its events
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
        """Whether it is stopped before its end."""
        return self._player.paused

    @property
    def ended(self) -> bool:
        """Whether it has been played to its end."""
        return self._player.ended

    def apply(self, settings: PianoSettings) -> None:
        """Apply `loop`, which is read at the end, and the prefix controller."""
        self._player.loop = settings.loop
        self._prefix = settings.velocity_prefix_controller

    def toggle(self) -> None:
        """Pause, or play on."""
        with self._lock:
            if self._playing:
                change = self._player.start if self._player.paused else self._player.pause
                self._send(change(self._now_ns()))
        self._wake.set()

    def jump_by(self, seconds: float) -> None:
        """Jump forward, with negative `seconds` back, in the recording's time."""
        with self._lock:
            if self._playing:
                now_ns = self._now_ns()
                position_ns = self._player.position_ns(now_ns) + round(seconds * NANOSECONDS)
                self._send(self._player.jump(now_ns, position_ns))
        self._wake.set()

    def close(self) -> None:
        """Stop; no event is sent afterwards."""
        self._stop.set()
        self._wake.set()
        super().close()
        with self._lock:
            if self._playing:
                self._send(self._player.stop(self._now_ns()))

    def _now_ns(self) -> int:
        """The player's clock, `AHEAD_NS` ahead of the time."""
        return time.monotonic_ns() + AHEAD_NS

    def _run(self) -> None:
        self._context.prepare()
        if not self._await_subscribers():
            return
        for event in self._player.opening:
            if isinstance(event, LearnerParameters | Part):
                self._context.apply(event, self._now_ns())
        self._set_report(PianoStatus.PLAYING, f"playing '{self._path}' ({self.duration:.1f} s)")
        with self._lock:
            self._playing = True
            self._send(self._player.start(self._now_ns()))
        while self._wait():
            with self._lock:
                self._send(self._player.due(self._now_ns()))
            if self._player.ended:
                self._set_report(PianoStatus.FINISHED, f"'{self._path}' has ended")

    def _wait(self) -> bool:
        """Wait until an event is due, as precisely as the system can; False when it is to stop."""
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

    def _send(self, events: Sequence[DueEvent]) -> None:
        for time_ns, event in events:
            if isinstance(event, ReleaseAll):
                self._callbacks.release_all(time_ns)
            elif isinstance(event, LearnerParameters | Part):
                self._context.apply(event, time_ns)
            else:
                for message in to_midi(event, self._prefix):
                    self._callbacks.on_message(message, time_ns)
