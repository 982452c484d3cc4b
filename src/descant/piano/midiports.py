"""MIDI input ports through python-rtmidi.

mido opens ports with the same library, but drops active sensing and gives its client no name
unless the port is virtual; so the ports are opened here, and mido is left to the files.

What arrives waits in rtmidi's own queue, and a thread of ours takes it from there. A callback of
rtmidi would run Python, and the publishing of a note, in the thread that brings the MIDI: with
JACK that is the thread the sound of every client waits for.
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
from descant.piano.jackwatch import JackWatch
from descant.piano.quiet import quiet
from descant.piano.settings import Source, SourceKind

LOG = logging.getLogger("descant.piano")
CLIENT_NAME = "descant-piano"
LOOK_S = 0.0005  # between two looks into the queue; a MIDI cable takes twice as long for a note
WAITING = 65_536  # messages that the queue holds: half a minute of the worst that was tried
# Ports that lead back into the computer, so that 'auto' never takes one for a piano.
NOT_A_PIANO = ("through", "thru", "loopback", "announce", "monitor", "rtmidi", CLIENT_NAME)

Heard = Callable[[Sequence[int], int], None]
"""Takes a MIDI message's bytes and the `time.monotonic_ns()` of its arrival; in a port's thread."""


def rtmidi() -> Any:
    """The library, or a `UserError` that says how to get it."""
    try:
        return importlib.import_module("rtmidi")
    except ImportError:
        raise UserError(
            "live MIDI needs python-rtmidi: pip install 'descant[live]' (or use piano:=file:...)"
        ) from None


def backends(wanted: str = "auto") -> list[str]:
    """The MIDI systems to ask, in order: 'alsa' before 'jack'; `UserError` if it has not `wanted`.

    On macOS and Windows the names are rtmidi's own, e.g. 'core' and 'winmm'.
    """
    library = rtmidi()
    known = [library.get_api_name(api) for api in library.get_compiled_api()]
    if wanted == "auto":
        return known
    if wanted not in known:
        raise UserError(f"this python-rtmidi has no backend '{wanted}'; it has {', '.join(known)}")
    return [wanted]


def matching(names: Sequence[str], source: Source) -> list[str]:
    """The port names that `source` may mean, in sorted order; the first is taken.

    port:NAME matches a part of the name, whatever the case; auto all that lead to a device.
    """
    if source.kind is SourceKind.PORT:
        return sorted(name for name in names if source.name.lower() in name.lower())
    return sorted(n for n in names if not any(word in n.lower() for word in NOT_A_PIANO))


class PortClient:
    """One client of a MIDI system: lists its input ports and opens one of them.

    Making it raises `OSError` where the system does not answer (no ALSA sequencer, no JACK
    server). A client whose server has died lists no ports: close it and make a new one.
    """

    def __init__(self, backend: str) -> None:
        self._library = rtmidi()
        known = {self._library.get_api_name(api): api for api in self._library.get_compiled_api()}
        self._virtual = False
        self._closed = threading.Event()
        self._bringer: threading.Thread | None = None
        # JACK clients of one name that connect at the same moment get into each other's wires,
        # even on two servers: their sockets lie under the same path.
        name = f"{CLIENT_NAME}-{os.getpid()}"
        with self._errors():
            self._input = self._library.MidiIn(known[backend], name=name, queue_size_limit=WAITING)
        self._server = JackWatch(f"{name}-watch") if backend == "jack" else None
        # Active sensing is how a piano says that it is there; rtmidi drops it unless told.
        self._input.ignore_types(sysex=True, timing=True, active_sense=False)

    def names(self) -> list[str]:
        """The input ports there are now."""
        if not self._server_lives():
            return []
        try:
            with self._errors():
                return list(self._input.get_ports())
        except OSError:
            return []

    def open(self, name: str, heard: Heard) -> None:
        """Open the port with this full name; `OSError` if it has just gone.

        JACK routes along a new connection only some periods later.
        """
        names = self.names()
        if name not in names:
            raise OSError(f"port '{name}' is gone")
        self._listen(heard)
        with self._errors():
            self._input.open_port(names.index(name), name="piano")

    def open_virtual(self, name: str, heard: Heard) -> None:
        """Make a port that others connect to; `OSError` if that cannot be."""
        self._listen(heard)
        with self._errors():
            self._input.open_virtual_port(name)
        self._virtual = True

    def there(self, name: str) -> bool:
        """Whether the opened port is still there; a virtual one goes only with its server."""
        return self._server_lives() if self._virtual else name in self.names()

    def close(self) -> None:
        """Leave the MIDI system; nothing is heard afterwards."""
        self._closed.set()
        if self._bringer is not None:
            self._bringer.join()
        with quiet():
            self._input.close_port()
            self._input.delete()
        if self._server is not None:
            self._server.close()

    def _listen(self, heard: Heard) -> None:
        if self._bringer is None:
            self._bringer = threading.Thread(
                target=self._bring, args=(heard,), name="MIDI", daemon=True
            )
            self._bringer.start()

    def _bring(self, heard: Heard) -> None:
        """Look into the queue until the client is closed."""
        while not self._closed.is_set():
            for data, now_ns in self._arrived():
                try:
                    heard(data, now_ns)
                except Exception:  # whatever it is: the piano must not fall silent for one message
                    LOG.exception("a MIDI message was not taken: %s", list(data))
            time.sleep(LOOK_S)

    def _arrived(self) -> list[tuple[Sequence[int], int]]:
        """What waits in the queue, with the time it was found there."""
        found = []
        while (message := self._input.get_message()) is not None:
            found.append((message[0], time.monotonic_ns()))
        return found

    @contextlib.contextmanager
    def _errors(self) -> Iterator[None]:
        """What rtmidi raises as `OSError`, without the name of its C++ function."""
        try:
            with quiet():
                yield
        except self._library.RtMidiError as error:
            text = str(error)
            raise OSError((text.partition(": ")[2] or text).rstrip(".?")) from None

    def _server_lives(self) -> bool:
        return self._server is None or self._server.alive
