# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Listening to the ports of a JACK server, in a process of its own."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from support.jack import JackServer
from support.node import wait_until
from support.sound import RATE

_RECORD = """
import os, select, struct, sys, time, jack
import numpy as np
name, path, sources = sys.argv[1], sys.argv[2], sys.argv[3:]
client = jack.Client(f"ears-{os.getpid()}", no_start_server=True, servername=name)
ports = [client.inports.register(f"in_{n}") for n in range(len(sources))]
file, times = open(path, "wb"), open(path + ".times", "wb", buffering=0)
@client.set_process_callback
def process(frames):
    for port in ports:
        file.write(port.get_buffer())
    times.write(struct.pack("d", time.monotonic()))
jack.set_error_function(lambda _text: None)
client.activate()
told = False
while not select.select([sys.stdin], [], [], 0.02)[0]:
    try:
        for source, port in zip(sources, ports):
            # The client may have died, and come back: as descant-01 while JACK still has the dead.
            # One that stands by is heard in its place, unless it has an input of its own.
            name, _, output = source.partition(":")
            alone = any(other.startswith(f"{name}_standby:") for other in sources)
            also = "" if alone else "(_standby)?"
            for there in client.get_ports(rf"^{name}{also}(-\\d+)?:{output}$", is_output=True):
                if there not in port.connections:
                    client.connect(there, port)
        heard = all(port.connections for port in ports)
    except jack.JackError:  # one of them went while it was asked about
        continue
    if heard and not told:
        told = True
        print(client.blocksize, flush=True)
client.deactivate()
file.flush()
"""


class JackRecording:
    """What was heard so far, (channels, frames); the sources may go and come back."""

    def __init__(self, path: Path, channels: int, period: int) -> None:
        self._path, self._channels, self._period = path, channels, period

    def held_up_s(self, start: int) -> float:
        """How long JACK stood still at most, from frame `start` on."""
        return float(self.late_s(start).max(initial=0.0))

    def late_s(self, start: int) -> np.ndarray:
        """By how much each period from frame `start` on came later than the one before it."""
        before = max(0, start // self._period - 1)  # the last period before that counts from
        times = np.fromfile(f"{self._path}.times", np.float64)[before:]
        return np.maximum(np.diff(times) - self._period / RATE, 0.0)

    @property
    def frames(self) -> int:
        """How many frames so far."""
        size = self._path.stat().st_size // np.float32().itemsize
        return size // (self._channels * self._period) * self._period

    def samples(self) -> np.ndarray:
        """Everything up to now."""
        return self.since(0)

    def since(self, start: int) -> np.ndarray:
        """What was heard from frame `start` on, or from up to a period before it."""
        one = self._channels * self._period
        skipped = start // self._period * one
        raw = np.fromfile(self._path, np.float32, offset=skipped * np.float32().itemsize)
        whole = raw[: len(raw) // one * one].reshape(-1, self._channels, self._period)
        return whole.transpose(1, 0, 2).reshape(self._channels, -1)


@contextlib.contextmanager
def jack_recording(server: JackServer, *sources: str) -> Iterator[JackRecording]:
    """Record the output ports `sources` of a server for the length of a block."""
    wait_until(lambda: set(sources) <= set(server.ports()), f"the ports {sources}")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "heard"
        command = [sys.executable, "-c", _RECORD, server.name, str(path), *sources]
        with subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=server.environment
        ) as child:
            assert child.stdout is not None
            period = int(child.stdout.readline())
            try:
                yield JackRecording(path, len(sources), period)
            finally:
                child.kill()
