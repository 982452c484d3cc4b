"""descant demo: the bundled improvisation through the real Part 1, into a folder."""

from __future__ import annotations

import os
import shutil
import signal
import sys
import time
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from descant.demo.folder import DemoFolder
from descant.demo.performance import Performance, free_domain
from descant.demo.progress import Playing
from descant.errors import UserError
from descant.resources import need_ros, resource

if TYPE_CHECKING:
    from descant.nodes.demo import Watch

SEED = 97
"""With these targets the learning follows the music: the climax comes to rest in its cascade, the
last episode on the root of the final chord, and all others are left unresolved."""
START_TIMEOUT_S = 60.0
STUCK_TIMEOUT_S = 15.0
TAIL_TIMEOUT_S = 6.0
REFRESH_S = 0.1


@click.command(name="demo")
@click.option(
    "--midi",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Another MIDI file than the bundled improvisation.",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    default=Path("out/demo"),
    show_default=True,
    help="Folder for what is made; what an older demo made there is replaced.",
)
@click.option("--seed", type=click.IntRange(0, 2**53), default=SEED, show_default=True)
@click.option(
    "--domain", type=click.IntRange(0, 232), help="ROS domain id; by default one nobody uses."
)
def command(midi: Path | None, output: Path, seed: int, domain: int | None) -> None:
    """Play Part 1 from a MIDI file, in real time, with real nodes, into a folder.

    It makes a WAV file of what was heard, a bag of everything that went over the graph, and the
    bag's picture.
    """
    need_ros("demo")
    from descant.picture.draw import save  # noqa: PLC0415 -- matplotlib only when it is needed

    source = _checked(midi or resource("midi", "part1.mid"))
    folder = DemoFolder(output)
    folder.clear()
    console = Console(highlight=False)
    signal.signal(signal.SIGTERM, _interrupt)
    _perform(source, folder, seed, free_domain() if domain is None else domain, console)
    from descant.bags.reader import read  # noqa: PLC0415 -- the same

    with console.status("drawing"):
        save(read(folder.bag), folder.picture, title="Part 1")
    for line in farewell(folder):
        console.print(line, soft_wrap=True)


def farewell(folder: DemoFolder) -> tuple[str, str, str]:
    """What was made, and how to go on: three lines."""
    found = shutil.which("descant")
    own = Path(sys.executable).with_name("descant")
    name = "descant" if found and Path(found) == own else os.path.relpath(own)
    return (
        f"heard     {folder.wav}, recorded in {folder.bag} with everything the graph said",
        f"picture   {folder.picture}",
        f"your own  {name} launch part1 piano:=file:YOURS.mid   (a live one: piano:=port:ITS-NAME)",
    )


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _checked(midi: Path) -> Path:
    """The absolute path of a MIDI file that can be played; `UserError` says why not."""
    from descant.piano.midifile import load  # noqa: PLC0415 -- mido only when it is needed

    load(midi)
    return midi.resolve()


def _perform(midi: Path, folder: DemoFolder, seed: int, domain: int, console: Console) -> None:
    """Play a MIDI file from its first note to the end of its sound."""
    from descant.nodes.demo import Watch  # noqa: PLC0415 -- needs the graph

    arguments = [
        "part1",
        "screen:=none",
        f"piano:=file:{midi}",
        f"sound:=wav:{folder.wav.resolve()}",
        f"bag:={folder.bag.resolve()}",
        f"seed:={seed}",
    ]
    environment = {"ROS_DOMAIN_ID": str(domain)}
    with Performance(arguments, folder.log, environment) as performance, Watch(domain) as watch:
        _show(performance, watch, console)
    missing = [str(path) for path in (folder.wav, folder.bag) if not path.exists()]
    if missing:
        raise UserError(f"{' and '.join(missing)} was not made: see {folder.log}")


def _show(performance: Performance, watch: Watch, console: Console) -> None:
    """A progress bar until the piano has finished and its sound has died away."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=None, complete_style="cyan", finished_style="cyan"),
        TimeRemainingColumn(compact=True),
    )
    with Progress(*columns, console=console, refresh_per_second=1 / REFRESH_S) as progress:
        bar = progress.add_task("the nodes find each other", total=None)
        _until_it_plays(performance, watch)
        _until_it_ends(performance, watch, progress, bar)
        progress.update(bar, description="the sound dies away")
        deadline = time.monotonic() + TAIL_TIMEOUT_S
        while watch.voices != 0 and time.monotonic() < deadline:
            performance.check()
            watch.listen(REFRESH_S)
        progress.update(bar, description="played")


def _until_it_plays(performance: Performance, watch: Watch) -> None:
    deadline = time.monotonic() + START_TIMEOUT_S
    while watch.piano.playing in (Playing.WAITING, Playing.LOST):
        performance.check()
        if time.monotonic() > deadline:
            word = f": {watch.piano.message}" if watch.piano.message else ""
            raise UserError(
                f"the piano did not begin within {START_TIMEOUT_S:g} s{word}; see {performance.log}"
            )
        watch.listen(REFRESH_S)


def _until_it_ends(performance: Performance, watch: Watch, progress: Progress, bar: TaskID) -> None:
    moved, position = time.monotonic(), -1.0
    while (piano := watch.piano).playing is not Playing.FINISHED:
        performance.check()
        now = time.monotonic()
        if piano.position_s > position:
            moved, position = now, piano.position_s
        if now - moved > STUCK_TIMEOUT_S:
            raise UserError(
                f"the piano stopped at {position:.1f} s of {piano.duration_s:.1f} s; "
                f"see {performance.log}"
            )
        progress.update(
            bar,
            total=piano.duration_s,
            completed=piano.position(now),
            description=str(watch.learner or "before the first note"),
        )
        watch.listen(REFRESH_S)
    progress.update(bar, total=1.0, completed=1.0)
