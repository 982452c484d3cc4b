# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Live recordings of all four parts under load, recomputed: are they the same to the bit?

    python bench/verify.py [--seconds 40] [--busy 2] [--only part3] [--keep FOLDER]

For each part: recorder, conductor, learner, synth (computing, no sound card) and piano in their own
processes, a real performance at the piano (DESCANT_MIDI, or ../shared/midi beside the checkout;
else the bundled one), and as many processes that do nothing but count as `--busy` says. Then the
28-minute file at 8 times its speed (`--only sonata3`: in part 3 as well, which is not done unless
asked). Each bag is recomputed from its notes, settings and seed. Exit status 3 where one state
differs.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click
import rclpy
from performances import performance
from rclpy.context import Context
from rclpy.executors import SingleThreadedExecutor
from results import SHORT_STATUS, Row, show

from descant import topics
from descant.bags.reader import read
from descant.msg import PianoState
from descant.nodes.common.endpoints import subscription
from descant.performance.recompute import verify

BIN = Path(sys.prefix) / "lib" / "descant"
DOMAIN = "89"
LISTENERS = 4  # conductor, learner, synth, recorder
BUSY = "while True: pass"
STOP_S = 60.0


@dataclass(frozen=True)
class Concert:
    """What is played: a file of MIDI, from which part on, how fast, how much of it (seconds)."""

    name: str
    file: str
    part: int
    speed: float = 1.0
    whole: bool = False
    asked: bool = False  # only where it is asked for


CONCERTS = (
    Concert("part1", "bach-prelude-860", 1),
    Concert("part2", "schubert-impromptu-90-3", 2),
    Concert("part3", "liszt-etude-1", 3),
    Concert("part4", "bach-prelude-866", 4),
    Concert("sonata", "liszt-sonata", 1, speed=8.0, whole=True),
    Concert("sonata3", "liszt-sonata", 3, speed=8.0, whole=True, asked=True),
)


@contextlib.contextmanager
def running(command: list[str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A child process; stopped in order at the end, and killed where it will not."""
    environment = {
        **os.environ, "ROS_DOMAIN_ID": DOMAIN, "ROS_AUTOMATIC_DISCOVERY_RANGE": "LOCALHOST",
    }  # fmt: skip
    with log.open("ab") as file:
        child = subprocess.Popen(
            command, env=environment, stdout=file, stderr=file, start_new_session=True
        )
    try:
        yield child
    finally:
        child.send_signal(signal.SIGINT)
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(STOP_S)
        if child.poll() is None:
            child.kill()
            child.wait()


def node(name: str, log: Path, **parameters: object) -> contextlib.AbstractContextManager[object]:
    """One node of descant with these parameters."""
    settings = [word for n, v in parameters.items() for word in ("-p", f"{n}:={v}")]
    return running([str(BIN / name), "--ros-args", *settings], log)


def record(concert: Concert, bag: Path, seconds: float, busy: int) -> None:
    """Play and record it, while `busy` processes count."""
    log = bag.with_suffix(".log")
    with contextlib.ExitStack() as stack:
        for _ in range(busy):
            stack.enter_context(running([sys.executable, "-c", BUSY], log))
        stack.enter_context(node("recorder", log, bag=bag))
        stack.enter_context(node("conductor", log, part=concert.part))
        stack.enter_context(node("learner", log, part=concert.part, seed=17))
        stack.enter_context(node("synth", log, sink="none"))
        midi = performance(concert.file)
        piano = {"source": f"file:{midi}", "speed": concert.speed, "listeners": LISTENERS}
        stack.enter_context(node("piano", log, listeners_timeout=120.0, **piano))
        listen_to_the_end(None if concert.whole else seconds)


def listen_to_the_end(seconds: float | None) -> None:
    """Until the piano has finished, or has played so many seconds of its file."""
    context = Context()
    rclpy.init(context=context, domain_id=int(DOMAIN))
    ears = rclpy.create_node("ears", context=context)
    states: list[PianoState] = []
    subscription(ears, topics.PIANO_STATE, states.append)
    executor = SingleThreadedExecutor(context=context)
    executor.add_node(ears)
    enough = float("inf") if seconds is None else seconds
    while not states or (states[-1].status != PianoState.FINISHED and states[-1].position < enough):
        executor.spin_once(timeout_sec=0.2)
    time.sleep(1.0)  # the learner's last states
    executor.shutdown()
    ears.destroy_node()
    rclpy.shutdown(context=context)


def judged(bag: Path) -> tuple[int, int, str]:
    """States that are the same before the first that differs, all states, and a line about it."""
    recording = read(bag)
    began = time.perf_counter()
    verdicts = verify(recording)
    took = time.perf_counter() - began
    words = [
        f"identical ({v.states} states)"
        if v.difference is None
        else f"DIFFERS at state {v.difference.index + 1} of {v.states}, {v.difference}"
        for v in verdicts
    ] or ["NO STATES"]
    same = sum(v.states if v.difference is None else v.difference.index for v in verdicts)
    states, notes = sum(v.states for v in verdicts), len(recording.notes)
    return same, states, f"{notes} notes; {'; '.join(words)}; recomputed in {took:.1f} s"


@click.command(help=__doc__)
@click.option("--seconds", default=40.0, show_default=True, help="Of each part's file.")
@click.option("--busy", default=2, show_default=True, help="Processes that count meanwhile.")
@click.option("--only", "names", multiple=True, help="Only these of the concerts.")
@click.option("--keep", type=click.Path(path_type=Path), help="Keep the bags in this folder.")
def main(seconds: float, busy: int, names: tuple[str, ...], keep: Path | None) -> None:
    """Record and recompute."""
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as folder:
        for concert in CONCERTS:
            if concert.name not in names if names else concert.asked:
                continue
            bag = (keep or Path(folder)) / concert.name
            bag.parent.mkdir(parents=True, exist_ok=True)
            record(concert, bag, seconds, busy)
            same, states, line = judged(bag)
            what = f"part {concert.part}, {performance(concert.file).stem} x{concert.speed:g}"
            rows.append(Row(what, same, "recorded", states, "states", 1.0, more_is_better=True))
            print(f"{concert.name:<8} {concert.file:<24} x{concert.speed:g}  {line}", flush=True)
    show("States that are identical when recomputed", rows, f"{busy} busy processes meanwhile")
    sys.exit(0 if all(row.met for row in rows) else SHORT_STATUS)


if __name__ == "__main__":
    main()
