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

_RECORD = """
import sys, time, jack
import numpy as np
name, path, sources = sys.argv[1], sys.argv[2], sys.argv[3:]
client = jack.Client("ears", no_start_server=True, servername=name)
ports = [client.inports.register(f"in_{n}") for n in range(len(sources))]
file = open(path, "wb")
@client.set_process_callback
def process(frames):
    for port in ports:
        file.write(port.get_buffer())
client.activate()
for source, port in zip(sources, ports):
    client.connect(source, port)
print(client.blocksize, flush=True)
sys.stdin.read()
client.deactivate()
file.flush()
"""


class JackRecording:
    """What was heard so far, (channels, frames)."""

    def __init__(self, path: Path, channels: int, period: int) -> None:
        self._path, self._channels, self._period = path, channels, period

    def samples(self) -> np.ndarray:
        """Everything up to now."""
        raw = np.fromfile(self._path, np.float32)
        one = self._channels * self._period
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
