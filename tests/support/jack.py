"""A JACK server of its own for a test, with the dummy driver: no sound card, real ports."""

from __future__ import annotations

import contextlib
import itertools
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import pytest

START_TIMEOUT = 20.0  # seconds; a server serves after about half a second on a quiet machine
_count = itertools.count()

needs_jack = pytest.mark.skipif(
    shutil.which("jackd") is None or shutil.which("jack_lsp") is None,
    reason="jackd and jack_lsp are missing (Debian: apt-get install jackd2)",
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
        asked = subprocess.run(
            ["jack_lsp", "-s", self.name],
            env={**os.environ, "JACK_NO_START_SERVER": "1"},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=START_TIMEOUT,
            check=False,
        )
        return asked.returncode == 0

    def ports(self) -> list[str]:
        """Full names of all ports, as `jack_lsp` lists them."""
        asked = subprocess.run(
            ["jack_lsp", "-s", self.name],
            env={**os.environ, "JACK_NO_START_SERVER": "1"},
            capture_output=True,
            text=True,
            timeout=START_TIMEOUT,
            check=True,
        )
        return asked.stdout.splitlines()


@contextlib.contextmanager
def jack_server(
    *, name: str | None = None, sample_rate: int = 48_000, period: int = 256
) -> Iterator[JackServer]:
    """A server that serves when the block is entered, and is gone when it is left.

    Several run at once under names of their own; a `name` given starts a killed server again
    under the name its clients know. JACK allows 8 servers at a time on one machine.
    `environment` is this process's, with JACK_DEFAULT_SERVER and JACK_NO_START_SERVER set:
    give it to child processes, or enter it with monkeypatch before a client opens.
    """
    name = name or f"descant-{os.getpid()}-{next(_count)}"
    environment = {**os.environ, "JACK_DEFAULT_SERVER": name, "JACK_NO_START_SERVER": "1"}
    # -p before -d: 128 ports are plenty and take 41 MB of shared memory instead of 105.
    command = ["jackd", "--no-realtime", "--timeout", "5000", "-p", "128", "-n", name]
    command += ["-d", "dummy", "-r", str(sample_rate), "-p", str(period)]
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
            server.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            server.kill()
    # A killed server leaves its socket and semaphores; the shared memory is taken back by the
    # next server that starts.
    shared = Path("/dev/shm")  # jackd's tmpdir on Linux
    for pattern in (f"jack_{server.name}_*", f"jack_sem.*_{server.name}_*"):
        for left in shared.glob(pattern):
            left.unlink(missing_ok=True)
