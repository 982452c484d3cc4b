# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Note at the piano to state at the synth, beside bare rclpy; and key to sound over JACK.

    python bench/latency.py [--rates 10,200] [--seconds 10] [--repeats 3] [--periods 64,128,256]
        [--ahead 0,2.5,5]

Graph: the real piano node plays a file of even notes, the real learner steps on each; this process
listens where the synth listens and takes the difference between the stamp (taken as the note
is due at the piano) and the arrival of its state. The baseline are three processes with the same
two hops and no work (bench/echo.py), in the same run.

Sound: this process is a JACK client that sends MIDI at a known frame and listens to the synth's
output: from the frame of the key to the frame of the first sounding sample. Needs jackd.
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
from contextlib import contextmanager
from pathlib import Path

import click
import mido
import rclpy
from key_to_sound import STROKES, measure_key_to_sound
from rclpy.executors import SingleThreadedExecutor
from results import Row, show

from descant import topics
from descant.decoding import stamp_ns
from descant.msg import LearnerState, NoteEvent
from descant.nodes.common.endpoints import qos_profile

HERE = Path(__file__).parent
BIN = Path(sys.prefix) / "lib" / "descant"
DOMAIN = "88"
SETTLE_S = 3.0  # discovery tells of a publisher before it is matched


@contextmanager
def process(
    command: list[str],
    *,
    log: Path = Path(os.devnull),
    environment: dict[str, str] | None = None,
) -> Iterator[None]:
    """Run `command` for the length of a block; its output goes to `log`."""
    with log.open("wb") as file:
        child = subprocess.Popen(command, stdout=file, stderr=file, env=environment)
    try:
        yield
    finally:
        child.send_signal(signal.SIGINT)
        try:
            child.wait(10)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def even_notes(path: Path, rate: float, count: int) -> None:
    """A MIDI file of `count` notes of the upper half, `rate` a second, after one bass note."""
    track = mido.MidiTrack()
    ticks = 10_000  # at 120 beats a minute: 20,000 ticks a second
    period = round(2 * ticks / rate)
    for index in range(count):
        key = 36 if index == 0 else 60 + index % 40
        track.append(mido.Message("note_on", note=key, velocity=64, time=period - period // 2))
        track.append(mido.Message("note_off", note=key, time=period // 2))
    mido.MidiFile(ticks_per_beat=ticks, tracks=[track]).save(path)


def collect(kind: type, topic: str, count: int, answers: list[str], asks: list[str]) -> list[float]:
    """Milliseconds from stamp to arrival of `count` messages of `topic`.

    The process `answers` publishes them for what the process `asks` says; the second is started
    when this one is matched with the first.
    """
    delays: list[float] = []
    node = rclpy.create_node("bench")

    def arrived(message: LearnerState | NoteEvent) -> None:
        delays.append((time.time_ns() - stamp_ns(message)) / 1e6)

    node.create_subscription(kind, topic, arrived, qos_profile(topics.LIVE))
    executor = SingleThreadedExecutor()
    executor.add_node(node)
    with process(answers):
        spin(executor, lambda: node.count_publishers(topic) > 0)
        settled = time.monotonic() + SETTLE_S
        spin(executor, lambda: time.monotonic() > settled)
        with process(asks):
            spin(executor, lambda: len(delays) >= count)
    executor.shutdown()
    node.destroy_node()
    if len(delays) < count:
        raise SystemExit(f"{topic}: {len(delays)} of {count} messages arrived")
    return delays


def spin(executor: SingleThreadedExecutor, condition: Callable[[], bool]) -> None:
    """Spin until `condition`, two minutes at most."""
    deadline = time.monotonic() + 120
    while not condition() and time.monotonic() < deadline:
        executor.spin_once(timeout_sec=0.1)


def graph(rate: float, count: int) -> list[float]:
    """Delays of the real graph."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "even.mid"
        even_notes(path, rate, count)
        piano = [
            str(BIN / "piano"),
            "--ros-args",
            "-p",
            f"source:=file:{path}",
            "-p",
            "listeners:=1",
        ]
        learner = [str(BIN / "learner"), "--ros-args", "-p", "threshold:=0.0"]
        return collect(LearnerState, "/learner_state", count, learner, piano)


def echo(rate: float, count: int) -> list[float]:
    """Delays of the bare echo."""
    script = [sys.executable, str(HERE / "echo.py")]
    ping = [*script, "ping", str(rate), str(count)]
    return collect(NoteEvent, "/pong", count, [*script, "echo"], ping)


def percentile(delays: list[float], percent: int) -> float:
    """The `percent`-th percentile, 1..99."""
    return statistics.quantiles(delays, n=100, method="inclusive")[percent - 1]


def medians(measure: Callable[[], list[float]], repeats: int) -> tuple[float, float]:
    """p50 and p99 of a measurement, medians over `repeats`; the first tenth is warm-up."""
    runs = [measure() for _ in range(repeats)]
    runs = [run[len(run) // 10 :] for run in runs]
    return (
        statistics.median(percentile(run, 50) for run in runs),
        statistics.median(percentile(run, 99) for run in runs),
    )


def graph_rows(rate: float, seconds: float, repeats: int) -> list[Row]:
    """The comparison at one rate."""
    count = max(50, int(rate * seconds))
    ours = medians(lambda: graph(rate, count), repeats)
    bare = medians(lambda: echo(rate, count), repeats)
    name = f"{rate:g} notes/s"
    return [
        Row(f"p50, {name}", ours[0], "echo p50", bare[0], "ms", 1.5),
        Row(f"p99, {name}", ours[1], "echo p99", bare[1], "ms"),
        Row(f"p99, {name}", ours[1], "5 ms", 5.0, "ms", 1.0),
        Row(f"jitter p99 - p50, {name}", ours[1] - ours[0], "2 ms", 2.0, "ms", 1.0),
        Row(f"jitter p99 - p50, {name}", ours[1] - ours[0], "echo", bare[1] - bare[0], "ms"),
    ]


@click.command()
@click.option(
    "--rates", default="10,200", show_default=True, help="notes a second; '' skips the graph"
)
@click.option("--seconds", default=10.0, show_default=True, help="of each measurement")
@click.option("--repeats", default=3, show_default=True)
@click.option(
    "--periods", default="64,128,256", show_default=True, help="frames; '' skips the sound"
)
@click.option("--ahead", default="0,2.5,5", show_default=True, help="milliseconds, of the sound")
def main(rates: str, seconds: float, repeats: int, periods: str, ahead: str) -> None:
    """Measure and print."""
    os.environ["ROS_DOMAIN_ID"] = DOMAIN
    os.environ["ROS_AUTOMATIC_DISCOVERY_RANGE"] = "LOCALHOST"
    rclpy.init()
    rows: list[Row] = []
    for rate in filter(None, rates.split(",")):
        rows += graph_rows(float(rate), seconds, repeats)
    rclpy.shutdown()
    how = f"medians of {repeats} times {seconds:g} s"
    if rows:
        show("Note at the piano to state at the synth", rows, how)
    ahead_ms = [float(text) for text in ahead.split(",")]
    sound = [
        row
        for period in periods.split(",")
        if period
        for row in measure_key_to_sound(int(period), ahead_ms, repeats)
    ]
    if sound:
        show("Key to sound", sound, f"medians of {repeats} times {STROKES} strokes")


if __name__ == "__main__":
    main()
