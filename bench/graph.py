# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The whole graph of parts 3 and 4 at work: frames, delays, frame rate, and what each node costs.

    python bench/graph.py [--seconds 20] [--parts 3,4] [--size 1280x720] [--camera keyboard]

Every node in its own process by the launch files, a real performance at the piano (DESCANT_MIDI,
or ../shared/midi beside the checkout; else the bundled one), 30 camera pictures a second, sound
computed and thrown away at the pace of a sound card (sound:=none). The stage is the node as it is,
with a notebook (graph_stage.py). Beside it, in the same run, a bare subscriber takes the same
pictures and only copies them (graph_bare.py): what delivery alone costs.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click
import psutil
import rclpy
from performances import performance
from rclpy.executors import SingleThreadedExecutor
from results import Row, show

from descant import topics
from descant.decoding import stamp_ns
from descant.msg import CameraState, PianoState
from descant.nodes.common.endpoints import subscription

HERE = Path(__file__).parent
PROFILE = HERE.parent / "config" / "fastdds.xml"
DOMAIN = "88"
NODES = ("piano", "conductor", "learner", "synth", "camera", "recorder", "stage", "bare")
PERFORMANCES = {3: "schubert-impromptu-90-3", 4: "liszt-etude-1"}
READY_TIMEOUT_S = 90.0
STOP_TIMEOUT_S = 30.0
SETTLE_S = 3.0


@dataclass(frozen=True)
class Measured:
    """What one part gave. Delays in ms, CPU in seconds a second by node."""

    seconds: float
    sent: int
    received: int
    bare: list[float]
    delays: list[float]
    dropped: int
    frame_rate: float
    frame_time: float
    cpu: dict[str, float]


@contextlib.contextmanager
def running(
    folder: Path, part: int, size: tuple[int, int], camera: str, *, record: bool
) -> Iterator[list[psutil.Process]]:
    """The graph, the stage and the bare subscriber for the length of a block."""
    played = performance(PERFORMANCES.get(part, "liszt-etude-1"))
    width, height = f"width:={size[0]}", f"height:={size[1]}"
    bag = f"bag:={folder / 'bag'}" if record else "bag:=none"
    words = [f"piano:=file:{played}", f"camera:={camera}", "screen:=none", "sound:=none", bag]
    launch = [str(Path(sys.executable).parent / "descant"), "launch", f"part{part}", *words]
    awaited = "conductor learner synth stage" + (" recorder" if record else "")
    launch += [width, height, f"awaited:={awaited}"]
    python, given = sys.executable, ["-p", width, "-p", height, "-p", f"part:={part}"]
    stage = [python, str(HERE / "graph_stage.py"), str(folder / "stage"), "--ros-args"]
    stage += ["-p", "canvas:=offscreen", *given]
    bare = [python, str(HERE / "graph_bare.py"), str(folder / "bare")]
    with contextlib.ExitStack() as stack:
        log = stack.enter_context((folder / "log").open("w"))
        processes = []
        for command in (launch, stage, bare):
            child = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)
            stack.callback(stop, child)
            processes.append(psutil.Process(child.pid))
        try:
            yield processes
        except TimeoutError as error:
            raise SystemExit(f"{error}; {(folder / 'log').read_text()}") from None


def stop(child: subprocess.Popen[bytes]) -> None:
    """ctrl-c, and what still runs then is killed."""
    child.send_signal(signal.SIGINT)
    try:
        child.wait(STOP_TIMEOUT_S)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


class Ears:
    """What camera and piano say of themselves."""

    def __init__(self) -> None:
        self.node = rclpy.create_node("bench")
        self.camera: list[CameraState] = []
        self.piano: list[PianoState] = []
        subscription(self.node, topics.CAMERA_STATE, self.camera.append)
        subscription(self.node, topics.PIANO_STATE, self.piano.append)
        self._executor = SingleThreadedExecutor()
        self._executor.add_node(self.node)

    def ready(self) -> None:
        """Wait until it is played and pictures come. `TimeoutError` where that never is."""
        deadline = time.monotonic() + READY_TIMEOUT_S
        while not (
            self.piano
            and self.piano[-1].status == PianoState.PLAYING
            and self.piano[-1].position > 0.0
            and self.camera
            and self.camera[-1].frame_rate > 1.0
        ):
            if time.monotonic() > deadline:
                raise TimeoutError("the graph did not come to life")
            self._executor.spin_once(timeout_sec=0.2)

    def listen(self, seconds: float) -> None:
        """Listen so long, and on to the camera's next word."""
        end, said = time.monotonic() + seconds, len(self.camera)
        while time.monotonic() < end or len(self.camera) == said:
            self._executor.spin_once(timeout_sec=0.2)


