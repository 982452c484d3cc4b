# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""From a key's MIDI message to the first sounding sample, counted in frames of one JACK server.

This process is a JACK client: it sends a note-on at a known frame to the piano node's port and
listens to the synth's output, so both ends of the delay are on one clock.
"""

from __future__ import annotations

import os
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import numpy as np
from results import Row

SAMPLE_RATE = 48_000
SERVES_S = 1.0  # from its start until a client can open
STROKES = 40
PERIOD_BETWEEN_S = 0.4
THRESHOLD = 1e-4  # -80 dBFS: the first sample that is not silence
BIN = Path(sys.prefix) / "lib" / "descant"


@contextmanager
def jackd(name: str, period: int, *, realtime: bool = True) -> Iterator[None]:
    """A JACK server with the dummy driver, for the length of a block."""
    scheduling = "--realtime" if realtime else "--no-realtime"
    command = ["jackd", scheduling, "-n", name, "-d", "dummy",
               "-r", str(SAMPLE_RATE), "-p", str(period)]  # fmt: skip
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(SERVES_S)
    try:
        yield
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(10)


@contextmanager
def nodes(environment: dict[str, str], ahead_s: float) -> Iterator[None]:
    """The piano and the synth, on that server; so many seconds are computed ahead."""
    piano = [str(BIN / "piano"), "--ros-args", "-p", "source:=port:keyboard", "-p", "backend:=jack"]
    synth = [str(BIN / "synth"), "--ros-args", "-p", "sink:=jack", "-p", "decay_bass:=0.2",
             "-p", "decay_treble:=0.2", "-p", "release_bass:=0.05", "-p", "release_treble:=0.05",
             "-p", "attack:=0.001", "-p", f"ahead:={ahead_s}"]  # fmt: skip
    children = [
        subprocess.Popen(c, env=environment, stdout=subprocess.DEVNULL) for c in (synth, piano)
    ]
    try:
        yield
    finally:
        for child in children:
            child.send_signal(signal.SIGINT)
        for child in children:
            child.wait(15)


class Ear:
    """A JACK client that strikes keys at known frames and keeps what it hears."""

    def __init__(self, server: str) -> None:
        import jack  # noqa: PLC0415 -- needs JACK's library

        self._client = jack.Client("keyboard", servername=server, no_start_server=True)
        self._keys = self._client.midi_outports.register("keys")
        self._ear = self._client.inports.register("ear")
        self._due: list[tuple[int, ...]] = []
        self.struck: list[int] = []
        self.heard: list[np.ndarray] = []
        self.frames = 0
        self.listening = False
        self._client.set_process_callback(self._process)
        self._client.activate()

    def _process(self, frames: int) -> None:
        self._keys.clear_buffer()
        if self._due:
            message = self._due.pop()
            self._keys.write_midi_event(0, message)
            if self.listening and message[0] == 0x90:
                self.struck.append(self.frames)
        if self.listening:
            self.heard.append(self._ear.get_array().copy())
            self.frames += frames

    def send(self, *message: int) -> None:
        """Send a MIDI message with the next period."""
        self._due.append(message)

    def connect(self) -> None:
        """Wait for the synth's output and listen to it."""
        wait(self._listens, "the synth's output")
        wait(lambda: bool(self._keys.connections), "the piano node to open the port")

    def _listens(self) -> bool:
        """Whether it is connected: JACK refuses it while the client is being made."""
        import jack  # noqa: PLC0415 -- needs JACK's library

        with suppress(jack.JackError):  # now and then it connects, and tells of a failure
            for port in self._outputs()[:1]:
                self._client.connect(port, self._ear)
        return bool(self._ear.connections)

    def _outputs(self) -> list[object]:
        ports = self._client.get_ports(is_audio=True, is_output=True)
        return [p for p in ports if not p.name.startswith(("system:", "keyboard:"))]

    def close(self) -> None:
        """Leave the server."""
        self._client.deactivate()
        self._client.close()


