"""Keeps a piano's port open: notices when it goes, opens it by name when it comes back."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Protocol

from descant.piano.midiports import Heard, matching
from descant.piano.settings import Source, SourceKind
from descant.types import NANOSECONDS

ACTIVE_SENSING = 0xFE
RETRY_NS = 2 * NANOSECONDS  # between attempts to reach a MIDI system that does not answer


class Status(IntEnum):
    """How the piano is; the numbers are those of PianoState.msg."""

    WAITING = 0
    PLAYING = 1
    LOST = 2
    FINISHED = 3


@dataclass(frozen=True)
class Report:
    """What is to be told: the status, the full name of the open port ('' if none), one line."""

    status: Status
    port: str
    message: str


class Client(Protocol):
    """What a connection needs of a MIDI system; `midiports.PortClient` is the real one."""

    def names(self) -> list[str]:
        """Input ports there are now."""

    def open(self, name: str, heard: Heard) -> None:
        """Open a port; `OSError` if it is gone."""

    def open_virtual(self, name: str, heard: Heard) -> None:
        """Make a port for others; `OSError` if that cannot be."""

    def there(self, name: str) -> bool:
        """Whether the open port is still there."""

    def close(self) -> None:
        """Leave."""


class Connection:
    """One piano at one port.

    Call `poll` twice a second; it opens, watches and opens again, and calls `changed` with a
    `Report` on every change. `heard` gets each message in the port's thread, active sensing left
    out; `lost` is called when the piano has gone, before the change is reported.
    """

    def __init__(
        self,
        source: Source,
        backends: Sequence[str],
        make_client: Callable[[str], Client],
        *,
        heard: Heard,
        lost: Callable[[], None],
        changed: Callable[[Report], None],
        silence_ns: int = NANOSECONDS,
    ) -> None:
        self.silence_ns = silence_ns
        self.report = Report(Status.WAITING, "", "")
        self._source = source
        self._backends = tuple(backends)
        self._make_client = make_client
        self._heard, self._lost, self._changed = heard, lost, changed
        self._clients: dict[str, Client] = {}
        self._refused: dict[str, str] = {}  # backend -> why it does not answer
        self._retry_ns: dict[str, int] = {}  # backend -> when to try it again
        self._open = ""  # backend of the open port
        self._last_ns = 0  # arrival of the last message
        self._sensed = False  # the piano sends active sensing
        self._polled_ns = 0

    def poll(self, now_ns: int) -> None:
        """See to the port; `now_ns` is the same clock that stamps the messages."""
        late = now_ns - self._polled_ns > self.silence_ns
        self._polled_ns = now_ns
        if self._open and not self._clients[self._open].there(self.report.port):
            self._drop(f"'{self.report.port}' is gone: all keys released, waiting for it")
        elif self._open and self._sensed and not late:
            # A poll that comes late says that this process stood still: not the piano's fault.
            self._judge_silence(now_ns)
        if not self._open:
            self._find(now_ns)

    def close(self) -> None:
        """Leave all MIDI systems; nothing is heard afterwards."""
        self._open = ""
        for backend in list(self._clients):
            self._leave(backend)

    def _judge_silence(self, now_ns: int) -> None:
        silent = now_ns - self._last_ns > self.silence_ns
        playing = self.report.status is Status.PLAYING
        if silent and playing:
            self._lost()
            text = f"'{self.report.port}' has fallen silent: all keys released, waiting for it"
            self._tell(Status.LOST, self.report.port, text)
            self._retry_ns[self._open] = now_ns
        elif not silent and not playing:
            self._tell(Status.PLAYING, self.report.port, f"'{self.report.port}' is back")
        elif silent and now_ns >= self._retry_ns[self._open]:
            self._open_again(now_ns)

    def _open_again(self, now_ns: int) -> None:
        """A device that came back under its old name needs a new connection to be heard."""
        if self._source.kind is SourceKind.VIRTUAL:
            return  # others are connected to it
        backend, name = self._open, self.report.port
        self._leave(backend)
        self._open = ""
        with contextlib.suppress(OSError):
            self._clients[backend] = self._make_client(backend)
            self._clients[backend].open(name, self._on_message)
            self._open = backend
            self._retry_ns[backend] = now_ns + RETRY_NS

    def _drop(self, text: str) -> None:
        backend, self._open, self._sensed = self._open, "", False
        self._lost()
        self._tell(Status.LOST, "", text)
        self._leave(backend)  # last: with a dead server this takes seconds

    def _leave(self, backend: str) -> None:
        client = self._clients.pop(backend, None)
        if client is not None:
            client.close()

    def _find(self, now_ns: int) -> None:
        """Open the first port that fits, in the first MIDI system that has one."""
        seen: list[str] = []
        for backend in self._backends:
            client = self._client(backend, now_ns)
            if client is None:
                continue
            names = client.names()
            virtual = self._source.kind is SourceKind.VIRTUAL
            fitting = [self._source.name] if virtual else matching(names, self._source)
            if fitting and self._try(client, fitting[0]):
                self._opened(backend, fitting[0], fitting)
                return
            seen += names
            if not names:  # there are none, or the server has died: ask anew next time
                self._leave(backend)
                self._retry_ns[backend] = now_ns + RETRY_NS
        if self.report.status is not Status.LOST:
            self._tell(Status.WAITING, "", self._why_waiting(seen))

    def _client(self, backend: str, now_ns: int) -> Client | None:
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

    def _try(self, client: Client, name: str) -> bool:
        virtual = self._source.kind is SourceKind.VIRTUAL
        self._sensed = False
        try:
            (client.open_virtual if virtual else client.open)(name, self._on_message)
        except OSError:
            return False  # it has gone meanwhile; the next poll looks again
        return True

    def _opened(self, backend: str, name: str, fitting: Sequence[str]) -> None:
        self._open = backend
        text = f"listening to '{name}' ({backend})"
        if len(fitting) > 1:
            text += f", the first of {len(fitting)} that fit; also: {', '.join(fitting[1:])}"
        refused = [f"no {b} ({why})" for b, why in self._refused.items()]
        self._tell(Status.PLAYING, name, "; ".join([text, *refused]))

    def _why_waiting(self, seen: Sequence[str]) -> str:
        refused = "; ".join(f"no {b} ({why})" for b, why in self._refused.items())
        if len(self._refused) == len(self._backends):
            return f"waiting for {self._source}: no MIDI system answers: {refused}"
        there = ", ".join(f"'{name}'" for name in sorted(seen)) or "none"
        text = f"waiting for {self._source}; MIDI ports there are: {there}"
        return f"{text}; {refused}" if refused else text

    def _tell(self, status: Status, port: str, message: str) -> None:
        report = Report(status, port, message)
        if report != self.report:
            self.report = report
            self._changed(report)

    def _on_message(self, data: Sequence[int], now_ns: int) -> None:
        self._last_ns = now_ns
        if data and data[0] == ACTIVE_SENSING:
            self._sensed = True
        else:
            self._heard(data, now_ns)
