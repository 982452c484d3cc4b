# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Three machines: what the audience notices of a slow line, of a lossy one, and of a pulled cable.

    python bench/network.py [--seconds 15] [--size 1280x720] [--cut 10]

The hosts of tests/support/hosts.py, with the launch files as docs/stage-network.md says: piano,
synth, learner and conductor on one, the camera on the second, the stage on the third, where a
witness writes down what comes and when (all clocks are one: the machine is). First with a plain
cable, then with the piano's cable pulled, then with bench/line.py in the stage's cable. The witness
of the pictures joins once the traffic was counted: each subscriber has them sent. Needs root,
iproute2, util-linux and /dev/net/tun.
"""

from __future__ import annotations

import contextlib
import json
import math
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import click
from results import Row, show

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from support.hosts import lacking
from support.midifiles import write_midi_file
from support.show import bar, longest_silence
from support.spread import HOSTS, Said, Spread, spread

LINE = str(Path(__file__).with_name("line.py"))
CABLE = "a plain cable"
LINES = {
    "delay 0 ms": (0.0, 0.0),
    "delay 1 ms": (0.001, 0.0),
    "delay 5 ms": (0.005, 0.0),
    "delay 20 ms": (0.020, 0.0),
    "loss 1 %": (0.0, 0.01),
}
PICTURES = "/camera/image_raw/compressed"
TOPICS = {"note": "/notes", "state": "/learner_state", "picture": PICTURES}
MOST_MEGABITS, LEAST_PICTURES = 60.0, 25.0  # a second, at the stage
BAR_S = 1.2
SETTLE_S = 4.0  # after a change, and for what is under way at the end
MUSIC_S = 600.0


@dataclass(frozen=True)
class Found:
    """One line. Delays in ms from the stamp of a note or picture to its coming on the stage's
    machine; `lost` are notes; `shown` is the stage's own camera-to-screen, ms, once a second.
    """

    delays: dict[str, list[float]]
    pictures_a_second: float
    lost: int
    megabits: float  # a second, that came to the stage's machine for the stage alone
    shown: list[float] = field(default_factory=list)


def percentile(values: list[float], percent: int) -> float:
    """The `percent`-th percentile; NaN where there are too few."""
    if len(values) < 2:
        return math.nan
    return statistics.quantiles(values, n=100, method="inclusive")[percent - 1]


@contextlib.contextmanager
def performance(size: str, *, line: bool) -> Iterator[tuple[Spread, subprocess.Popen[str] | None]]:
    """Part 3 on three machines, playing, with everything arriving."""
    with tempfile.TemporaryDirectory() as name, spread(folder := Path(name)) as running:
        carrier = lay(running) if line else None
        count = round(MUSIC_S / BAR_S)
        music = [(BAR_S * n + at, message) for n in range(count) for at, message in bar()]
        midi = write_midi_file(folder / "show.mid", [sorted(music)])
        for host in HOSTS:
            running.watch(host)
        words = [f"{n}:={v}" for n, v in zip(("width", "height"), size.split("x"), strict=True)]
        running.launch("camera", "part3", *words)
        running.launch("stage", "part3", *words)
        running.launch("piano", "part3", f"piano:=file:{midi}", f"sound:=wav:{running.sound}")
        for topic in ("/notes", "/learner_state"):
            running.wait(lambda t=topic: running.said("stage", t), f"{topic} at the stage")
        running.wait(lambda: sees(running), "pictures on the stage")
        try:
            yield running, carrier
        finally:
            if carrier is not None:
                carrier.kill()
                carrier.communicate()


def sees(running: Spread) -> bool:
    """Whether the stage shows pictures now."""
    states = running.said("piano", "/stage_state")
    return bool(states) and states[-1]["camera_age"] < 1.0


def traffic(running: Spread, seconds: float) -> float:
    """Mbit/s that come to the stage's machine."""

    def received() -> int:
        told = json.loads(running.net["stage"].run("ip", "-s", "-j", "link", "show", "eth0"))
        return int(told[0]["stats64"]["rx"]["bytes"])

    begin, began = received(), time.monotonic()
    time.sleep(seconds)
    return 8e-6 * (received() - begin) / (time.monotonic() - began)


