# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The synth that is heard is killed or stopped at random moments, and the other takes over.

    python bench/failover.py [--times 100] [--period 256] [--busy 0] [--raw FILE]
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
import select
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
from latency import process
from results import Row, show
from waveform import waveform_svg

from descant import topics
from descant.fastdds import FILE
from descant.msg import NoteEvent
from descant.nodes.common.conversion import to_note_event
from descant.nodes.common.endpoints import publisher
from descant.synth.sinks.shared_turn import SharedTurn, Sharing
from descant.types import Note

PROFILE = Path(__file__).parents[1] / "config" / "fastdds.xml"
NODES = Path(sys.prefix) / "lib" / "descant"
DOMAIN, RATE = "87", 48_000
BEAT_S, HELD_NOTES = 0.25, 4
BEFORE_S = 8.0
STOPPED_S = 1.0
READY_S = 6.0  # a synth that is started again hears new notes after 2 to 4 s (docs/sound.md)
SILENT = 0.001  # -60 dBFS
BOTH = 0.02  # where both are louder, they sound at once
KEYS = (60, 64, 67, 71, 74, 48, 55, 79)
NAMES = ("synth", "synth_standby")
CLIENTS = ("descant", "descant_standby")
OBSERVER = "DESCANT_FAILOVER_OBSERVER"  # set for the process that records
LATE = 0.6  # of a period


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


def record(path: Path) -> None:
    """Write what JACK plays of each synth, period by period, until standard input is closed.

    The buffers are read late in the period, when every client that runs has written: what the sound
    card would be given next. A connected client would wait for one that stands still. A period that
    this one misses, which is Python, is left out: the frame of each is written as well.
    """
    import jack  # noqa: PLC0415 -- where there is a library

    jack.set_error_function(lambda _: None)
    client = jack.Client("observer", no_start_server=True)
    library, memory = jack._lib, jack._ffi
    found: list[list[object]] = [[], []]
    with path.open("wb") as file, Path(f"{path}.frames").open("wb") as frames_file:

        @client.set_process_callback
        def process(frames: int) -> None:
            now = client.last_frame_time
            time.sleep(LATE * frames / RATE)
            both = np.zeros((frames, 2), np.float32)
            for number, ports in enumerate(found):
                for port in ports:
                    data = library.jack_port_get_buffer(port, frames)
                    both[:, number] += np.frombuffer(memory.buffer(data, 4 * frames), np.float32)
            if client.last_frame_time == now:
                file.write(both.tobytes())
                frames_file.write(np.uint32(now).tobytes())

        client.activate()
        while not select.select([sys.stdin], [], [], 0.005)[0]:
            for number, name in enumerate(CLIENTS):
                ports = client.get_ports(rf"^{name}(-\d+)?:out_1$", is_output=True)
                found[number] = [port._ptr for port in ports]
        for each in (file, frames_file):
            each.flush()
        os._exit(0)  # what JACK's thread does now is of no interest


def play(raw: Path, times: int, period: int, busy: int) -> None:
    """Kill and stop the one that is heard, and record both into a file of two channels."""
    name = f"descant-bench-{os.getpid()}"
    os.environ |= {"JACK_DEFAULT_SERVER": name, "JACK_NO_START_SERVER": "1"}
    server = ["jackd", "--realtime", "-n", name, "-d", "dummy", "-r", str(RATE), "-p", str(period)]
    draw = random.Random(1)
    with ExitStack() as stack:
        stack.enter_context(process(server))
        time.sleep(1.0)
        environment = {**os.environ, OBSERVER: str(raw)}
        observing = stack.enter_context(
            subprocess.Popen([sys.executable, __file__], stdin=subprocess.PIPE, env=environment)
        )
        nodes = Nodes(name)
        stack.callback(nodes.close)
        player = Player()
        stack.callback(player.close)
        turn = SharedTurn(Sharing(f"{DOMAIN} /", is_second=True))
        while not raw.exists() or not turn.is_played():
            time.sleep(0.1)
        time.sleep(BEFORE_S)
        stack.enter_context(busy_loops(busy))
        for number in range(times):
            time.sleep(READY_S + draw.random())
            what = signal.SIGSTOP if number % 2 else signal.SIGKILL
            pid = turn.heard_pid
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


