# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""A flood of MIDI notes: is the sound interrupted, and how late is the learning?

    python bench/flood.py [--rate 2000] [--seconds 3] [--repeats 3]

A JACK server in its default, asynchronous mode, and a whole performance with both synths; a JACK
client sends the notes, several in each period, and hears both synths. A silence is a time with no
sample above -60 dBFS between the first note that sounds and the last that was sent. Late is the
learner's last state behind the last note. Needs jackd.
"""

from __future__ import annotations

import contextlib
import statistics
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

import click
import numpy as np
import rclpy
from key_to_sound import SAMPLE_RATE, Ear, jackd, warm_up
from rclpy.executors import SingleThreadedExecutor
from restart import performance, use_own_graph
from results import Row, show

from descant import topics
from descant.msg import LearnerState
from descant.nodes.common.endpoints import subscription

PERIOD = 128
LOWEST, KEYS = 36, 61
SILENT = 0.001  # -60 dBFS
SETTLED_S = 3.0
QUIET_S = 3.0  # without a state: all is learned
BOUND_MS, LATE_MS = 100.0, 1_000.0


class Flood(Ear):
    """Sends `rate` notes a second, each up again with the next period."""

    def __init__(self, server: str) -> None:
        self.rate, self.left, self.sent = 0.0, 0, 0
        self.ended = 0.0  # when the last note was sent (s, monotonic)
        self._owed = 0.0
        self._down: list[int] = []
        super().__init__(server)

    def _process(self, frames: int) -> None:
        super()._process(frames)
        for key in self._down:
            self._keys.write_midi_event(0, (0x80, key, 64))
        self._down = []
        if not self.left:
            return
        self._owed += self.rate * frames / SAMPLE_RATE
        while self._owed >= 1.0 and self.left:
            self._owed -= 1.0
            key = LOWEST + self.sent % KEYS
            self._keys.write_midi_event(0, (0x90, key, 80))
            self._down.append(key)
            self.left, self.sent = self.left - 1, self.sent + 1
        if not self.left:
            self.ended = time.monotonic()

    def _listens(self) -> bool:
        """Whether it is connected to both synths: JACK refuses it while a client is being made."""
        import jack  # noqa: PLC0415 -- needs JACK's library

        for port in self._outputs():
            if port.name.endswith("out_1") and port not in self._ear.connections:
                with contextlib.suppress(jack.JackError):
                    self._client.connect(port, self._ear)
        return len(self._ear.connections) == 2


class Learned:
    """When the learner's newest state arrived (s, monotonic)."""

    def __init__(self) -> None:
        self.arrived = time.monotonic()
        self._node = rclpy.create_node("bench_flood")
        subscription(self._node, topics.LEARNER_STATE, self._take)
        self._executor = SingleThreadedExecutor()
        self._executor.add_node(self._node)

    def _take(self, _: LearnerState) -> None:
        self.arrived = time.monotonic()

    def spin(self, seconds: float) -> None:
        """Take what arrives for so long."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0.0:
            self._executor.spin_once(timeout_sec=left)

    def close(self) -> None:
        """Leave the graph."""
        self._executor.shutdown()
        self._node.destroy_node()


def flood(folder: Path, server: str, rate: float, count: int) -> tuple[float, float]:
    """Longest silence, and how late the learner was (ms)."""
    with ExitStack() as stack:
        source = Flood(server)
        stack.callback(source.close)
        stack.enter_context(performance(folder, "port:keyboard", "true"))
        source.connect()
        warm_up(source)
        learned = Learned()
        stack.callback(learned.close)
        learned.spin(SETTLED_S)
        source.listening = True
        source.rate, source.left = rate, count
        while not source.ended:
            learned.spin(0.01)
        heard = np.abs(np.concatenate(source.heard))
        while time.monotonic() - max(learned.arrived, source.ended) < QUIET_S:
            learned.spin(0.1)
        late = learned.arrived - source.ended
    loud = np.flatnonzero(heard > SILENT)
    return 1000 * float(np.diff(loud).max()) / SAMPLE_RATE, 1000 * late


@click.command()
@click.option("--rate", default=2_000.0, show_default=True, help="notes a second")
@click.option("--seconds", default=3.0, show_default=True)
@click.option("--repeats", default=3, show_default=True)
def main(rate: float, seconds: float, repeats: int) -> None:
    """Measure and print."""
    name = use_own_graph()
    count = round(rate * seconds)
    rclpy.init()
    with tempfile.TemporaryDirectory() as folder, jackd(name, PERIOD):
        found = [flood(Path(folder), name, rate, count) for _ in range(repeats)]
    rclpy.shutdown()
    silences, lates = zip(*found, strict=True)
    what = f"{count:,} notes at {rate:g} a second"
    rows = [
        Row(f"longest silence, {what}", statistics.median(silences), "100 ms", BOUND_MS, "ms", 1.0),
        Row(f"learner late, {what}", statistics.median(lates), "1 s", LATE_MS, "ms", 1.0),
    ]
    show("A flood of notes", rows, f"medians of {repeats}, JACK at {PERIOD} frames")


if __name__ == "__main__":
    main()