def lay(running: Spread) -> subprocess.Popen[str]:
    """bench/line.py in the place of the stage's cable."""
    switch, stage = running.net.switch, running.net["stage"]
    carrier = subprocess.Popen(
        switch.inside(sys.executable, LINE, "near", "far"),
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert carrier.stdout is not None
    assert carrier.stdout.readline() == "ready\n"
    stage.run("ip", "link", "delete", "eth0")
    for end in ("near", "far"):  # a queue for several pictures
        switch.run("ip", "link", "set", end, "txqueuelen", "20000")
    switch.run("ip", "link", "set", "far", "netns", str(stage.pid))
    switch.run("ip", "link", "set", "near", "master", "br0", "up")
    stage.run("ip", "link", "set", "far", "name", "eth0")
    stage.run("ip", "address", "add", f"{stage.address}/24", "dev", "eth0")
    stage.run("ip", "link", "set", "eth0", "up")
    return carrier


def adjust(carrier: subprocess.Popen[str] | None, delay: float, loss: float) -> None:
    """The line is so from now on."""
    assert carrier is not None
    assert carrier.stdin is not None
    carrier.stdin.write(json.dumps({"delay": delay, "loss": loss}) + "\n")
    carrier.stdin.flush()


def measure(running: Spread, seconds: float) -> Found:
    """What comes within so many seconds from now."""
    megabits = math.nan
    if not running.said("stage", PICTURES):
        time.sleep(SETTLE_S)
        megabits = traffic(running, seconds)
        running.watch("stage", PICTURES)
        running.wait(lambda: running.said("stage", PICTURES), "pictures at the stage's machine")
    time.sleep(SETTLE_S)
    begin = time.monotonic()
    time.sleep(seconds)
    end = time.monotonic()
    time.sleep(SETTLE_S)
    epoch = time.time() - time.monotonic()

    def sent(host: str, topic: str) -> list[Said]:
        entries = running.said(host, topic)
        return [e for e in entries if begin <= e["stamp"] - epoch < end]

    came = {name: sent("stage", topic) for name, topic in TOPICS.items()}
    delays = {n: [1e3 * (e["at"] - e["stamp"] + epoch) for e in es] for n, es in came.items()}
    played = {(e["id"], e["kind"]) for e in sent("piano", "/notes")}
    states = [e["camera_delay"] for e in sent("piano", "/stage_state")]
    return Found(
        delays,
        len(came["picture"]) / (end - begin),
        len(played - {(e["id"], e["kind"]) for e in running.said("stage", "/notes")}),
        megabits,
        [delay for delay in states if math.isfinite(delay)],
    )


def rows_of(here: str, found: Found, beside: Found) -> list[Row]:
    """The rows of one line."""
    rows = []
    for name in TOPICS:
        for percent in (50, 99):
            values = (
                percentile(found.delays[name], percent),
                percentile(beside.delays[name], percent),
            )
            rows.append(
                Row(f"{here}: {name} to the stage, p{percent}", values[0], CABLE, values[1], "ms")
            )
    shown = [statistics.median(f.shown) if f.shown else math.nan for f in (found, beside)]
    rows.append(Row(f"{here}: camera to screen, median", shown[0], CABLE, shown[1], "ms"))
    pictures = found.pictures_a_second, beside.pictures_a_second
    rows.append(Row(f"{here}: pictures at the stage", pictures[0], CABLE, pictures[1], "/s"))
    rows.append(
        Row(
            f"{here}: pictures",
            pictures[0],
            "25 /s",
            LEAST_PICTURES,
            "/s",
            1.0,
            more_is_better=True,
        )
    )
    if math.isfinite(found.megabits):
        name = f"{here}: traffic to the stage"
        rows.append(Row(name, found.megabits, "60 Mbit/s", MOST_MEGABITS, "Mbit/s", 1.0))
    rows.append(Row(f"{here}: notes lost", found.lost, CABLE, beside.lost, "notes"))
    return rows


def cut(running: Spread, seconds: float) -> list[Row]:
    """The piano's cable is pulled for so long; what is back how soon, and what was heard."""
    running.net.cut("piano")
    time.sleep(seconds)
    running.net.restore("piano")
    restored = time.monotonic()
    rows = []
    for name, host, topic in (
        ("notes at the stage", "stage", "/notes"),
        ("states at the stage", "stage", "/learner_state"),
        ("notes at the camera", "camera", "/notes"),
    ):
        running.wait(lambda h=host, t=topic: running.said(h, t, restored), f"{topic} again")
        back = running.said(host, topic, restored)[0]["at"] - restored
        rows.append(Row(f"cable cut: {name} back after", back, "cut", seconds, "s"))
    time.sleep(SETTLE_S)
    return rows


def aftermath(running: Spread, seconds: float) -> list[Row]:
    """What had come when all was over: the sound, and every note in the end."""
    running.stop("piano")
    time.sleep(1.0)
    played, came = (
        {(e["id"], e["kind"]) for e in running.said(h, "/notes")} for h in ("piano", "stage")
    )
    silence = longest_silence(running.heard())
    return [
        Row("cable cut: longest silence", silence, "cut", seconds, "s"),
        Row("cable cut: notes lost", len(played - came), "played", len(played), "notes"),
    ]


@click.command()
@click.option("--seconds", default=15.0, show_default=True, help="of each line")
@click.option("--size", default="1280x720", show_default=True, help="of camera and stage")
@click.option("--cut", "cut_s", default=10.0, show_default=True, help="seconds; 0 leaves it out")
@click.option("--cable-only", is_flag=True, help="Without bench/line.py.")
def main(seconds: float, size: str, cut_s: float, *, cable_only: bool) -> None:
    """Measure and print."""
    if reason := lacking():
        raise SystemExit(reason)
    rows: list[Row] = []
    with performance(size, line=False) as (running, _):
        cable = measure(running, seconds)
        rows += rows_of("cable", cable, cable)
        if cut_s:
            rows += cut(running, cut_s)
            rows += aftermath(running, cut_s)
    if not cable_only:
        with performance(size, line=True) as (running, carrier):
            for name, (delay, loss) in LINES.items():
                adjust(carrier, delay, loss)
                rows += rows_of(name, measure(running, seconds), cable)
    show("Three machines", rows, f"{size}, {seconds:g} s each")


if __name__ == "__main__":
    main()