def both_sounds(raw: Path) -> tuple[np.ndarray, np.ndarray]:
    """What was heard of each, (frames, 2), from the first sound on, and which frames were read.

    A period that was not read is between its neighbours as if it had stood still.
    """
    read = np.fromfile(raw, np.float32)
    frames = np.fromfile(f"{raw}.frames", np.uint32).astype(np.int64)
    period = len(read) // len(frames) // 2
    blocks = read[: len(frames) * period * 2].reshape(len(frames), period, 2)
    place = (frames - frames[0]) // period
    which = np.searchsorted(place, np.arange(place[-1] + 1), side="right") - 1
    known = place[which] == np.arange(place[-1] + 1)
    sound = np.where(known[:, None, None], blocks[which], blocks[which][:, -1:, :]).reshape(-1, 2)
    first = int(np.flatnonzero(np.abs(sound).max(axis=1) > BOTH)[0])
    return sound[first:], np.repeat(known, period)[first:]


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


def rows(raw: Path) -> list[Row]:
    """What the recording says."""
    sound, known = both_sounds(raw)
    both = sound.sum(axis=1)
    follows = known[1:] & known[:-1]
    before = slice(RATE, int((BEFORE_S - 2) * RATE))
    step = [np.abs(np.diff(channel)) * follows for channel in (*sound.T, both)]
    usual_step = float(step[2][before].max())
    steps = [float(each.max()) for each in step]
    usual_peak = float(np.abs(both).max(initial=0.0, where=np.arange(len(both)) < before.stop))
    quiet = longest(envelope(both) < SILENT) * 5.0
    at_once = longest(np.all([envelope(c) > BOTH for c in sound.T], axis=0)) * 5.0
    return [
        Row("longest silence", quiet, "100 ms", 100.0, "ms", 1.0),
        Row("largest step of the sum", steps[2], "the sound's peak", usual_peak, "", 1.0),
        Row("largest step of the sum", steps[2], "without a fault", usual_step, ""),
        Row("largest step of one synth", max(steps[:2]), "without a fault", usual_step, ""),
        Row("peak of the sum", float(np.abs(both).max()), "without a fault", usual_peak, "", 1.5),
        Row("longest time that both sound", at_once, "a fade and a period", 20.0, "ms", 1.0),
    ]


@click.command()
@click.option("--times", default=100, show_default=True)
@click.option("--period", default=256, show_default=True, help="frames")
@click.option("--busy", default=0, show_default=True, help="busy processes beside it")
@click.option("--raw", type=click.Path(path_type=Path), help="keep the recording")
@click.option("--picture", "svg", type=click.Path(path_type=Path), help="draw the first change")
def main(times: int, period: int, busy: int, raw: Path | None, svg: Path | None) -> None:
    """Measure and print."""
    os.environ["ROS_DOMAIN_ID"] = DOMAIN
    os.environ["ROS_AUTOMATIC_DISCOVERY_RANGE"] = "LOCALHOST"
    os.environ[FILE] = str(PROFILE)
    rclpy.init()
    with tempfile.TemporaryDirectory() as folder:
        path = raw or Path(folder) / "both"
        play(path, times, period, busy)
        found = rows(path)
        if svg is not None:
            svg.write_text(picture(path), encoding="utf-8")
    rclpy.try_shutdown()
    beside = f", {busy} busy processes" if busy else ""
    show("The heard synth killed or stopped", found, f"{times} times, {period} frames{beside}")


if __name__ == "__main__":
    if OBSERVER in os.environ:
        record(Path(os.environ[OBSERVER]))
    else:
        main()
