"""descant render: a performance as a film."""

from __future__ import annotations

import math
import signal
import time
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from descant.errors import UserError

if TYPE_CHECKING:
    from descant.render.job import Made, Request

INTERRUPTED = 130


@click.command(name="render")
@click.argument("source", metavar="INPUT")
@click.option(
    "-o", "--output", help="FILE.mp4, FILE.wav, FOLDER/ or %05d.png; by default INPUT's name .mp4."
)
@click.option("--part", type=click.IntRange(1, 4), help="This part's rules throughout.")
@click.option(
    "--performance", is_flag=True, help="All four parts, by the performer's gesture (the default)."
)
@click.option("--size", default="1920x1080", show_default=True, help="Width x height in pixels.")
@click.option("--fps", default="60", show_default=True, help="Frames a second: 25, 30000/1001 ..")
@click.option("--profile", default="paper", show_default=True, help="paper or original.")
@click.option("--seed", type=click.IntRange(0, 2**53), help="As --set learner.seed=SEED.")
@click.option(
    "--camera", type=click.Path(path_type=Path), help="Video of the performer, for parts 3 and 4."
)
@click.option("--set", "overrides", multiple=True, metavar="ROOM.NAME=VALUE",
              help="Any parameter (descant parameters lists them); again for more.")  # fmt: skip
@click.option("--from", "first", default="0", help="Only from this time of the film on: 75, 1:15.")
@click.option("--to", "last", help="And up to this one.")
@click.option("--software", is_flag=True, help="Draw on the CPU: the same frames on any machine.")
@click.option("-f", "--force", is_flag=True, help="Overwrite what is there.")
def command(
    *,
    source: str,
    output: str | None,
    part: int | None,
    performance: bool,
    size: str,
    fps: str,
    profile: str,
    seed: int | None,
    camera: Path | None,
    overrides: tuple[str, ...],
    first: str,
    last: str | None,
    software: bool,
    force: bool,
) -> int:
    """Render INPUT, a MIDI file or a recorded bag, as a film, as sound, or as frames.

    A MIDI file is performed by the same rules as live. The film of a bag shows and sounds what
    was recorded. Ctrl-c leaves a whole film of what was done so far (exit status 130).
    """
    from descant.render import inputs, job, outputs, parsing  # noqa: PLC0415 -- OpenCV and all, when needed
    from descant.render.settings import rooms  # noqa: PLC0415 -- the same

    if part is not None and performance:
        raise UserError("--part is one part throughout, --performance all four: choose one")
    kind, path = inputs.find(source)
    if kind is inputs.Kind.BAG:
        _refuse_recomputing(part=part, performance=performance, seed=seed, overrides=overrides)
    target = outputs.target_of(output or f"{path.resolve().stem}.mp4")
    if seed is not None:
        overrides = (*overrides, f"learner.seed={seed}")
    pixels = parsing.parse_size(size, target.kind)
    request = job.Request(
        kind, path, target, pixels, parsing.parse_fps(fps), rooms(profile, overrides, pixels),
        part=part, camera=camera, software=software, first_s=parsing.parse_time(first),
        last_s=math.inf if last is None else parsing.parse_time(last),
    )  # fmt: skip
    if not force:
        outputs.refuse_to_overwrite(target)
    return _render(request)


def _refuse_recomputing(
    *, part: int | None, performance: bool, seed: int | None, overrides: tuple[str, ...]
) -> None:
    """A bag's film shows the recorded states: what would change them is a mistake."""
    from descant.overrides import parse_overrides  # noqa: PLC0415 -- as below
    from descant.render.settings import ROOMS  # noqa: PLC0415 -- the same

    changes = parse_overrides(overrides, ROOMS)
    given = [f"--set {room}.{name}" for room in ("learner", "conductor") for name in changes[room]]
    given += ["--part"] if part is not None else []
    given += ["--performance"] if performance else []
    given += ["--seed"] if seed is not None else []
    if given:
        raise UserError(
            f"a bag is rendered as it was recorded, so {given[0]} cannot change it; "
            "descant whatif recomputes a bag under other parameters"
        )


class _Stop:
    """Set by the first SIGINT or SIGTERM; a second one means: at once."""

    def __init__(self) -> None:
        self.is_set = False
        self._before: dict[int, Any] = {}

    def __enter__(self) -> _Stop:
        for number in (signal.SIGINT, signal.SIGTERM):
            self._before[number] = signal.signal(number, self._set)
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _set(self, _number: int, _frame: FrameType | None) -> None:
        if self.is_set:
            raise KeyboardInterrupt
        self.is_set = True


def _render(request: Request) -> int:
    """Render behind a progress bar and say what was made; the exit status."""
    from descant.render.job import make  # noqa: PLC0415 -- as above

    console = Console(highlight=False, stderr=True)
    began = time.monotonic()
    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=None, complete_style="cyan", finished_style="cyan"),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeRemainingColumn(compact=True),
    )
    with _Stop() as stop, Progress(*columns, console=console, transient=True) as progress:
        bar = progress.add_task(request.target.path.name, total=None)
        made = make(
            request,
            stopped=lambda: stop.is_set,
            told=lambda done, total: progress.update(bar, completed=done, total=total),
        )
    for remark in made.remarks:
        console.print(remark, soft_wrap=True)
    console.print(_summary(request, made, time.monotonic() - began), soft_wrap=True)
    return 0 if made.whole else INTERRUPTED


def _summary(request: Request, made: Made, took: float) -> str:
    """One line: what was made, how long it is, how long it took."""
    target = request.target
    line = f"{target}: {_clock(made.seconds)}"
    if not made.whole:
        line = f"{target}: stopped at {_clock(made.seconds)} of {_clock(made.of_seconds)}"
    if target.path.is_file():
        line += f", {target.path.stat().st_size / 1e6:.1f} MB"
    return f"{line}, in {_clock(took)} ({made.seconds / took:.3g} times as fast as played)"


def _clock(seconds: float) -> str:
    """75.2 as '1:15'."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02}"
