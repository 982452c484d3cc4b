# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The active synth is killed or stopped at random moments, and the other takes over.

    python bench/failover.py [--times 100] [--period 256] [--apart 3,6] [--busy 0]
        [--picture FILE.svg]

A JACK server with the dummy driver, in its default, asynchronous mode; the nodes synth and
synth_standby; this process plays a note every quarter of a second, each held for one. A client
that nobody is connected to reads what JACK plays of both. Every second time it is SIGKILL, else
SIGSTOP, and SIGCONT a second later. The largest step from sample to sample, of each synth and of
their sum, is told beside that of the same music before the first fault. Needs jackd, of JACK 2.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import ExitStack
from pathlib import Path

import click
import numpy as np
import rclpy
from dropouts import busy_loops
from failover_recording import AUDIBLE, RATE, both_sounds
from latency import process
from results import Row, show
from waveform import waveform_svg

from descant import topics
from descant.fastdds import FILE
from descant.msg import NoteEvent
from descant.nodes.common.conversion import to_note_event
from descant.nodes.common.endpoints import publisher
from descant.synth.sinks.failover_memory import FailoverGroup, FailoverMemory
from descant.types import Note

PROFILE = Path(__file__).parents[1] / "config" / "fastdds.xml"
NODES = Path(sys.prefix) / "lib" / "descant"
DOMAIN = "87"
BEAT_S, HELD_NOTES = 0.25, 4
BEFORE_S = 8.0
STOPPED_S = 1.0
SILENT = 0.001  # -60 dBFS
KEYS = (60, 64, 67, 71, 74, 48, 55, 79)
NAMES = ("synth", "synth_standby")
RECORDER = Path(__file__).with_name("failover_recording.py")


class Nodes:
    """Both synths; one that died is started again."""

    def __init__(self, server: str) -> None:
        self._environment = {**os.environ, "JACK_DEFAULT_SERVER": server}
        self._running = {name: self._start(name) for name in NAMES}

    def _start(self, name: str) -> subprocess.Popen[bytes]:
        words = ["--ros-args", "-p", "sink:=jack", "-p", "standby:=true"]
        quiet = subprocess.DEVNULL
        return subprocess.Popen(
            [str(NODES / name), *words], env=self._environment, stdout=quiet, stderr=quiet
        )

    def send(self, pid: int, what: signal.Signals) -> None:
        """Send a signal, and start again what it has killed."""
        (name,) = [name for name, child in self._running.items() if child.pid == pid]
        os.kill(pid, what)
        if what == signal.SIGKILL:
            self._running[name].wait()
            self._running[name] = self._start(name)

    def close(self) -> None:
        """End both."""
        for child in self._running.values():
            child.kill()
            child.wait()


class Player:
    """Plays on and on, in a thread."""

    def __init__(self) -> None:
        self._node = rclpy.create_node("piano")
        self._notes = publisher(self._node, topics.NOTES)
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._play)
        self._thread.start()

    def _play(self) -> None:
        held: list[int] = []
        count = 0
        while not self._end.wait(BEAT_S):
            count += 1
            held.append(count)
            self._notes.publish(self._note(count, on=True))
            if len(held) > HELD_NOTES:
                self._notes.publish(self._note(held.pop(0), on=False))

    @staticmethod
    def _note(number: int, *, on: bool) -> NoteEvent:
        key = KEYS[number % len(KEYS)]
        return to_note_event(Note(time.time_ns(), number, on, key, 80, 80 << 7))

    def close(self) -> None:
        """Stop."""
        self._end.set()
        self._thread.join()
        self._node.destroy_node()


def play(raw: Path, times: int, period: int, apart_s: float, busy: int) -> None:
    """Kill and stop the active one, every `apart_s` to a second more, and record both."""
    name = f"descant-bench-{os.getpid()}"
    os.environ |= {"JACK_DEFAULT_SERVER": name, "JACK_NO_START_SERVER": "1"}
    server = ["jackd", "--realtime", "-n", name, "-d", "dummy", "-r", str(RATE), "-p", str(period)]
    draw = random.Random(1)
    with ExitStack() as stack:
        stack.enter_context(process(server))
        time.sleep(1.0)
        recorder = [sys.executable, str(RECORDER), str(raw)]
        observing = stack.enter_context(subprocess.Popen(recorder, stdin=subprocess.PIPE))
        nodes = Nodes(name)
        stack.callback(nodes.close)
        player = Player()
        stack.callback(player.close)
        memory = FailoverMemory(FailoverGroup(f"{DOMAIN} /", is_second=True))
        while not raw.exists() or not memory.heartbeat_changed():
            time.sleep(0.1)
        time.sleep(BEFORE_S)
        stack.enter_context(busy_loops(busy))
        for number in range(times):
            time.sleep(apart_s + draw.random())
            what = signal.SIGSTOP if number % 2 else signal.SIGKILL
            pid = memory.active_pid
            nodes.send(pid, what)
            if what == signal.SIGSTOP:
                time.sleep(STOPPED_S)
                nodes.send(pid, signal.SIGCONT)
        time.sleep(2.0)
        assert observing.stdin is not None
        observing.stdin.close()
        observing.wait()


