"""Notices the death of a JACK server, which rtmidi does not: its ports stay listed for ever."""

from __future__ import annotations

import importlib
from typing import Any

from descant.piano.quiet import quiet


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
        """Leave the server, or what remains of it."""
        if self._client is not None:
            with quiet():
                self._client.close()

    def _gone(self, _status: object, _reason: object) -> None:
        self.alive = False