def wait(condition: Callable[[], bool], what: str) -> None:
    """Wait for `condition`, 30 s at most."""
    deadline = time.monotonic() + 30
    while not condition():
        if time.monotonic() > deadline:
            raise SystemExit(f"waited 30 s in vain for {what}")
        time.sleep(0.05)


def delays_ms(period: int, ahead_s: float) -> list[float]:
    """Key to sound of STROKES strokes at `period` frames, with so much computed ahead."""
    # One name for all runs: JACK has room for 8, and a killed one keeps its place.
    server = "descant-bench"
    environment = {**os.environ, "JACK_DEFAULT_SERVER": server, "JACK_NO_START_SERVER": "1",
                   "ROS_DOMAIN_ID": "89", "ROS_AUTOMATIC_DISCOVERY_RANGE": "LOCALHOST"}  # fmt: skip
    with jackd(server, period, realtime=False):
        os.environ["JACK_NO_START_SERVER"] = "1"
        ear = Ear(server)
        with nodes(environment, ahead_s):
            ear.connect()
            warm_up(ear)
            ear.listening = True
            for stroke in range(STROKES):
                key = 60 + stroke % 12
                ear.send(0x90, key, 110)
                time.sleep(0.08)
                ear.send(0x80, key, 64)
                # an odd pause, so that strokes fall anywhere in the nodes' own rhythms
                time.sleep(PERIOD_BETWEEN_S + 0.0137 * (stroke % 7))
            ear.listening = False
        ear.close()
    return onsets(ear, period)


def warm_up(ear: Ear) -> None:
    """Strike until it sounds, then wait for silence."""
    ear.listening = True
    wait(lambda: _struck_and_heard(ear), "the first sound")
    ear.listening = False
    time.sleep(1.0)
    ear.heard.clear()
    ear.struck.clear()
    ear.frames = 0


def _struck_and_heard(ear: Ear) -> bool:
    ear.send(0x90, 60, 100)
    time.sleep(0.1)
    ear.send(0x80, 60, 64)
    time.sleep(0.1)
    return any(np.abs(block).max() > THRESHOLD for block in ear.heard)


def onsets(ear: Ear, period: int) -> list[float]:
    """Milliseconds from each stroke to the first sample above the threshold after it."""
    loud = np.flatnonzero(np.abs(np.concatenate(ear.heard)) > THRESHOLD)
    delays = []
    for frame in ear.struck:
        before = loud[(loud > frame - period * 2) & (loud < frame)]
        after = loud[loud >= frame]
        if len(after) and not len(before):
            delays.append((after[0] - frame) / SAMPLE_RATE * 1000)
    if len(delays) < STROKES // 2:
        raise SystemExit(f"only {len(delays)} of {STROKES} strokes could be told apart")
    return delays


def measure_key_to_sound(period: int, ahead_ms: Sequence[float], repeats: int) -> list[Row]:
    """Computed in the callback (0 ms ahead), beside two periods and 2 ms; else beside 10 ms."""
    bound = 2 * period / SAMPLE_RATE * 1000 + 2
    rows: list[Row] = []
    for ahead in ahead_ms:
        name, baseline = ("10 ms", 10.0) if ahead else ("two periods and 2 ms", bound)
        runs = [delays_ms(period, ahead / 1000) for _ in range(repeats)]
        what = f"{period} frames" + (f", {ahead:g} ms ahead" if ahead else "")
        for percent in (50, 95, 99):
            delay = statistics.median(float(np.percentile(run, percent)) for run in runs)
            label = "median" if percent == 50 else f"p{percent}"
            rows.append(Row(f"{label}, {what}", delay, name, baseline, "ms", 1.0))
        worst = statistics.median(max(run) for run in runs)
        rows.append(Row(f"worst of {STROKES}, {what}", worst, name, baseline, "ms"))
    return rows
