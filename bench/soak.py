# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Hours of playing in a short time: does anything grow?

    python bench/soak.py [--minutes 30] [--speed 4] [--part-minutes 2] [--write docs/soak.md]

The longest real performance (28 minutes; DESCANT_MIDI, or ../shared/midi beside the checkout; else
the bundled one), at so many times its speed and over and over, through the whole live graph: every
node in its own process by the launch file, recorded, the keyboard as the camera, a small stage
off-screen, sound over JACK where there is a jackd (its dummy driver), the next part every few
minutes. Memory, threads and file handles of every node are read every few seconds, with the voices
of the synth. Exit status 1 where something grows, by the criterion that is printed.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import click
import mido
import psutil
import rclpy
from key_to_sound import jackd
from machine import machine
from performances import performance
from rcl_interfaces.srv import SetParameters
from rclpy.executors import SingleThreadedExecutor
from rclpy.parameter import Parameter
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from soaking import CRITERION, HEAD, SLOPE_MOST, Course, markdown, rows

from descant import topics
from descant.msg import Cue, RecorderState, SynthState
from descant.nodes.common.endpoints import message_class, publisher, qos_profile, subscription

PERFORMANCE = "liszt-sonata"
SIZE = ("width:=128", "height:=72")
DOMAIN = "89"
JACK = "descant-soak"
PERIOD_FRAMES = 128
READY_S = 60.0
STOP_S = 30.0
PERIOD_S = 5.0
SETTLE_S = 10.0  # what nodes allocate with their first notes is not growth
SILENCE_S = 60.0
NODES = (
    "piano", "conductor", "learner", "synth", "synth_standby", "camera", "stage", "recorder",
)  # fmt: skip
EXPECTED = {
    "piano": "all that was played, in blocks: 24 bytes a note, 12 a pedal",
    "recorder": "the index of its bag, of four chunks a second: up to 30 MiB an hour until it is "
    "closed; the numbers of 10,000 messages a topic; a queue of 256 MiB at most",
}
ALLOWED = {"recorder": 30.0, "piano": 20.0}  # MiB an hour


class Ears:
    """Counts what is kept, hears the synth, and says the next part."""

    def __init__(self) -> None:
        self.node = rclpy.create_node("soak")
        self.counts = dict.fromkeys(("/notes", "/pedals", "/learner_state"), 0)
        self.synth: list[SynthState] = []
        self.recorder: RecorderState | None = None
        for topic in (topics.NOTES, topics.PEDALS, topics.LEARNER_STATE):
            self.node.create_subscription(
                message_class(topic.message_type), topic.name,
                lambda _, t=topic.name: self._count(t), qos_profile(topics.LIVE), raw=True,
            )  # fmt: skip
        subscription(self.node, topics.SYNTH_STATE, self.synth.append)
        subscription(self.node, topics.RECORDER_STATE, self._hear_recorder)
        self._cues = publisher(self.node, topics.CUE)
        self._loop = self.node.create_client(SetParameters, "/piano/set_parameters")
        self._executor = SingleThreadedExecutor()
        self._executor.add_node(self.node)

    def spin(self, seconds: float) -> None:
        """Listen for so long."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0.0:
            self._executor.spin_once(timeout_sec=left)

    def wait(self, condition: object, what: str, seconds: float) -> None:
        """Listen until it holds; exits with what was missing."""
        end = time.monotonic() + seconds
        while not condition():  # type: ignore[operator] -- a function
            if time.monotonic() > end:
                raise SystemExit(f"waited {seconds:g} s in vain for {what}")
            self.spin(0.1)

    def loop(self) -> None:
        """The piano's file begins again when it ends."""
        self.wait(self._loop.service_is_ready, "the piano", READY_S)
        parameter = Parameter("loop", value=True).to_parameter_msg()
        answer = self._loop.call_async(SetParameters.Request(parameters=[parameter]))
        self.wait(answer.done, "the piano's answer", READY_S)

    def go_to(self, part: int) -> None:
        """The next part."""
        self._cues.publish(Cue(command=Cue.PART, part=part))

    def _count(self, topic: str) -> None:
        self.counts[topic] += 1

    def _hear_recorder(self, state: RecorderState) -> None:
        self.recorder = state


def faster(path: Path, speed: float, copy: Path) -> float:
    """A copy of a MIDI file that plays `speed` times as fast; seconds it lasts."""
    file = mido.MidiFile(path)
    for track in file.tracks:
        track[:] = [
            m.copy(tempo=max(1, round(m.tempo / speed))) if m.type == "set_tempo" else m
            for m in track
        ]
    file.tracks[0].insert(0, mido.MetaMessage("set_tempo", tempo=round(500_000 / speed)))
    file.save(copy)
    return float(file.length)


@contextlib.contextmanager
def graph(midi: Path, folder: Path, sound: str) -> Iterator[psutil.Process]:
    """The live performance for the length of a block."""
    words = [f"piano:=file:{midi}", "camera:=keyboard", "screen:=offscreen", f"sound:={sound}"]
    words += [f"bag:={folder / 'bag'}", *SIZE]
    command = [str(Path(sys.executable).parent / "descant"), "launch", "performance", *words]
    with (folder / "log").open("wb") as log:
        child = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)
    try:
        yield psutil.Process(child.pid)
    finally:
        child.send_signal(signal.SIGINT)
        try:
            child.wait(STOP_S)
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()


