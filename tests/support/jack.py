# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""A JACK server of its own for a test, with the dummy driver: no sound card, real ports."""

from __future__ import annotations

import contextlib
import fcntl
import itertools
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import pytest

START_TIMEOUT = 20.0  # seconds; a server serves after about half a second on a quiet machine
LONG_PERIOD = 4096  # frames, 85 ms: longer than a busy machine keeps a client waiting
NAMES = 6  # servers at a time, of the 8 that JACK allows on one machine
NAME_TIMEOUT = 60.0  # seconds to wait for one of them
_count = itertools.count()
_LIST_PORTS = """
import sys, jack
client = jack.Client(sys.argv[2], no_start_server=True, servername=sys.argv[1])
print(*sorted(port.name for port in client.get_ports()), sep="\\n")
client.close()
"""

needs_jack = pytest.mark.skipif(
    shutil.which("jackd") is None, reason="jackd is missing (Debian: apt-get install jackd2)"
)


@dataclass(frozen=True)
class JackServer:
    """A running server: its name, and the environment in which clients find it and no other."""

    name: str
    process: subprocess.Popen[bytes]
    environment: dict[str, str]

    @property
    def pid(self) -> int:
        """Process id of jackd."""
        return self.process.pid

    def kill(self) -> None:
        """The server dies as in a crash: SIGKILL, and its files stay where they lie."""
        self.process.kill()
        self.process.wait()

    def serves(self) -> bool:
        """Whether a client can connect now."""
        return self._ask() is not None

    def ports(self) -> list[str]:
        """Full names of all ports, sorted."""
        answer = self._ask()
        if answer is None:
            raise RuntimeError(f"JACK server {self.name} does not answer")
        return answer

    def _ask(self) -> list[str] | None:
        asked = subprocess.run(
            [sys.executable, "-c", _LIST_PORTS, self.name, _client_name()],
            capture_output=True,
            text=True,
            timeout=START_TIMEOUT,
            check=False,
        )
        return asked.stdout.splitlines() if asked.returncode == 0 else None


def _client_name() -> str:
    """A client name that no client of any server has.

    Two clients of the same name that connect at the same moment fail even on two servers:
    their sockets lie under the same path.
    """
    return f"ask-{os.getpid()}-{next(_count)}"


@contextlib.contextmanager
def jack_server(
    *, name: str | None = None, sample_rate: int = 48_000, period: int = 256, waits: bool = False
) -> Iterator[JackServer]:
    """A server that serves when the block is entered, and is gone when it is left.

    Several run at once under names of their own; a `name` given starts a killed server again
    under the name its clients know. `environment` is this process's, with JACK_DEFAULT_SERVER
    and JACK_NO_START_SERVER set: give it to child processes, or enter it with monkeypatch
    before a client opens. A busy machine that is late for a period loses the MIDI and the sound
    of it: where that matters and delay does not, ask for LONG_PERIOD, and for a server that
    `waits` for its clients in each period, 0.2 s at most. For one that has died it then waits ten
    times as long, once or twice; in JACK's default mode that costs a period at most.
    """
    if name is None:
        with (
            _free_name() as free,
            jack_server(name=free, sample_rate=sample_rate, period=period, waits=waits) as server,
        ):
            yield server
        return
    environment = {**os.environ, "JACK_DEFAULT_SERVER": name, "JACK_NO_START_SERVER": "1"}
    # -p before -d: 128 ports are plenty and take 41 MB of shared memory instead of 105.
    command = ["jackd", "--no-realtime", "-p", "128", "-n", name]
    command += ["--sync", "--timeout", "200"] if waits else []
    command += ["-d", "dummy", "-r", str(sample_rate), "-p", str(period)]
    if shutil.which("setpriv"):  # the server goes even when the tests crash
        command = ["setpriv", "--pdeathsig", "TERM", *command]
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT
        )
        server = JackServer(name, process, environment)
        try:
            _await_service(server, log)
            yield server
        finally:
            _end(server)


@contextlib.contextmanager
def _free_name() -> Iterator[str]:
    """One of a few names that no other test on this machine holds; waits until one is free.

    JACK registers at most 8 servers, and a killed one keeps its place until a server of the
    same name starts: names are used again and again, never made up anew.
    """
    deadline = time.monotonic() + NAME_TIMEOUT
    for slot in itertools.cycle(range(NAMES)):
        path = Path(tempfile.gettempdir()) / f"descant-test-jack-{slot}.lock"
        with path.open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise TimeoutError(f"all {NAMES} JACK servers are in use") from None
                time.sleep(0.05)
                continue
            yield f"descant-test-{slot}"
            return


def _await_service(server: JackServer, log: IO[bytes]) -> None:
    deadline = time.monotonic() + START_TIMEOUT
    while not server.serves():
        if server.process.poll() is not None or time.monotonic() > deadline:
            log.seek(0)
            said = log.read().decode(errors="replace")
            raise RuntimeError(f"jackd did not start (status {server.process.poll()}):\n{said}")
        time.sleep(0.05)


def _end(server: JackServer) -> None:
    if server.process.poll() is None:
        server.process.send_signal(signal.SIGTERM)
        try:
            server.process.wait(timeout=2)  # jackd now and then hangs when it ends in order
        except subprocess.TimeoutExpired:
            server.kill()
    # A killed server leaves its socket and semaphores; the shared memory is taken back by the
    # next server that starts.
    shared = Path("/dev/shm")  # jackd's tmpdir on Linux
    for pattern in (f"jack_{server.name}_*", f"jack_sem.*_{server.name}_*"):
        for left in shared.glob(pattern):
            left.unlink(missing_ok=True)
