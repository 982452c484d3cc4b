"""Sources of MIDI messages, each in a thread of its own: a port, or a file that is played.

Times are those of `time.monotonic_ns()`.
"""

from __future__ import annotations

import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass

from descant.piano.bundled import find_midi_file
from descant.piano.connection import PianoReport, PianoStatus, PortConnection
from descant.piano.midifile import load
from descant.piano.midiports import OnMessage, PortClient, backends
from descant.piano.player import MidiPlayer, make_wait
from descant.piano.settings import PianoSettings, parse_midi_source
from descant.types import NANOSECONDS

POLL_PERIOD = 0.5  # seconds, so that a lost port is noticed well within 2 s
LISTENERS_PERIOD = 0.05  # seconds
JOIN_TIMEOUT = 5.0  # seconds


@dataclass(frozen=True)
class SourceCallbacks:
    """The functions that a source calls in its thread."""

    on_message: OnMessage
    release_all: Callable[[int], None]  # releases every held key, at a time in nanoseconds
    on_report: Callable[[PianoReport], None]  # gets every new report
    subscribers: Callable[[], set[str]]  # returns the names of the nodes that subscribe to /notes


class MidiSource(ABC):
    """Runs in its own thread from `start` to `close`."""

    def __init__(self) -> None:
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="piano source", daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def close(self) -> None:
        """Stop; no message is sent afterwards."""
        self._stop.set()
        if self._thread.ident is not None:
            self._thread.join(JOIN_TIMEOUT)

    @property
    @abstractmethod
    def report(self) -> PianoReport:
        """The last report."""

    @property
    def position(self) -> float:
        """Position in the file in seconds; 0 for a port."""
        return 0.0

    @property
    def duration(self) -> float:
        """Duration of the file in seconds; 0 for a port."""
        return 0.0

    @abstractmethod
    def apply(self, settings: PianoSettings) -> None:
        """Apply the parameters that may change while the node runs."""

    @abstractmethod
    def _run(self) -> None:
        """Run in the thread until `_stop` is set."""


class PortSource(MidiSource):
    """A MIDI port, opened again when it was lost."""

    def __init__(self, settings: PianoSettings, callbacks: SourceCallbacks) -> None:
        super().__init__()
        self._connection = PortConnection(
            parse_midi_source(settings.source),
            backends(settings.backend),
            PortClient,
            on_message=callbacks.on_message,
            on_lost=lambda: callbacks.release_all(time.monotonic_ns()),
            on_report=callbacks.on_report,
            silence_ns=round(settings.silence_timeout * NANOSECONDS),
        )

    @property
    def report(self) -> PianoReport:
        """The last report of the connection."""
        return self._connection.report

    def apply(self, settings: PianoSettings) -> None:
        """Apply `silence_timeout`."""
        self._connection.silence_ns = round(settings.silence_timeout * NANOSECONDS)

    def _run(self) -> None:
        while True:
            self._connection.poll(time.monotonic_ns())
            if self._stop.wait(POLL_PERIOD):
                self._connection.close()
                return


class PlaybackSource(MidiSource):
    """A file or recording, played in real time once enough nodes subscribe to /notes."""

    def __init__(self, settings: PianoSettings, path: str, callbacks: SourceCallbacks) -> None:
        super().__init__()
        self._path = path
        self._wanted, self._awaited = settings.listeners, set(settings.awaited.split())
        self._timeout_s = settings.listeners_timeout
        self._callbacks = callbacks
        self._report = PianoReport(PianoStatus.WAITING, path, f"'{path}' is loaded")

    @property
    def report(self) -> PianoReport:
        """The last report."""
        return self._report

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
        super().__init__(settings, str(file.path), callbacks)
        self._player = MidiPlayer(
            file,
            clock=time.monotonic_ns,
            wait=make_wait(self._stop),
            send=callbacks.on_message,
            release_all=callbacks.release_all,
            start=settings.start,
            speed=settings.speed,
            loop=settings.loop,
        )

    @property
    def position(self) -> float:
        """Position in the file in seconds."""
        return self._player.position_ns / NANOSECONDS

    @property
    def duration(self) -> float:
        """Duration of the file in seconds."""
        return self._player.duration_ns / NANOSECONDS

    def apply(self, settings: PianoSettings) -> None:
        """Apply `loop`, which is read at the end of the file."""
        self._player.loop = settings.loop

    def _run(self) -> None:
        if not self._await_subscribers():
            return
        self._set_report(PianoStatus.PLAYING, f"playing '{self._path}' ({self.duration:.1f} s)")
        if self._player.run():
            self._set_report(PianoStatus.FINISHED, f"'{self._path}' has ended")


def make_source(settings: PianoSettings, callbacks: SourceCallbacks) -> MidiSource:
    """Return the port or file that `settings.source` names. May raise `UserError`."""
    if parse_midi_source(settings.source).kind == "file":
        return MidiFileSource(settings, callbacks)
    return PortSource(settings, callbacks)
