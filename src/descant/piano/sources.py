# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Sources of MIDI messages, each in a thread of its own, and the port as one of them.

Times are those of `time.monotonic_ns()`.
"""

from __future__ import annotations

import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass

from descant.piano.connection import PianoReport, PortConnection
from descant.piano.midiports import OnMessage, PortClient, backends
from descant.piano.settings import PianoSettings, parse_midi_source
from descant.types import NANOSECONDS

POLL_PERIOD = 0.5  # seconds, so that a lost port is noticed well within 2 s
JOIN_TIMEOUT = 5.0  # seconds


@dataclass(frozen=True)
class SourceCallbacks:
    """The functions that a source calls in its thread."""

    on_message: OnMessage
    release_all: Callable[[int], None]  # releases every held key, at a time in nanoseconds
    on_report: Callable[[PianoReport], None]  # gets every new report
    subscribers: Callable[[], set[str]]  # returns the names of the nodes that subscribe to /notes


class MidiSource(ABC):
    """Runs in its own thread from `start` to `close`. `remarks`: what was odd in its input."""

    remarks: tuple[str, ...] = ()

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
