"""Notices the death of a JACK server, which rtmidi does not: its ports stay listed for ever."""

from __future__ import annotations

import importlib
import threading
from typing import Any

from descant.piano.quiet import quiet

PATIENCE_S = 2.0


class JackWatch:
    """A client without ports that is told when its server goes, within milliseconds.

    Needs the package JACK-Client and the system's libjack; without them the server is always
    taken to be alive, and only a piano's active sensing tells that it is not.
    """

    def __init__(self, client_name: str) -> None:
        self.alive = True
        self._client: Any = None
        try:
            jack = importlib.import_module("jack")
        except (ImportError, OSError):  # OSError: no libjack
            return
        with quiet():
            try:
                self._client = jack.Client(client_name, no_start_server=True)
            except jack.JackOpenError:
                self.alive = False
                return
        self._client.set_shutdown_callback(self._gone)

    def close(self) -> None:
        """Leave the server, or what remains of it; takes `PATIENCE_S` at most.

        On a very busy machine libjack (1.9.21) now and then waits for ever in here, for a lock
        that a thread of its own took with it when it was cancelled. Such a client is left behind.
        """
        if self._client is not None:
            leaving = threading.Thread(target=self._client.close, name="jack leaves", daemon=True)
            with quiet():
                leaving.start()
                leaving.join(PATIENCE_S)

    def _gone(self, _status: object, _reason: object) -> None:
        self.alive = False
