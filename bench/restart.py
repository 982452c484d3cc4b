# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""How soon a node that was killed is usable again, and a launch playable.

    python bench/restart.py [--times 5] [--launches 3]

A whole performance by the launcher: the piano plays a file, a drawn keyboard is the camera, sound
over JACK's dummy driver, everything is recorded; without the standby, so that the synth itself is
seen; the stage is off-screen and small, as where a graphics card draws it. Each node in turn is
killed (SIGKILL); usable again is the first message that only a working one publishes: the
conductor its part, the learner a state of its new run, the synth that it sounds, camera and
recorder that they work, the stage a rate of frames, the piano a note. The baseline is a bare node
of rclpy, from its start to its first message. A launch is playable when the first note of a MIDI
port sounds. Needs jackd.
"""

from __future__ import annotations

import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import click
import mido
import numpy as np
import psutil
import rclpy
from key_to_sound import THRESHOLD, Ear, jackd
from results import Row, show
from soak import processes
from std_msgs.msg import Empty

from descant import topics
from descant.fastdds import FILE
from descant.msg import CameraState, RecorderState, SynthState
from descant.nodes.common.endpoints import subscription

PROFILE = Path(__file__).parents[1] / "config" / "fastdds.xml"
DOMAIN = "86"
READY_S = 60.0
SETTLED_S = 4.0  # between two kills
STROKE_S = 0.02
GONE_S = 0.05  # nothing arrives from a killed node later than this
USABLE_S, PLAYABLE_S = 1.0, 2.5
BARE = """
import time, rclpy
from std_msgs.msg import Empty
rclpy.init()
publisher = rclpy.create_node("bare").create_publisher(Empty, "/bare", 10)
while True:
    publisher.publish(Empty())
    time.sleep(0.005)
"""
OF_A_WORKING_ONE: dict[str, tuple[topics.Topic, Callable[[Any], bool]]] = {
    "piano": (topics.NOTES, lambda _: True),
    "conductor": (topics.PART, lambda _: True),
    "learner": (topics.LEARNER_STATE, lambda _: True),
    "synth": (topics.SYNTH_STATE, lambda m: m.status == SynthState.SOUNDING and m.voices > 0),
    "camera": (topics.CAMERA_STATE, lambda m: m.status == CameraState.SEEING),
    "stage": (topics.STAGE_STATE, lambda m: m.frame_rate > 0.0),
    "recorder": (topics.RECORDER_STATE, lambda m: m.status == RecorderState.RECORDING),
}


class Arrivals:
    """When each node's newest message of a working one arrived (s, monotonic)."""

    def __init__(self) -> None:
        self._node = rclpy.create_node("bench_restart")
        self._executor = rclpy.executors.SingleThreadedExecutor()
        self._executor.add_node(self._node)
        self.newest: dict[str, float] = {}
        for name, (topic, works) in OF_A_WORKING_ONE.items():
            subscription(self._node, topic, self._taker(name, works))
        self._node.create_subscription(Empty, "/bare", self._taker("bare", lambda _: True), 10)

    def _taker(self, name: str, works: Callable[[Any], bool]) -> Callable[[Any], None]:
        def on_message(message: Any) -> None:
            if works(message):
                self.newest[name] = time.monotonic()

        return on_message

    def spin(self, seconds: float) -> None:
        """Take what arrives for so long."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0.0:
            self._executor.spin_once(timeout_sec=left)

    def wait(self, name: str, since: float) -> float:
        """The time of a node's first message since then; exits where there is none."""
        while self.newest.get(name, 0.0) < since:
            if time.monotonic() > since + READY_S:
                raise SystemExit(f"waited {READY_S:g} s in vain for {name}")
            self._executor.spin_once(timeout_sec=0.05)
        return self.newest[name]

    def close(self) -> None:
        """Leave the graph."""
        self._executor.shutdown()
        self._node.destroy_node()


def use_own_graph() -> str:
    """Let this process and its children use a domain and a JACK server of their own: its name."""
    name = f"descant-bench-{os.getpid()}"
    os.environ |= {"ROS_DOMAIN_ID": DOMAIN, "ROS_AUTOMATIC_DISCOVERY_RANGE": "LOCALHOST"}
    os.environ |= {FILE: str(PROFILE), "JACK_DEFAULT_SERVER": name, "JACK_NO_START_SERVER": "1"}
    return name


