# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Periods that the synth misses, beside those of a C client that does nothing, on one server.

    python bench/dropouts.py [--periods 64,128,256] [--ahead 0,2.5,5] [--parts 1,4] [--seconds 20]

A JACK server with the dummy driver, in its default, asynchronous mode; a part of the performance
plays the bundled improvisation; jack_metro, which is all C, is in the same graph. The server
names each client that is late for a period, and the synth counts the gaps in its sound. `--ahead`
are milliseconds of sound computed ahead of the callback (0: computed in it). Needs jackd and
jack_metro.
"""

from __future__ import annotations

import itertools
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import click
import rclpy
from latency import process
from results import Row, show

from descant import topics
from descant.msg import SynthState
from descant.nodes.common.endpoints import subscription

DESCANT = Path(sys.prefix) / "bin" / "descant"
DOMAIN = "89"
SETTLE_S = 3.0  # from the first sound on
RATE = 48_000
LATE = re.compile(r"client = (\S+) was not finished")
PARAMETERS = "/**/synth:\n  ros__parameters: {{ahead: {ahead}}}\n"


@contextmanager
def busy_loops(count: int) -> Iterator[None]:
    """So many processes that compute, at the usual priority."""
    loops = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(count)]
    try:
        yield
    finally:
        for loop in loops:
            loop.kill()
            loop.wait()


def late_clients(log: Path) -> list[str]:
    """A name for each time that a client was late."""
    return LATE.findall(log.read_text(errors="replace"))


class Heard:
    """The newest state of the synth."""

    def __init__(self) -> None:
        self.state: SynthState | None = None
        self._node = rclpy.create_node("bench")
        subscription(self._node, topics.SYNTH_STATE, self._take)

    def _take(self, state: SynthState) -> None:
        self.state = state

    def wait(self, seconds: float, *, sounding: bool = False) -> SynthState:
        """Spin for so long; with `sounding` until then at most."""
        due = time.monotonic() + seconds
        while time.monotonic() < due:
            rclpy.spin_once(self._node, timeout_sec=0.1)
            if sounding and self.state is not None and self.state.voices:
                break
        if self.state is None or (sounding and not self.state.voices):
            raise SystemExit("the synth does not sound")
        return self.state

    def close(self) -> None:
        """Leave the graph."""
        self._node.destroy_node()


def measure(
    period: int, ahead_ms: float, part: int, seconds: float, *, realtime: bool, loops: int
) -> tuple[int, int, int, int]:
    """Periods that the synth and the C client were late for, gaps of the sound, and periods."""
    name = f"descant-bench-{os.getpid()}"
    scheduling = ["--realtime"] if realtime else ["--no-realtime"]
    server = ["jackd", *scheduling, "-p", "128", "-n", name, "-d", "dummy", "-r", str(RATE),
              "-p", str(period)]  # fmt: skip
    environment = {**os.environ, "JACK_DEFAULT_SERVER": name, "JACK_NO_START_SERVER": "1"}
    with tempfile.TemporaryDirectory() as folder_name, ExitStack() as stack:
        folder = Path(folder_name)
        parameters = folder / "ahead.yaml"
        parameters.write_text(PARAMETERS.format(ahead=ahead_ms / 1000))
        log = folder / "jackd"
        stack.enter_context(process(server, log=log, environment=environment))
        time.sleep(1.0)
        metro = ["jack_metro", "--bpm", "60"]
        stack.enter_context(process(metro, environment=environment))
        show_ = [str(DESCANT), "launch", "--anyway", f"part{part}", "piano:=file:performance.mid",
                 "sound:=jack", "bag:=none", "camera:=keyboard", "screen:=offscreen",
                 f"params:={parameters}"]  # fmt: skip
        stack.enter_context(process(show_, environment=environment))
        heard = Heard()
        stack.callback(heard.close)
        heard.wait(60.0, sounding=True)
        stack.enter_context(busy_loops(loops))
        heard.wait(SETTLE_S)
        before, gaps = len(late_clients(log)), heard.wait(0.2).gaps
        gaps = heard.wait(seconds).gaps - gaps
        late = late_clients(log)[before:]
    ours, metro = (sum(c.startswith(name) for c in late) for name in ("descant", "metro"))
    return ours, metro, gaps, int(seconds * RATE / period)


@click.command()
@click.option("--periods", default="64,128,256", show_default=True, help="frames")
@click.option("--ahead", default="0,2.5,5", show_default=True, help="milliseconds")
@click.option("--parts", default="1,4", show_default=True)
@click.option("--loops", default="0,2", show_default=True, help="busy processes beside it")
@click.option("--seconds", default=20.0, show_default=True, help="of each measurement")
def main(periods: str, ahead: str, parts: str, loops: str, seconds: float) -> None:
    """Measure and print."""
    os.environ["ROS_DOMAIN_ID"] = DOMAIN
    os.environ["ROS_AUTOMATIC_DISCOVERY_RANGE"] = "LOCALHOST"
    rclpy.init()
    rows: list[Row] = []
    numbers = [[int(number) for number in text.split(",")] for text in (parts, periods, loops)]
    lists = [*numbers, [float(number) for number in ahead.split(",")]]
    for part, period, count, ahead_ms in itertools.product(*lists):
        for is_realtime in (True, False):
            ours, metro, gaps, all_of_them = measure(
                period, ahead_ms, part, seconds, realtime=is_realtime, loops=count
            )
            scheduling = "realtime" if is_realtime else "not realtime"
            beside = f", {count} busy" if count else ""
            what = f"part {part}, {period} frames, {ahead_ms:g} ms ahead, {scheduling}{beside}"
            rows.append(Row(f"late, {what}", ours, "C client", max(metro, 1), "", 1.2))
            rows.append(Row(f"gaps, {what}", gaps, "periods", all_of_them, ""))
    rclpy.shutdown()
    show("Missed periods", rows, f"{seconds:g} s each")


if __name__ == "__main__":
    main()
