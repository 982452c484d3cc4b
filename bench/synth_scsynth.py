# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""SuperCollider's scsynth with the notes of the benchmark: its voices, and a client that plays.

The SynthDefs are made with supriya (bench/requirements.txt); the server is Debian's package
supercollider-server. Written the way a SuperCollider player would, with nothing computed twice.
"""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import time
from collections.abc import Iterator

from supriya import Envelope
from supriya.osc import OscBundle, OscMessage
from supriya.ugens import LPF, EnvGen, LFNoise1, Mix, Out, SinOsc, Splay, SynthDefBuilder

PORT = 57_432
PARTIALS = (1, 2, 3, 4, 5)
BATCH = 30  # messages a bundle: a UDP packet of about a kilobyte


def voice(name: str) -> bytes:
    """The compiled SynthDef: `program_2021` (low-pass, Splay) or `bare_sines`."""
    with SynthDefBuilder(frequency=440.0, stretch=0.0, amplitude=0.1) as builder:
        frequency, stretch = builder["frequency"], builder["stretch"]
        envelope = Envelope.percussive(attack_time=0.1, release_time=600.0)
        level = EnvGen.kr(envelope=envelope) * builder["amplitude"]
        overtones = frequency * (1.0 + stretch)
        sines = [SinOsc.ar(frequency=frequency if k == 1 else overtones * k) for k in PARTIALS]
        if name == "program_2021":
            cutoff = LFNoise1.kr(frequency=1.0) * 1_000.0 + 2_000.0
            Out.ar(bus=0, source=LPF.ar(source=Splay.ar(source=sines) * level, frequency=cutoff))
        else:
            Out.ar(bus=0, source=Mix.new(sines) * level)
    return bytes(builder.build(name).compile())


class Scsynth:
    """A running server, and the socket to it."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self.pid = process.pid
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.connect(("127.0.0.1", PORT))
        self._socket.settimeout(0.2)

    def ask(self, *message: object) -> None:
        """Send a message that is answered, until it is."""
        for _ in range(100):
            self.send(OscMessage(*message))
            with contextlib.suppress(OSError):
                self._socket.recv(65_536)
                return
            time.sleep(0.1)
        raise RuntimeError(f"scsynth does not answer {message[0]}")

    def send(self, message: OscMessage | OscBundle) -> None:
        """Send without waiting."""
        self._socket.send(message.to_datagram())

    def start(self, name: str, frequencies: list[float]) -> None:
        """Sound one note a frequency."""
        for number, frequency in enumerate(frequencies, start=1_000):
            arguments = ("frequency", frequency, "amplitude", 0.05)
            self.send(OscMessage("/s_new", name, number, 0, 0, *arguments))
        self.ask("/sync", 1)

    def retune(self, count: int, stretch: float) -> None:
        """Give all notes a stretch, in as few packets as is usual."""
        messages = [OscMessage("/n_set", 1_000 + n, "stretch", stretch) for n in range(count)]
        for first in range(0, count, BATCH):
            self.send(OscBundle(contents=messages[first : first + BATCH]))

    def silence(self) -> None:
        """Free all notes."""
        self.send(OscMessage("/g_freeAll", 0))
        self.ask("/sync", 2)


@contextlib.contextmanager
def scsynth(jack: str) -> Iterator[Scsynth]:
    """A server on the JACK server `jack`, for the length of a block."""
    environment = {**os.environ, "JACK_DEFAULT_SERVER": jack, "JACK_NO_START_SERVER": "1"}
    process = subprocess.Popen(
        ["scsynth", "-u", str(PORT), "-i", "0", "-o", "2", "-R", "0", "-l", "4"],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        server = Scsynth(process)
        server.ask("/status")
        for name in ("program_2021", "bare_sines"):
            server.ask("/d_recv", voice(name))
        yield server
    finally:
        process.kill()
        process.wait()
