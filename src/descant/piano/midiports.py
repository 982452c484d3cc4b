# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""MIDI input ports through python-rtmidi.

mido opens ports with the same library, but drops active sensing and gives its client no name
unless the port is virtual; so ports are opened here.

Messages wait in rtmidi's own queue, which a thread of this module polls. A callback of rtmidi would
run Python, and the publishing of a note, in the thread that delivers the MIDI: with JACK that is
the thread for which the sound of every client waits.
"""

from __future__ import annotations

import contextlib
import importlib
import logging
import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from descant.errors import UserError
from descant.piano.jack_monitor import JackMonitor
from descant.resources import SourceName
from descant.stderr import silenced_stderr

LOG = logging.getLogger("descant.piano")
CLIENT_NAME = "descant-piano"
POLL_S = 0.0005  # period of the polls; a MIDI cable takes twice as long for a note
MOST_WAITING = 65_536  # messages: half a minute of the highest rate that was tried
# Ports that lead back into the computer: 'auto' never opens one.
NOT_A_PIANO = ("through", "thru", "loopback", "announce", "monitor", "rtmidi", CLIENT_NAME)

OnMessage = Callable[[Sequence[int], int], None]
"""Gets a MIDI message's bytes and the `time.monotonic_ns()` of its arrival; in a port's thread."""


def load_rtmidi() -> Any:
    """Return the library; `UserError` says how to install it."""
    try:
        return importlib.import_module("rtmidi")
    except ImportError:
        raise UserError(
            "live MIDI needs python-rtmidi: pip install 'descant[live]' (or use piano:=file:...)"
        ) from None


def backends(wanted: str = "auto") -> list[str]:
    """Return the MIDI systems to try, in order: 'alsa' before 'jack'.

    `UserError` if rtmidi does not support `wanted`. On macOS and Windows the names are rtmidi's
    own, e.g. 'core' and 'winmm'.
    """
    library = load_rtmidi()
    known = [library.get_api_name(api) for api in library.get_compiled_api()]
    if wanted == "auto":
        return known
    if wanted not in known:
        raise UserError(
            f"this python-rtmidi has no backend '{wanted}'; available: {', '.join(known)}"
        )
    return [wanted]


def matching(names: Sequence[str], source: SourceName) -> list[str]:
    """Return the port names that `source` may mean, sorted; the first one is opened.

    port:NAME matches a part of the name in any case; auto all ports that lead to a device.
    """
    if source.kind == "port":
        return sorted(name for name in names if source.name.lower() in name.lower())
    return sorted(n for n in names if not any(word in n.lower() for word in NOT_A_PIANO))


class PortClient:
    """One client of a MIDI system: lists its input ports and opens one of them.

    The constructor raises `OSError` where the system is not available (no ALSA sequencer, no JACK
    server). A client whose server has died lists no ports: close it and create a new one.
    """

    def __init__(self, backend: str) -> None:
        self._library = load_rtmidi()
        known = {self._library.get_api_name(api): api for api in self._library.get_compiled_api()}
        self._virtual = False
        self._closed = threading.Event()
        self._thread: threading.Thread | None = None
        # JACK clients of one name that connect at the same moment disturb each other, even on two
        # servers: their sockets lie under the same path.
        name = f"{CLIENT_NAME}-{os.getpid()}"
        with self._errors():
            self._input = self._library.MidiIn(
                known[backend], name=name, queue_size_limit=MOST_WAITING
            )
        self._server = JackMonitor(f"{name}-monitor") if backend == "jack" else None
        # A piano sends active sensing as long as it is connected; by default rtmidi drops it.
        self._input.ignore_types(sysex=True, timing=True, active_sense=False)

    def names(self) -> list[str]:
        """Return the names of the input ports; empty if the server has died."""
        if not self._server_alive():
            return []
        try:
            with self._errors():
                return list(self._input.get_ports())
        except OSError:
            return []

    def open(self, name: str, on_message: OnMessage) -> None:
        """Open the port with this full name; `OSError` if it no longer exists.

        JACK uses a new connection only some periods later.
        """
        names = self.names()
        if name not in names:
            raise OSError(f"port '{name}' no longer exists")
        self._start(on_message)
        with self._errors():
            self._input.open_port(names.index(name), name="piano")

    def open_virtual(self, name: str, on_message: OnMessage) -> None:
        """Create a port for other programs; `OSError` if that is impossible."""
        self._start(on_message)
        with self._errors():
            self._input.open_virtual_port(name)
        self._virtual = True

    def is_present(self, name: str) -> bool:
        """Return whether the open port still exists; a virtual one does as long as its server."""
        return self._server_alive() if self._virtual else name in self.names()

    def close(self) -> None:
        """Close the client; `on_message` is not called afterwards."""
        self._closed.set()
        if self._thread is not None:
            self._thread.join()
        with silenced_stderr():
            self._input.close_port()
            self._input.delete()
        if self._server is not None:
            self._server.close()

    def _start(self, on_message: OnMessage) -> None:
        if self._thread is None:
            self._thread = threading.Thread(
                target=self._poll, args=(on_message,), name="MIDI", daemon=True
            )
            self._thread.start()

    def _poll(self, on_message: OnMessage) -> None:
        """Poll the queue until the client is closed."""
        while not self._closed.is_set():
            for data, now_ns in self._messages():
                try:
                    on_message(data, now_ns)
                except Exception:  # one message must not stop the piano
                    LOG.exception("a MIDI message was dropped: %s", list(data))
            time.sleep(POLL_S)

    def _messages(self) -> list[tuple[Sequence[int], int]]:
        """Return the messages in the queue, with the time at which they were found there."""
        found = []
        while (message := self._input.get_message()) is not None:
            found.append((message[0], time.monotonic_ns()))
        return found

    @contextlib.contextmanager
    def _errors(self) -> Iterator[None]:
        """Raise the errors of rtmidi as `OSError`, without the name of its C++ function."""
        try:
            with silenced_stderr():
                yield
        except self._library.RtMidiError as error:
            text = str(error)
            raise OSError((text.partition(": ")[2] or text).rstrip(".?")) from None

    def _server_alive(self) -> bool:
        return self._server is None or self._server.alive
