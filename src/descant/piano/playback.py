# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Play a timeline on the real clock, as a source of MIDI messages.

Times are those of `time.monotonic_ns()`.
"""

from __future__ import annotations

import threading
import time
from abc import abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from descant.piano.bundled import find_midi_file
from descant.piano.connection import PianoReport, PianoStatus
from descant.piano.decoder import CONTROL_CHANGE, RESET_ALL_CONTROLLERS
from descant.piano.midifile import MidiFile, TimedMessage, load
from descant.piano.player import DueEvent, Player, ReleaseAll, TimedEvent, Timeline
from descant.piano.settings import PianoSettings, parse_midi_source
from descant.piano.sources import MidiSource, SourceCallbacks
from descant.plain_text import plain
from descant.types import NANOSECONDS, PEDALS

LISTENERS_PERIOD = 0.05  # seconds
FINE_NS = 2_000_000  # the last part of the time before a deadline is slept separately


class PlaybackSource(MidiSource):
    """A timeline, played in real time once enough nodes subscribe to /notes.

    `toggle` and `jump_by` may be called from any thread. Raises `UserError` where `settings.start`
    lies behind the end.
    """

    AHEAD_NS = 0
    """Time before its stamp at which an event is sent."""

    def __init__(
        self, settings: PianoSettings, timeline: Timeline, callbacks: SourceCallbacks
    ) -> None:
        super().__init__()
        self._path = timeline.name
        self._duration_ns = timeline.duration_ns
        self._player = Player(
            timeline,
            start_ns=round(settings.start * NANOSECONDS),
            speed=settings.speed,
            loop=settings.loop,
        )
        self._wanted, self._awaited = settings.listeners, set(settings.awaited.split())
        self._timeout_s = settings.listeners_timeout
        self._callbacks = callbacks
        self._report = PianoReport(PianoStatus.WAITING, self._path, f"'{self._path}' is loaded")
        self._lock = threading.Lock()  # of the player, and of the order of its events
        self._wake = threading.Event()
        self._playing = False

    @property
    def report(self) -> PianoReport:
        """The last report."""
        return self._report

    @property
    def position(self) -> float:
        """Seconds into the file or recording."""
        return self._player.position_ns(self._now_ns()) / NANOSECONDS

    @property
    def duration(self) -> float:
        """Seconds of the file or recording."""
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
        """Apply `loop`, which is read at the end."""
        self._player.loop = settings.loop

    def toggle(self) -> None:
        """Pause, or play on."""
        with self._lock:
            if self._playing:
                change = self._player.start if self._player.paused else self._player.pause
                self._send(change(self._now_ns()))
        self._wake.set()

    def jump_by(self, seconds: float) -> None:
        """Jump forward, with negative `seconds` back, in the time of the file or recording."""
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

    @abstractmethod
    def _publish(self, event: Any, time_ns: int) -> None:
        """Send one event of the timeline, which was due at `time_ns`."""

    def _prepare(self) -> None:
        """Get ready, before the subscribers are awaited."""

    def _open(self) -> None:
        """Apply what holds at the start, before anything is played."""

    def _now_ns(self) -> int:
        """The player's clock, `AHEAD_NS` ahead of the time."""
        return time.monotonic_ns() + self.AHEAD_NS

    def _run(self) -> None:
        self._prepare()
        if not self._await_subscribers():
            return
        self._open()
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
        """Wait until an event is due, exact to 0.1 ms without spinning; False when it is to stop.

        Deadlines are absolute, so a late event does not delay the following ones.
        """
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
        for due_ns, event in events:
            # Without `AHEAD_NS` an event is stamped when it is sent, as the events of a port are.
            time_ns = due_ns if self.AHEAD_NS else time.monotonic_ns()
            if isinstance(event, ReleaseAll):
                self._callbacks.release_all(time_ns)
            else:
                self._publish(event, time_ns)

    def _await_subscribers(self) -> bool:
        """Wait for subscribers, at most `listeners_timeout`; False if stopped meanwhile."""
        deadline = time.monotonic() + self._timeout_s
        missing = self._missing()
        if missing:
            self._set_report(PianoStatus.WAITING, f"waiting for subscribers of /notes: {missing}")
        while self._missing() and time.monotonic() < deadline:
            if self._stop.wait(LISTENERS_PERIOD):
                return False
        if missing := self._missing():
            text = f"timeout after {self._timeout_s:g} s: no subscribers of /notes: {missing}"
            self._set_report(PianoStatus.WAITING, text)
        return not self._stop.is_set()

    def _missing(self) -> str:
        """Return the missing subscribers as '1 of 2' or 'learner, synth'; '' if none is missing."""
        present = self._callbacks.subscribers()
        if not self._awaited <= present:
            return ", ".join(sorted(self._awaited - present))
        return f"{len(present)} of {self._wanted}" if len(present) < self._wanted else ""

    def _set_report(self, status: PianoStatus, message: str) -> None:
        self._report = PianoReport(status, self._path, message)
        self._callbacks.on_report(self._report)


class MidiFileSource(PlaybackSource):
    """A MIDI file. Raises `UserError` for one that cannot be played."""

    def __init__(self, settings: PianoSettings, callbacks: SourceCallbacks) -> None:
        file = load(find_midi_file(parse_midi_source(settings.source).path))
        super().__init__(settings, file_timeline(file), callbacks)
        self.remarks = tuple(plain(f"{file.path}: {line}") for line in file.remarks)

    def _publish(self, event: Any, time_ns: int) -> None:
        self._callbacks.on_message(event, time_ns)


def file_timeline(file: MidiFile) -> Timeline:
    """Return the messages of a file, as bytes; what holds is the state of the pedals."""
    return Timeline(str(file.path), tuple(_events(file.messages)), file.duration_ns, _pedal)


def _events(messages: Iterable[TimedMessage]) -> Iterator[TimedEvent]:
    """The messages, where a reset of all controllers is that of the pedals which it lifts: so the
    last message of each pedal tells where it is.
    """
    down: dict[int, dict[int, None]] = {}  # channel -> its pedals that are down
    for time_ns, data in messages:
        status, controller, value = data
        pedals = down.setdefault(status & 0x0F, {})
        if status & 0xF0 == CONTROL_CHANGE and controller == RESET_ALL_CONTROLLERS:
            yield from (TimedEvent(time_ns, bytes((status, pedal, 0))) for pedal in pedals)
            pedals.clear()
            continue
        yield TimedEvent(time_ns, data)
        if _pedal(data) and value > 0:
            pedals[controller] = None
        elif _pedal(data):
            pedals.pop(controller, None)


def _pedal(message: Any) -> tuple[int, ...]:
    """Channel and pedal of a message that moves one."""
    moves = message[0] & 0xF0 == CONTROL_CHANGE and message[1] in PEDALS
    return (message[0] & 0x0F, message[1]) if moves else ()
