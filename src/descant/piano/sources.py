"""What the piano node listens to, in a thread of its own: a port, or a file being played.

Times are those of `time.monotonic_ns()`. A source calls `heard` with each message and its time,
`release` when everything held is to go up, `changed` with every new report.
"""

from __future__ import annotations

import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable

from descant.piano.bundled import find
from descant.piano.connection import Connection, Report, Status
from descant.piano.midifile import load
from descant.piano.midiports import Heard, PortClient, backends
from descant.piano.player import Player, real_wait
from descant.piano.settings import PianoSettings, SourceKind, parse_source
from descant.types import NANOSECONDS

POLL_PERIOD = 0.5  # seconds, so that a port that has gone is noticed well within 2 s
LISTENERS_PERIOD = 0.05  # seconds
JOIN_TIMEOUT = 5.0  # seconds

Release = Callable[[int], None]
Changed = Callable[[Report], None]


class Source(ABC):
    """Runs in its own thread from `start` to `close`."""

    def __init__(self) -> None:
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="piano source", daemon=True)

    def start(self) -> None:
        """Begin to listen or to play."""
        self._thread.start()

    def close(self) -> None:
        """Stop; nothing is heard afterwards."""
        self._stop.set()
        if self._thread.ident is not None:
            self._thread.join(JOIN_TIMEOUT)

    @property
    @abstractmethod
    def report(self) -> Report:
        """How it is now."""

    @property
    def position(self) -> float:
        """Seconds into the file; 0 for a port."""
        return 0.0

    @property
    def duration(self) -> float:
        """Seconds of the file; 0 for a port."""
        return 0.0

    @abstractmethod
    def apply(self, settings: PianoSettings) -> None:
        """Take over what may change while it runs."""

    @abstractmethod
    def _run(self) -> None:
        """What the thread does until `_stop` is set."""


class PortSource(Source):
    """A MIDI port, watched."""

    def __init__(
        self, settings: PianoSettings, *, heard: Heard, release: Release, changed: Changed
    ) -> None:
        super().__init__()
        self._connection = Connection(
            parse_source(settings.source),
            backends(settings.backend),
            PortClient,
            heard=heard,
            lost=lambda: release(time.monotonic_ns()),
            changed=changed,
            silence_ns=round(settings.silence_timeout * NANOSECONDS),
        )

    @property
    def report(self) -> Report:
        """How the connection is."""
        return self._connection.report

    def apply(self, settings: PianoSettings) -> None:
        """`silence_timeout` may change."""
        self._connection.silence_ns = round(settings.silence_timeout * NANOSECONDS)

    def _run(self) -> None:
        while True:
            self._connection.poll(time.monotonic_ns())
            if self._stop.wait(POLL_PERIOD):
                self._connection.close()
                return


class PlayedSource(Source):
    """What is played by itself, in real time, once enough nodes listen.

    `listeners` names those of /notes now.
    """

    def __init__(
        self,
        settings: PianoSettings,
        path: str,
        listeners: Callable[[], set[str]],
        changed: Changed,
    ) -> None:
        super().__init__()
        self._path = path
        self._wanted, self._awaited = settings.listeners, set(settings.awaited.split())
        self._patience = settings.listeners_timeout
        self._listeners, self._changed = listeners, changed
        self._report = Report(Status.WAITING, path, f"'{path}' is loaded")

    @property
    def report(self) -> Report:
        """How the playing is."""
        return self._report

    def _await_listeners(self) -> bool:
        """Wait for them, or until the patience ends; False if it is to stop meanwhile."""
        deadline = time.monotonic() + self._patience
        missing = self._missing()
        if missing:
            self._tell(Status.WAITING, f"waiting until {missing} to /notes")
        while self._missing() and time.monotonic() < deadline:
            if self._stop.wait(LISTENERS_PERIOD):
                return False
        if missing := self._missing():
            self._tell(Status.WAITING, f"waited {self._patience:g} s in vain until {missing}")
        return not self._stop.is_set()

    def _missing(self) -> str:
        """Who is still to listen, as '2 listen' or 'learner, synth listen'; '' for nobody."""
        there = self._listeners()
        if not self._awaited <= there:
            return ", ".join(sorted(self._awaited - there)) + " listen"
        return f"{self._wanted} listen" if len(there) < self._wanted else ""

    def _tell(self, status: Status, message: str) -> None:
        self._report = Report(status, self._path, message)
        self._changed(self._report)


class FileSource(PlayedSource):
    """A MIDI file. Raises `UserError` for one that cannot be played."""

    def __init__(
        self,
        settings: PianoSettings,
        *,
        listeners: Callable[[], set[str]],
        heard: Heard,
        release: Release,
        changed: Changed,
    ) -> None:
        file = load(find(parse_source(settings.source).path))
        super().__init__(settings, str(file.path), listeners, changed)
        self._player = Player(
            file,
            clock=time.monotonic_ns,
            wait=real_wait(self._stop),
            send=heard,
            release=release,
            start=settings.start,
            speed=settings.speed,
            loop=settings.loop,
        )

    @property
    def position(self) -> float:
        """Seconds into the file."""
        return self._player.position_ns / NANOSECONDS

    @property
    def duration(self) -> float:
        """Seconds of the file."""
        return self._player.duration_ns / NANOSECONDS

    def apply(self, settings: PianoSettings) -> None:
        """`loop` may change: it counts at the end of the file."""
        self._player.loop = settings.loop

    def _run(self) -> None:
        if not self._await_listeners():
            return
        self._tell(Status.PLAYING, f"playing '{self._path}' ({self.duration:.1f} s)")
        if self._player.run():
            self._tell(Status.FINISHED, f"'{self._path}' has ended")


def make_source(
    settings: PianoSettings,
    *,
    listeners: Callable[[], set[str]],
    heard: Heard,
    release: Release,
    changed: Changed,
) -> Source:
    """The source that `settings.source` asks for; `UserError` where it cannot be."""
    if parse_source(settings.source).kind is SourceKind.FILE:
        return FileSource(
            settings, listeners=listeners, heard=heard, release=release, changed=changed
        )
    return PortSource(settings, heard=heard, release=release, changed=changed)
