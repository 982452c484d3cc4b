# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""JackMonitor where libjack misbehaves; with a real server: test_midiports."""

from __future__ import annotations

import sys
import threading
import types
from collections.abc import Iterator

import pytest

from descant.piano import jack_monitor
from descant.piano.jack_monitor import JackMonitor


class StuckClient:
    """A client of the package `jack` whose closing never returns by itself."""

    released = threading.Event()

    def __init__(self, name: str, *, no_start_server: bool) -> None:
        assert no_start_server

    def set_shutdown_callback(self, _callback: object) -> None:
        pass

    def close(self) -> None:
        self.released.wait(60.0)


@pytest.fixture
def stuck(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    module = types.SimpleNamespace(Client=StuckClient, JackOpenError=OSError)
    monkeypatch.setitem(sys.modules, "jack", module)
    monkeypatch.setattr(jack_monitor, "CLOSE_TIMEOUT_S", 0.05)
    yield
    StuckClient.released.set()


@pytest.mark.usefixtures("stuck")
def test_a_client_that_cannot_be_closed_does_not_hold_up_the_piano() -> None:
    watch = JackMonitor("watch")
    watch.close()
    assert "jack close" in {thread.name for thread in threading.enumerate()}
    assert watch.alive
