# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Keep a piano's MIDI port open: detect its loss, and open it again by name."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Protocol

from descant.piano.midiports import OnMessage, matching
from descant.resources import SourceName
from descant.types import NANOSECONDS

ACTIVE_SENSING = 0xFE
RETRY_NS = 2 * NANOSECONDS  # between two attempts to connect to a MIDI system


class PianoStatus(IntEnum):
    """Status of the piano; the numbers are those of PianoState.msg."""

    WAITING = 0
    PLAYING = 1
    LOST = 2
    FINISHED = 3


@dataclass(frozen=True)
class PianoReport:
    """The status, the full name of the open port ('' if none), and one line for the user."""

    status: PianoStatus
    port: str
    message: str


class MidiClient(Protocol):
    """One client of a MIDI system; `midiports.PortClient` is the real one."""

    def names(self) -> list[str]:
        """Return the names of the input ports."""

    def open(self, name: str, on_message: OnMessage) -> None:
        """Open a port; `OSError` if it no longer exists."""

    def open_virtual(self, name: str, on_message: OnMessage) -> None:
        """Create a port for other programs; `OSError` if that is impossible."""

    def is_present(self, name: str) -> bool:
        """Return whether the open port still exists."""

    def close(self) -> None:
        """Close the client."""


class PortConnection:
    """The connection to one piano at one port.

    Call `poll` twice a second: it opens the port, detects its loss and opens it again.
    `on_report` gets a report on every change, `on_message` each message but active sensing, in the
    port's thread; `on_lost` is called when the piano is lost, before that is reported.
    """

    def __init__(
        self,
        source: SourceName,
        backends: Sequence[str],
        make_client: Callable[[str], MidiClient],
        *,
        on_message: OnMessage,
        on_lost: Callable[[], None],
        on_report: Callable[[PianoReport], None],
        silence_ns: int = NANOSECONDS,
    ) -> None:
        self.silence_ns = silence_ns
        self.report = PianoReport(PianoStatus.WAITING, "", "")
        self._source = source
        self._backends = tuple(backends)
        self._make_client = make_client
        self._on_message, self._on_lost, self._on_report = on_message, on_lost, on_report
        self._clients: dict[str, MidiClient] = {}
        self._refused: dict[str, str] = {}  # backend -> reason of its failure
        self._retry_ns: dict[str, int] = {}  # backend -> time of the next attempt
        self._open = ""  # backend of the open port
        self._last_ns = 0  # arrival of the last message
        self._sensed = False  # the piano sends active sensing
        self._polled_ns = 0

    def poll(self, now_ns: int) -> None:
        """Check the port; `now_ns` is on the clock of the messages' times."""
        late = now_ns - self._polled_ns > self.silence_ns
        self._polled_ns = now_ns
        if self._open and not self._clients[self._open].is_present(self.report.port):
            self._drop(f"'{self.report.port}' is lost: all keys released, waiting for it")
        elif self._open and self._sensed and not late:
            # After a late poll this process stood still: the silence is not the piano's.
            self._check_silence(now_ns)
        if not self._open:
            self._find(now_ns)

    def close(self) -> None:
        """Close all clients; `on_message` is not called afterwards."""
        self._open = ""
        for backend in list(self._clients):
            self._close_client(backend)

    def _check_silence(self, now_ns: int) -> None:
        silent = now_ns - self._last_ns > self.silence_ns
        playing = self.report.status is PianoStatus.PLAYING
        if silent and playing:
            self._on_lost()
            text = (
                f"'{self.report.port}' sends no active sensing: all keys released, waiting for it"
            )
            self._set_report(PianoStatus.LOST, self.report.port, text)
            self._retry_ns[self._open] = now_ns
        elif not silent and not playing:
            self._set_report(PianoStatus.PLAYING, self.report.port, f"'{self.report.port}' is back")
        elif silent and now_ns >= self._retry_ns[self._open]:
            self._open_again(now_ns)

    def _open_again(self, now_ns: int) -> None:
        """Open the port again: a device that returned under its old name needs a new connection."""
        if self._source.kind == "virtual":
            return  # other programs are connected to it
        backend, name = self._open, self.report.port
        self._close_client(backend)
        self._open = ""
        with contextlib.suppress(OSError):
            self._clients[backend] = self._make_client(backend)
            self._clients[backend].open(name, self._receive)
            self._open = backend
            self._retry_ns[backend] = now_ns + RETRY_NS

    def _drop(self, text: str) -> None:
        backend, self._open, self._sensed = self._open, "", False
        self._on_lost()
        self._set_report(PianoStatus.LOST, "", text)
        self._close_client(backend)  # last: with a dead server this takes seconds

    def _close_client(self, backend: str) -> None:
        client = self._clients.pop(backend, None)
        if client is not None:
            client.close()

    def _find(self, now_ns: int) -> None:
        """Open the first matching port of the first MIDI system that has one."""
        seen: list[str] = []
        for backend in self._backends:
            client = self._connected(backend, now_ns)
            if client is None:
                continue
            names = client.names()
            virtual = self._source.kind == "virtual"
            fitting = [self._source.name] if virtual else matching(names, self._source)
            if fitting and self._try(client, fitting[0]):
                self._opened(backend, fitting[0], fitting)
                return
            seen += names
            if not names:  # no ports, or the server has died: connect anew next time
                self._close_client(backend)
                self._retry_ns[backend] = now_ns + RETRY_NS
        if self.report.status is not PianoStatus.LOST:
            self._set_report(PianoStatus.WAITING, "", self._why_waiting(seen))

    def _connected(self, backend: str, now_ns: int) -> MidiClient | None:
        if backend in self._clients:
            return self._clients[backend]
        if now_ns < self._retry_ns.get(backend, now_ns):
            return None
        try:
            self._clients[backend] = self._make_client(backend)
        except OSError as error:
            self._refused[backend] = str(error)
            self._retry_ns[backend] = now_ns + RETRY_NS
            return None
        self._refused.pop(backend, None)
        return self._clients[backend]

    def _try(self, client: MidiClient, name: str) -> bool:
        virtual = self._source.kind == "virtual"
        self._sensed = False
        try:
            (client.open_virtual if virtual else client.open)(name, self._receive)
        except OSError:
            return False  # it has disappeared meanwhile; the next poll tries again
        return True

    def _opened(self, backend: str, name: str, fitting: Sequence[str]) -> None:
        self._open = backend
        text = f"connected to '{name}' ({backend})"
        if len(fitting) > 1:
            text += (
                f", the first of {len(fitting)} matching ports; others: {', '.join(fitting[1:])}"
            )
        refused = [f"no {b} ({why})" for b, why in self._refused.items()]
        self._set_report(PianoStatus.PLAYING, name, "; ".join([text, *refused]))

    def _why_waiting(self, seen: Sequence[str]) -> str:
        refused = "; ".join(f"no {b} ({why})" for b, why in self._refused.items())
        if len(self._refused) == len(self._backends):
            return f"waiting for {self._source}: no MIDI system available: {refused}"
        found = ", ".join(f"'{name}'" for name in sorted(seen)) or "none"
        text = f"waiting for {self._source}; MIDI ports found: {found}"
        return f"{text}; {refused}" if refused else text

    def _set_report(self, status: PianoStatus, port: str, message: str) -> None:
        report = PianoReport(status, port, message)
        if report != self.report:
            self.report = report
            self._on_report(report)

    def _receive(self, data: Sequence[int], now_ns: int) -> None:
        self._last_ns = now_ns
        if data and data[0] == ACTIVE_SENSING:
            self._sensed = True
        else:
            self._on_message(data, now_ns)