def longest(flags: np.ndarray) -> int:
    """The longest run of true values."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], flags.view(np.int8), [0]))))
    return int((edges[1::2] - edges[::2]).max(initial=0))


def envelope(sound: np.ndarray, frames: int = 240) -> np.ndarray:
    """The highest absolute value of every 5 ms."""
    whole = sound[: len(sound) // frames * frames].reshape(-1, frames)
    return np.abs(whole).max(axis=1)


def picture(raw: Path) -> str:
    """The first change from one synth to the other, as an SVG."""
    (sound, _), rate = both_sounds(raw), RATE
    alone = int(BEFORE_S * rate)
    loud = [np.flatnonzero(np.abs(channel) > SILENT) for channel in sound.T]
    gone, other = sorted((index[index > alone][0], n) for n, index in enumerate(loud))[-1]
    ends = loud[1 - other]
    end = int(ends[ends < gone][-1])
    span = slice(end - rate // 10, gone + rate // 8)
    rows_ = {"synth": sound[span, 0], "synth_standby": sound[span, 1], "heard": sound[span].sum(1)}
    back = 1_000 * (gone - end) / rate
    marks = {"killed": 0.0, f"heard again after {back:.0f} ms": back}
    return waveform_svg(rows_, rate, rate // 10, marks)


def rows(raw: Path, when: str) -> list[Row]:
    """The figures of a recording."""
    sound, known = both_sounds(raw)
    both = sound.sum(axis=1)
    follows = known[1:] & known[:-1]
    before = slice(RATE, int((BEFORE_S - 2) * RATE))
    step = np.abs(np.diff(both)) * follows
    usual_step, largest_step = float(step[before].max()), float(step.max())
    usual_peak = float(np.abs(both).max(initial=0.0, where=np.arange(len(both)) < before.stop))
    quiet = longest(envelope(both) < SILENT) * 5.0
    at_once = longest(np.all([envelope(c) > AUDIBLE for c in sound.T], axis=0)) * 5.0
    return [
        Row(f"longest silence, {when}", quiet, "100 ms", 100.0, "ms", 1.0),
        Row(f"largest step, {when}", largest_step, "the sound's peak", usual_peak, ""),
        Row(f"largest step, {when}", largest_step, "without a fault", usual_step, "", 1.2),
        Row(f"peak of the sum, {when}", float(np.abs(both).max()), "without a fault", usual_peak,
            "", 1.5),
        Row(f"both active, {when}", at_once, "a fade and a period", 20.0, "ms", 1.0),
    ]  # fmt: skip


@click.command()
@click.option("--times", default=100, show_default=True)
@click.option("--period", default=256, show_default=True, help="frames")
@click.option("--apart", default="3,6", show_default=True, help="seconds between faults")
@click.option("--busy", default=0, show_default=True, help="busy processes beside it")
@click.option("--picture", "svg", type=click.Path(path_type=Path), help="draw the first change")
def main(times: int, period: int, apart: str, busy: int, svg: Path | None) -> None:
    """Measure and print."""
    os.environ["ROS_DOMAIN_ID"] = DOMAIN
    os.environ["ROS_AUTOMATIC_DISCOVERY_RANGE"] = "LOCALHOST"
    os.environ[FILE] = str(PROFILE)
    rclpy.init()
    found: list[Row] = []
    with tempfile.TemporaryDirectory() as folder:
        for seconds in apart.split(","):
            path = Path(folder) / seconds
            play(path, times, period, float(seconds), busy)
            found += rows(path, f"a fault every {seconds} s")
            if svg is not None:
                svg.write_text(picture(path), encoding="utf-8")
    rclpy.try_shutdown()
    beside = f", {busy} busy processes" if busy else ""
    show("The heard synth killed or stopped", found, f"{times} times, {period} frames{beside}")


if __name__ == "__main__":
    main()
