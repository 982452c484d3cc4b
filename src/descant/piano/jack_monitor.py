# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Detect the death of a JACK server, which rtmidi does not: its ports stay listed for ever."""

from __future__ import annotations

import importlib
import threading
from typing import Any

from descant.stderr import silenced_stderr

CLOSE_TIMEOUT_S = 2.0


class JackMonitor:
    """A client without ports; JACK notifies it within milliseconds when its server dies.

    Needs the package JACK-Client and the system's libjack. Without them the server always counts
    as alive, and only missing active sensing shows that it is not.
    """

    def __init__(self, client_name: str) -> None:
        self.alive = True
        self._client: Any = None
        try:
            jack = importlib.import_module("jack")
        except (ImportError, OSError):  # OSError: no libjack
            return
        with silenced_stderr():
            try:
                self._client = jack.Client(client_name, no_start_server=True)
            except jack.JackOpenError:
                self.alive = False
                return
        self._client.set_shutdown_callback(self._on_shutdown)

    def close(self) -> None:
        """Close the client, in `CLOSE_TIMEOUT_S` at most.

        On a very busy machine libjack (1.9.21) sometimes waits here for ever, for a lock that was
        held by a thread of its own when it was cancelled. Such a client is not closed.
        """
        if self._client is not None:
            closing = threading.Thread(target=self._client.close, name="jack close", daemon=True)
            with silenced_stderr():
                closing.start()
                closing.join(CLOSE_TIMEOUT_S)

    def _on_shutdown(self, _status: object, _reason: object) -> None:
        self.alive = False
