# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""`descant demo`: play the bundled improvisation through the graph and keep the results."""

from __future__ import annotations

import os
import shutil
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from descant.console import ProgressBar
from descant.demo.folder import DemoFolder
from descant.demo.launcher_process import LauncherProcess, free_domain
from descant.errors import UserError
from descant.path_arguments import INPUT_FILE, OUTPUT_FOLDER
from descant.paths import utf8
from descant.piano.connection import PianoStatus
from descant.remarks import remark
from descant.resources import need_ros, resource
from descant.streams import print_text

if TYPE_CHECKING:
    from descant.nodes.demo import DemoMonitor

SEED = 97
"""With these targets the learning matches the music: the episode of the climax converges during its
cascade, the last one on the root of the final chord, and no other converges."""
START_TIMEOUT_S = 60.0
STUCK_TIMEOUT_S = 15.0
TAIL_TIMEOUT_S = 6.0
REFRESH_S = 0.1


@click.command(name="demo")
@click.option(
    "--midi",
    type=INPUT_FILE,
    help="MIDI file to play.  [default: the bundled improvisation]",
)
@click.option(
    "-o",
    "--output",
    type=OUTPUT_FOLDER,
    default=Path("out/demo"),
    show_default=True,
    help="Folder for the results; they replace those of an earlier demo.",
)
@click.option("--seed", type=click.IntRange(0, 2**53), default=SEED, show_default=True)
@click.option(
    "--domain", type=click.IntRange(0, 232), help="ROS domain id.  [default: an unused one]"
)
def command(midi: Path | None, output: Path, seed: int, domain: int | None) -> None:
    """Play a MIDI file in real time through the graph of `descant launch part1`.

    The results are a WAV file of the sound, a bag of all messages of the graph, and the bag's
    picture.
    """
    need_ros("demo")
    from descant.picture.draw import save  # noqa: PLC0415 -- matplotlib only when it is needed

    source = _checked(midi or resource("midi", "part1.mid"))
    utf8(output.resolve(), "the graph needs a path in UTF-8")
    folder = DemoFolder(output)
    with folder.replaced() as made, ProgressBar("starting the nodes") as bar:
        _perform(source, made, seed, free_domain() if domain is None else domain, bar)
        from descant.bags.reader import read  # noqa: PLC0415 -- the same

        bar.show(what="drawing")
        save(read(made.bag), made.picture, title="Part 1")
    print_text(*farewell(folder))


def farewell(folder: DemoFolder) -> tuple[str, str, str]:
    """Three lines: the results, and how to play another file."""
    found = shutil.which("descant")
    own = Path(sys.executable).with_name("descant")
    name = "descant" if found and Path(found) == own else os.path.relpath(own)
    return (
        f"sound     {folder.wav}; all messages: {folder.bag}",
        f"picture   {folder.picture}",
        f"your own  {name} launch part1 piano:=file:YOURS.mid   (a live piano: piano:=port:NAME)",
    )


def _checked(midi: Path) -> Path:
    """The absolute path of a MIDI file; `UserError` where it cannot be played."""
    from descant.piano.midifile import load  # noqa: PLC0415 -- only when it is needed

    remark(midi, *load(midi).remarks)
    return Path(utf8(midi.resolve(), "the graph needs a path in UTF-8: rename it"))


def _perform(midi: Path, folder: DemoFolder, seed: int, domain: int, bar: ProgressBar) -> None:
    """Play a MIDI file from its first note to the end of its sound."""
    from descant.nodes.demo import DemoMonitor  # noqa: PLC0415 -- needs the graph

    arguments = [
        "part1",
        "screen:=none",
        f"piano:=file:{midi}",
        f"sound:=wav:{folder.wav.resolve()}",
        f"bag:={folder.bag.resolve()}",
        f"seed:={seed}",
    ]
    environment = {"ROS_DOMAIN_ID": str(domain)}
    with (
        LauncherProcess(arguments, folder.log, environment) as launcher,
        DemoMonitor(domain) as monitor,
    ):
        _follow(launcher, monitor, bar)
    missing = [path.name for path in (folder.wav, folder.bag) if not path.exists()]
    if missing:
        raise UserError(f"{' and '.join(missing)} was not written: see {folder.log}")


def _follow(launcher: LauncherProcess, monitor: DemoMonitor, bar: ProgressBar) -> None:
    """Show the progress until the piano has finished and no voice sounds."""
    _wait_for_start(launcher, monitor)
    _wait_for_end(launcher, monitor, bar)
    bar.show(what="waiting for silence")
    deadline = time.monotonic() + TAIL_TIMEOUT_S
    while monitor.voices != 0 and time.monotonic() < deadline:
        launcher.check()
        monitor.spin(REFRESH_S)


def _wait_for_start(launcher: LauncherProcess, monitor: DemoMonitor) -> None:
    deadline = time.monotonic() + START_TIMEOUT_S
    while monitor.piano.status in (PianoStatus.WAITING, PianoStatus.LOST):
        launcher.check()
        if time.monotonic() > deadline:
            why = f": {monitor.piano.message}" if monitor.piano.message else ""
            raise UserError(
                f"the piano did not start within {START_TIMEOUT_S:g} s{why}; see {launcher.log}"
            )
        monitor.spin(REFRESH_S)


def _wait_for_end(launcher: LauncherProcess, monitor: DemoMonitor, bar: ProgressBar) -> None:
    moved, position = time.monotonic(), -1.0
    while (piano := monitor.piano).status is not PianoStatus.FINISHED:
        launcher.check()
        now = time.monotonic()
        if piano.position_s > position:
            moved, position = now, piano.position_s
        if now - moved > STUCK_TIMEOUT_S:
            raise UserError(
                f"the piano stopped at {position:.1f} s of {piano.duration_s:.1f} s; "
                f"see {launcher.log}"
            )
        bar.show(piano.position(now), piano.duration_s, what=monitor.learning)
        monitor.spin(REFRESH_S)
    bar.show(1.0, 1.0)