def cpu_times(processes: list[psutil.Process]) -> dict[str, float]:
    """Seconds of CPU of each node so far."""
    times = {}
    for process in [p for top in processes for p in (top, *top.children(recursive=True))]:
        words = " ".join(process.cmdline())
        for name in NODES:
            if f"lib/descant/{name} " in words or f"graph_{name}.py" in words:
                spent = process.cpu_times()
                times[name] = spent.user + spent.system
    return times


def measure(
    part: int, size: tuple[int, int], camera: str, seconds: float, *, record: bool
) -> Measured:
    """One part, `seconds` long."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with running(folder, part, size, camera, record=record) as processes:
            ears = Ears()
            ears.ready()
            ears.listen(SETTLE_S)
            begin, before, start = ears.camera[-1], cpu_times(processes), time.monotonic()
            ears.listen(seconds)
            end, after, passed = ears.camera[-1], cpu_times(processes), time.monotonic() - start
            ears.listen(1.5)  # the stage's word about the last second
            ears.node.destroy_node()
        cpu = {node: (after[node] - before[node]) / passed for node in NODES if node in before}
        return evaluate(folder, begin, end, cpu)


def evaluate(folder: Path, begin: CameraState, end: CameraState, cpu: dict[str, float]) -> Measured:
    """What the notebooks say of the time between two words of the camera."""
    first, last = stamp_ns(begin), stamp_ns(end)
    lines = [json.loads(line) for line in (folder / "stage").read_text().splitlines()]
    seconds = [line for line in lines if first <= line.get("time", 0) < last]
    bare = [line.split() for line in (folder / "bare").read_text().splitlines()]
    return Measured(
        seconds=(last - first) / 1e9,
        sent=end.pictures - begin.pictures,
        received=sum(first <= line.get("came", 0) < last for line in lines),
        bare=[float(delay) for stamp, delay in bare if first <= int(stamp) < last],
        delays=[delay for line in seconds for delay in line["delays"]],
        dropped=seconds[-1]["dropped"] - seconds[0]["dropped"],
        frame_rate=statistics.mean(line["frame_rate"] for line in seconds),
        frame_time=statistics.median(line["frame_time"] for line in seconds),
        cpu=cpu,
    )


def percentile(values: list[float], percent: int) -> float:
    """The `percent`-th percentile, 1..99; NaN where there are too few."""
    if len(values) < 2:
        return float("nan")
    return statistics.quantiles(values, n=100, method="inclusive")[percent - 1]


def rows_of(part: int, found: Measured) -> list[Row]:
    """The rows of one part."""
    here, sent = f"part {part}", found.sent
    rows = [
        Row(f"{here}: received by the stage", found.received, "sent", sent, "pictures"),
        Row(f"{here}: received by the bare subscriber", len(found.bare), "sent", sent, "pictures"),
        Row(f"{here}: came and never shown", found.dropped, "received", found.received, "pictures"),
    ]
    for percent in (50, 99):
        ours, bare = percentile(found.delays, percent), percentile(found.bare, percent)
        rows.append(Row(f"{here}: camera to screen, p{percent}", ours, "bare copy", bare, "ms"))
    rows.append(Row(f"{here}: frames of the stage", found.frame_rate, "asked", 60.0, "/s"))
    rows.append(
        Row(f"{here}: to draw one frame, median", found.frame_time, "a 60th", 1000 / 60, "ms")
    )
    total = sum(seconds for node, seconds in found.cpu.items() if node != "bare")
    for node, seconds in found.cpu.items():
        rows.append(Row(f"{here}: CPU, {node}", seconds, "all nodes", total, "s/s"))
    return rows


@click.command()
@click.option("--seconds", default=20.0, show_default=True, help="of each part")
@click.option("--parts", default="3,4", show_default=True)
@click.option("--size", default="1280x720", show_default=True, help="of camera and stage")
@click.option("--camera", default="keyboard", show_default=True, help="or file:FILM")
@click.option("--record", is_flag=True, help="With a recorder: every picture goes to the disk.")
def main(seconds: float, parts: str, size: str, camera: str, *, record: bool) -> None:
    """Measure and print."""
    os.environ["ROS_DOMAIN_ID"] = DOMAIN
    os.environ["ROS_AUTOMATIC_DISCOVERY_RANGE"] = "LOCALHOST"
    os.environ["FASTRTPS_DEFAULT_PROFILES_FILE"] = str(PROFILE)
    width, height = (int(n) for n in size.split("x"))
    rclpy.init()
    rows: list[Row] = []
    for part in (int(word) for word in parts.split(",")):
        rows += rows_of(part, measure(part, (width, height), camera, seconds, record=record))
    rclpy.shutdown()
    show("The graph at work", rows, f"{size}, camera {camera}, {seconds:g} s each")


if __name__ == "__main__":
    main()
