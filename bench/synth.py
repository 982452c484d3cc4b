# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""CPU seconds per second of sound, beside SuperCollider's scsynth on the same JACK server.

    python bench/synth.py [--repeats 5] [--seconds 4] [--notes 8,32,88,176] [--period 256]

Every note is retuned 60 times a second. Ours is the whole process: allocator, voices, limiter,
JACK client, and the thread that plays. scsynth's client is this process and does not count.
"original" is the 2021 program's sound (five partials, low-pass wandering over all), beside its
voice in scsynth; "paper" the default profile, beside five bare sines with an envelope. Rounds
alternate, so that what else the machine does falls on all of them.

Needs bench/requirements.txt, and the Debian packages jackd2 and supercollider-server.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import statistics
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator

import click
import psutil
import yaml
from key_to_sound import jackd
from results import Row, show

from descant.resources import resource
from descant.synth.live import LiveSynth
from descant.synth.settings import SynthSettings
from descant.synth.tuning import key_frequency
from descant.types import LearningStatus, Note, State

RETUNINGS = 60.0
SETTLE = 0.6
JACK = "descant-bench-synth"
# Decays that outlast the measurement: every note sounds all the time.
LASTING = {"decay_bass": 60.0, "decay_treble": 60.0, "decay_depth": 90.0}


def keys(count: int) -> list[int]:
    """`count` keys around the middle of the keyboard; for 176 they go on below MIDI's lowest."""
    first = 127 - count if count > 100 else 64 - count // 2
    return list(range(first, first + count))


def profile(name: str) -> dict[str, object]:
    """The synth's parameters of a profile."""
    text = resource("config", f"{name}.yaml").read_text()
    return dict(yaml.safe_load(text)["/**/synth"]["ros__parameters"])


def tuned(count: int, loss: float) -> State:
    """A state that tunes all notes."""
    notes = tuple(range(1, count + 1))
    return State(
        0, 1, 1, 1, 0, 1, LearningStatus.LEARNING, 1, "cubic", (), (), loss, loss, (), notes
    )  # fmt: skip


def play(name: str, count: int) -> None:
    """In a child process: sound the notes and retune them until the parent has had enough."""
    settings = SynthSettings.of(
        {**profile(name), **LASTING, "sink": "jack", "voices": max(count, SynthSettings().voices)}
    )
    synth = LiveSynth(settings, time.monotonic())
    for number, key in enumerate(keys(count), start=1):
        synth.add(Note(0, number, True, key, 90, 90 * 128))
    start, turn = time.monotonic(), 0
    while os.getppid() > 1:
        synth.add(tuned(count, 0.02 + 0.01 * (turn % 9)))
        turn += 1
        synth.maintain(time.monotonic())
        if turn == round(SETTLE * RETUNINGS):
            voices = synth.report().voices
            print(f"{synth.sink_state.sink} {voices}", flush=True)
        time.sleep(max(0.0, start + turn / RETUNINGS - time.monotonic()))


@contextlib.contextmanager
def ours(name: str, count: int) -> Iterator[int]:
    """A child that plays, for the length of a block; its process id."""
    environment = {**os.environ, "JACK_DEFAULT_SERVER": JACK, "JACK_NO_START_SERVER": "1"}
    command = [sys.executable, __file__, "--play", name, "--notes", str(count)]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as child:
        try:
            assert child.stdout is not None
            said = child.stdout.readline().split()
            if said != ["jack", str(count)]:
                status = child.wait(5) if not said else "running"
                raise RuntimeError(f"{count} notes were to sound over JACK, not {said} ({status})")
            yield child.pid
        finally:
            child.kill()


def cpu(pid: int) -> float:
    """CPU seconds a process has used."""
    times = psutil.Process(pid).cpu_times()
    return float(times.user + times.system)


def measure_ours(name: str, count: int, seconds: float) -> float:
    """CPU seconds per second."""
    with ours(name, count) as pid:
        before, start = cpu(pid), time.monotonic()
        time.sleep(seconds)
        return (cpu(pid) - before) / (time.monotonic() - start)


def measure_scsynth(name: str, count: int, seconds: float) -> float:
    """CPU seconds per second."""
    from synth_scsynth import scsynth  # noqa: PLC0415 -- the child that plays needs no supriya

    with scsynth(JACK) as server:
        server.start(name, [key_frequency(key, 440.0) for key in keys(count)])
        start, turn, before = time.monotonic(), 0, 0.0
        begin = start
        while time.monotonic() < begin + seconds:
            server.retune(count, 0.02 + 0.01 * (turn % 9))
            turn += 1
            if turn == round(SETTLE * RETUNINGS):
                before, begin = cpu(server.pid), time.monotonic()
            time.sleep(max(0.0, start + turn / RETUNINGS - time.monotonic()))
        return (cpu(server.pid) - before) / (time.monotonic() - begin)


def rows(counts: list[int], repeats: int, seconds: float) -> list[Row]:
    """All comparisons; medians over rounds in which every contestant takes its turn."""
    taken: dict[tuple[str, int], list[float]] = defaultdict(list)
    for _ in range(repeats):
        for count in counts:
            for name in ("original", "paper"):
                taken[name, count].append(measure_ours(name, count, seconds))
            for name in ("program_2021", "bare_sines"):
                taken[name, count].append(measure_scsynth(name, count, seconds))
    middle = {key: statistics.median(values) for key, values in taken.items()}
    made = []
    for what, beside, target in (
        ("original", "program_2021", 0.6),
        ("paper", "program_2021", 0.6),
        ("paper", "bare_sines", 1.0),
        ("original", "bare_sines", None),
    ):
        for count in counts:
            made.append(
                Row(
                    f"{what}, {count} notes",
                    middle[what, count],
                    f"scsynth {beside}",
                    middle[beside, count],
                    "CPU s/s",
                    target,
                )
            )
    return made + growth(counts, middle)


def growth(counts: list[int], middle: dict[tuple[str, int], float]) -> list[Row]:
    """Cost of a note between the two largest counts, beside that between the two smallest."""
    if len(counts) < 4:
        return []
    made = []
    for name in ("original", "paper"):
        low, high = (
            (middle[name, b] - middle[name, a]) / (b - a) * 1_000.0
            for a, b in ((counts[0], counts[1]), (counts[-2], counts[-1]))
        )
        made.append(
            Row(f"{name}, a note more at {counts[-1]}", high, f"at {counts[1]}", low, "ms/s", 1.25)
        )
    return made


@click.command()
@click.option("--repeats", default=5, show_default=True)
@click.option("--seconds", default=4.0, show_default=True)
@click.option("--notes", default="8,32,88,176", show_default=True)
@click.option("--period", default=256, show_default=True)
@click.option("--play", "name", hidden=True)
def main(repeats: int, seconds: float, notes: str, period: int, name: str | None) -> None:
    """Print the table."""
    counts = [int(n) for n in notes.split(",")]
    if name is not None:
        play(name, counts[0])
        return
    if shutil.which("scsynth") is None:
        raise click.ClickException(
            "SuperCollider's scsynth, beside which this measures, is not installed"
            " (Debian: supercollider-server)"
        )
    with jackd(JACK, period):
        time.sleep(1.0)
        how = f"JACK at {period} frames, medians of {repeats} times {seconds:g} s"
        show("CPU seconds per second of sound", rows(counts, repeats, seconds), how)


if __name__ == "__main__":
    main()