def long_file(folder: Path, seconds: float = 1_200.0) -> str:
    """A MIDI file as source: a bass note each second, and ten of the upper half."""
    path = folder / "notes.mid"
    track = mido.MidiTrack()
    ticks = 480  # a second has 960
    for index in range(round(seconds * 10)):
        keys = [60 + index % 12, *([36] if index % 10 == 0 else [])]
        track += [mido.Message("note_on", note=key, velocity=64, time=0) for key in keys]
        rest = 96
        for key in keys:
            track.append(mido.Message("note_off", note=key, time=rest))
            rest = 0
    mido.MidiFile(ticks_per_beat=ticks, tracks=[track]).save(path)
    return f"file:{path}"


@contextmanager
def performance(folder: Path, piano: str, standby: str = "false") -> Iterator[psutil.Process]:
    """The live graph for the length of a block."""
    words = [f"piano:={piano}", "camera:=keyboard", "screen:=offscreen"]
    words += ["sound:=jack", f"standby:={standby}", "width:=160", "height:=90"]
    words.append(f"bag:={folder / 'bag'}")
    command = [str(Path(sys.executable).parent / "descant"), "launch", "performance", *words]
    with (folder / "log").open("ab") as log:
        child = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)
    try:
        yield psutil.Process(child.pid)
    finally:
        child.send_signal(signal.SIGINT)
        try:
            child.wait(30.0)
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()


def launches(folder: Path, server: str, times: int) -> list[float]:
    """Seconds from the command to the first sound of a MIDI port that is played all the time."""
    took = []
    for _ in range(times):
        ear = Ear(server)
        start = time.monotonic()
        with performance(folder, "port:keyboard"):
            ear.connect()
            ear.listening = True
            while not any(np.abs(block).max() > THRESHOLD for block in ear.heard):
                ear.send(0x90, 60, 100)
                time.sleep(STROKE_S)
            took.append(time.monotonic() - start)
        ear.close()
    return took


def bare_starts(arrivals: Arrivals, times: int) -> list[float]:
    """Seconds from the start of a bare node to its first message."""
    took = []
    for _ in range(times):
        start = time.monotonic()
        child = subprocess.Popen([sys.executable, "-c", BARE])
        took.append(arrivals.wait("bare", start) - start)
        child.kill()
        child.wait()
        arrivals.spin(1.0)
    return took


def returns(arrivals: Arrivals, launcher: psutil.Process, name: str, times: int) -> list[float]:
    """Seconds from each kill of a node until it is usable again."""
    took = []
    for _ in range(times):
        arrivals.spin(SETTLED_S)
        processes(launcher)[name].kill()
        killed = time.monotonic()
        took.append(arrivals.wait(name, killed + GONE_S) - killed)
    return took


@click.command()
@click.option("--times", default=5, show_default=True, help="kills of each node")
@click.option("--launches", "launch_count", default=3, show_default=True)
@click.option("--nodes", default=",".join(OF_A_WORKING_ONE), show_default=True)
def main(times: int, launch_count: int, nodes: str) -> None:
    """Measure and print."""
    name = use_own_graph()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        stack.enter_context(jackd(name, 256))
        playable = launches(folder, name, launch_count)
        rclpy.init()
        stack.callback(rclpy.try_shutdown)
        arrivals = Arrivals()
        bare = statistics.median(bare_starts(arrivals, times))
        launcher = stack.enter_context(performance(folder, long_file(folder)))
        arrivals.wait("synth", time.monotonic())
        found = {name: returns(arrivals, launcher, name, times) for name in nodes.split(",")}
    first = statistics.median(playable)
    rows = [Row("launch to the first note", first, f"{PLAYABLE_S:g} s", PLAYABLE_S, "s", 1.0)]
    for name, took in found.items():
        rows.append(Row(f"{name}, median", statistics.median(took), "1 s", USABLE_S, "s", 1.0))
        rows.append(Row(f"{name}, longest", max(took), "1 s", USABLE_S, "s", 1.0))
        rows.append(Row(f"{name}, median", statistics.median(took), "bare node", bare, "s"))
    show("Killed and usable again", rows, f"{times} kills of each node, {launch_count} launches")


if __name__ == "__main__":
    main()