def processes(launcher: psutil.Process) -> dict[str, psutil.Process]:
    """The nodes that run now, by name."""
    found = {}
    for child in launcher.children(recursive=True):
        with contextlib.suppress(psutil.Error):
            for word in child.cmdline():
                if Path(word).parent.name == "descant" and Path(word).name in NODES:
                    found[Path(word).name] = child
    return found


def soak(launcher: psutil.Process, ears: Ears, minutes: float, each: float) -> list[Course]:
    """Play and take samples."""
    ears.wait(lambda: len(processes(launcher)) == len(NODES), "all nodes", READY_S)
    ears.loop()
    ears.wait(lambda: ears.counts["/notes"] > 0, "the first note", READY_S)
    ears.spin(SETTLE_S)
    courses = {
        name: Course(
            name, expected=EXPECTED.get(name, "nothing"), allowed=ALLOWED.get(name, SLOPE_MOST)
        )
        for name in NODES
    }
    columns = (TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn())
    began, part = time.monotonic(), 1
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task("", total=minutes * 60.0)
        while (at := time.monotonic() - began) < minutes * 60.0:
            wanted = int(at / (each * 60.0)) % 4 + 1
            if wanted != part:
                ears.go_to(part := wanted)
            for name, process in processes(launcher).items():
                courses[name].take(at, process)
            said = f"part {part}, {ears.counts['/notes']:,} notes, {_voices(ears)} voices"
            progress.update(task, completed=at, description=said)
            ears.spin(PERIOD_S)
    return list(courses.values())


def _voices(ears: Ears) -> int:
    return ears.synth[-1].voices if ears.synth else 0


def falls_silent(launcher: psutil.Process, ears: Ears) -> bool:
    """Whether all voices end once the piano is frozen, in the midst of a bar."""
    piano = processes(launcher)["piano"]
    piano.suspend()
    try:
        end = time.monotonic() + SILENCE_S
        while time.monotonic() < end and _voices(ears):
            ears.spin(0.5)
        return _voices(ears) == 0
    finally:
        piano.resume()


def report(courses: list[Course], ears: Ears, how: str, *, silent: bool) -> tuple[str, bool]:
    """The page in Markdown, and whether something grew."""
    voices = [state.voices for state in ears.synth]
    half = len(voices) // 2
    counts = ", ".join(f"{count:,} on {topic}" for topic, count in ears.counts.items())
    lines = [
        "# Soak", "", how, "", CRITERION, "", "Memory in MiB.", "",
        markdown(HEAD, rows(courses)), "",
        f"- Messages: {counts}.",
        f"- Voices of the synth, at most: {max(voices[:half], default=0)} in the first half, "
        f"{max(voices[half:], default=0)} in the second; "
        + ("none was left" if silent else "**some were left**") + " when the piano had stopped.",
        _gaps(ears.synth),
        f"- Recorded: {ears.recorder.messages if ears.recorder else 0:,} messages, "
        f"{(ears.recorder.bytes if ears.recorder else 0) / 2**20:,.0f} MiB on the disk.",
    ]  # fmt: skip
    return "\n".join(lines) + "\n", not silent or any("grows:" in c.verdict for c in courses)


def _gaps(states: list[SynthState]) -> str:
    """How often the sound of the active synth was interrupted since the samples began."""
    first, last = states[0], states[-1]
    return (
        f"- Sound: {last.gaps - first.gaps} gaps, {last.xruns - first.xruns} periods that the "
        f"server was late for, at {PERIOD_FRAMES} frames, in {len(states) / 600:.0f} minutes."
    )


@click.command(help=__doc__.splitlines()[0])
@click.option("--minutes", default=30.0, show_default=True, help="for so long")
@click.option("--speed", default=4.0, show_default=True, help="times the performance's own")
@click.option("--part-minutes", default=2.0, show_default=True, help="then comes the next part")
@click.option("--write", type=click.Path(path_type=Path), help="the page, as Markdown")
def main(minutes: float, speed: float, part_minutes: float, write: Path | None) -> None:
    os.environ["ROS_DOMAIN_ID"] = DOMAIN
    os.environ["ROS_AUTOMATIC_DISCOVERY_RANGE"] = "LOCALHOST"
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        sound = "none"
        if shutil.which("jackd"):
            os.environ["JACK_DEFAULT_SERVER"], os.environ["JACK_NO_START_SERVER"] = JACK, "1"
            stack.enter_context(jackd(JACK, PERIOD_FRAMES))
            sound = "jack"
        path = performance(PERFORMANCE)
        lasts = faster(path, speed, folder / "fast.mid")
        rclpy.init()
        stack.callback(rclpy.try_shutdown)
        launcher = stack.enter_context(graph(folder / "fast.mid", folder, sound))
        ears = Ears()
        courses = soak(launcher, ears, minutes, part_minutes)
        silent = falls_silent(launcher, ears)
        how = (
            f"{path.stem} at {speed:g} times its speed ({lasts / 60.0:.1f} minutes), over and over "
            f"for {minutes:g} minutes, sound: {sound}, another part every {part_minutes:g} "
            f"minutes. {date.today()}, {machine()}."
        )
        page, grows = report(courses, ears, how, silent=silent)
    print(page)
    if write:
        write.write_text(page)
    sys.exit(1 if grows else 0)


if __name__ == "__main__":
    main()
