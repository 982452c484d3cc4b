# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""A whole performance, live: JACK server, fake piano, every node in its own process, and an ear."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import psutil
from numpy.typing import NDArray

from descant import topics
from descant.child_process import OWN_GROUP
from support.fake_piano import FakePiano, fake_piano
from support.graph import domain_id, graph_environment
from support.jack import LONG_PERIOD, JackServer, jack_server
from support.jackrecorder import JackRecording, jack_recording
from support.node import listener, wait_until

DESCANT = Path(sys.executable).parent / "descant"
# The whole graph goes even when the tests are killed: it would play along in the next ones.
DIES_WITH_US = ("setpriv", "--pdeathsig", "TERM") if shutil.which("setpriv") else ()
OUTPUTS = ("descant:out_1", "descant:out_2")
STOP_TIMEOUT_S = 30.0
PART1 = frozenset({"learner", "synth", "recorder"})
PROBE = 24  # a bass note: what comes before the test's own first one does not matter


@dataclass
class Concert:
    """What a test can do to it, and what can be heard and read."""

    piano: FakePiano
    launcher: subprocess.Popen[bytes]
    log: Path
    bag: Path
    domain: int
    recording: JackRecording | None = None
    everybody: frozenset[str] = PART1
    server: JackServer | None = None
    _from: int = 0

    def ready(self) -> None:
        """Wait until all nodes listen; strikes PROBE until the synth sounds it, then is silent.

        What is heard and played afterwards is the test's own.
        """
        self.says("connected to")
        with listener(self.domain) as ears:
            states = ears.collect(topics.SYNTH_STATE)

            def names() -> set[str]:
                there = ears.node.get_subscriptions_info_by_topic("/notes")
                return {info.node_name for info in there}

            def sounding() -> bool:
                self.piano.play([(0.0, (0x90, PROBE, 30)), (0.2, (0x80, PROBE, 64))])
                return any(state.voices for state in states)

            ears.wait(lambda: names() >= self.everybody, "all nodes on /notes")
            ears.wait(sounding, "the synth to sound")
            ears.wait(lambda: states[-1].voices == 0, "silence")
        self._from = len(self._samples())

    def output(self) -> str:
        """What the launcher and its nodes have printed."""
        return self.log.read_text(errors="replace")

    def says(self, text: str, times: int = 1) -> None:
        """Wait until `text` has been printed so often."""
        wait_until(
            lambda: self.output().count(text) >= times, lambda: f"{text!r} in {self.output()}"
        )

    def pid(self, node: str) -> int | None:
        """Process id of `node`, None while it is not running."""
        for child in psutil.Process(self.launcher.pid).children(recursive=True):
            with contextlib.suppress(psutil.NoSuchProcess):
                if any(word.endswith(f"lib/descant/{node}") for word in child.cmdline()):
                    return child.pid
        return None

    def kill(self, node: str) -> int:
        """`node` crashes; returns its process id."""
        pid = self.pid(node)
        assert pid is not None, f"{node} is not running"
        os.kill(pid, signal.SIGKILL)
        return pid

    def heard(self) -> NDArray[np.float64]:
        """The left channel since `ready`."""
        return self._samples()[self._from :]

    def _samples(self) -> NDArray[np.float64]:
        assert self.recording is not None
        return self.recording.samples()[0].astype(np.float64)

    def stop(self) -> int:
        """ctrl-c; returns the launcher's exit status, with the bag closed."""
        if self.launcher.poll() is None:
            self.launcher.send_signal(signal.SIGINT)
        return self.launcher.wait(STOP_TIMEOUT_S)


@contextlib.contextmanager
def part1(folder: Path, *arguments: str) -> Iterator[Concert]:
    """Part 1 with a fake piano on a virtual port and sound over JACK, heard, unseen."""
    with live(folder, "part1", "screen:=none", *arguments) as concert:
        yield concert


@contextlib.contextmanager
def live(
    folder: Path, name: str, *arguments: str, everybody: frozenset[str] = PART1
) -> Iterator[Concert]:
    """The launch file `name`, as `part1`; `everybody` are those who must hear the piano."""
    with (
        jack_server(period=LONG_PERIOD, waits=True) as server,
        fake_piano(server.environment) as piano,
    ):
        domain = domain_id()
        environment = {**graph_environment(domain), **server.environment}
        environment["ROS_DOMAIN_ID"] = str(domain)
        log, bag = folder / "log.txt", folder / "bag"
        command = [
            *DIES_WITH_US,
            str(DESCANT),
            "launch",
            "--anyway",  # the domain is the test's own
            name,
            f"piano:=port:{piano.port}",
            "sound:=jack",
        ]
        with log.open("wb") as file:
            launcher = subprocess.Popen(
                [*command, f"bag:={bag}", *arguments],
                env=environment,
                stdout=file,
                stderr=subprocess.STDOUT,
                **OWN_GROUP,
            )
        concert = Concert(piano, launcher, log, bag, domain, everybody=everybody, server=server)
        try:
            with jack_recording(server, *OUTPUTS) as recording:
                concert.recording = recording
                yield concert
        finally:
            with contextlib.suppress(subprocess.TimeoutExpired):
                concert.stop()
            concert.piano.close()
            for child in _family(launcher.pid):
                child.kill()


def _family(pid: int) -> list[psutil.Process]:
    try:
        parent = psutil.Process(pid)
    except psutil.NoSuchProcess:
        return []
    return [*parent.children(recursive=True), parent]
