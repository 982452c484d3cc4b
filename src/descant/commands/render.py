# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""`descant render`: render a performance as a film."""

from __future__ import annotations

import contextlib
import math
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

import click

from descant.console import ProgressBar
from descant.errors import UserError
from descant.interrupts import Interrupted
from descant.namespaces import bag_namespace
from descant.path_arguments import INPUT, INPUT_FILE, OUTPUT_TEXT, keep_inputs
from descant.remarks import tell
from descant.streams import print_text

if TYPE_CHECKING:
    from descant.render.job import RenderRequest, RenderResult


@click.command(name="render")
@click.argument("source", metavar="INPUT", type=INPUT)
@click.option("-o", "--output", type=OUTPUT_TEXT,
              help="FILE.mp4, FILE.wav, FOLDER/, %05d.png or FILE.png.  "
              "[default: INPUT's name with .mp4]")  # fmt: skip
@click.option("--programme", metavar="NAME|FILE", help="Programme, which lists the parts.  "
              "[default: named as the profile]")  # fmt: skip
@click.option("--part", metavar="NUMBER|NAME", help="Stay in this part of the programme.")
@click.option("--performance", is_flag=True,
              help="All parts, changed by the performer's gesture (the default).")  # fmt: skip
@click.option("--size", default="1920x1080", show_default=True, help="Width x height in pixels.")
@click.option("--fps", default="60", show_default=True, help="Frames per second: 25, 30000/1001 ..")
@click.option("--profile", default="paper", show_default=True, help="paper or original.")
@click.option("--seed", type=click.IntRange(0, 2**53), help="As --set learner.seed=SEED.")
@click.option("--camera", type=INPUT_FILE,
              help="Video of the performer, for parts with a camera picture.")  # fmt: skip
@click.option("--set", "overrides", multiple=True, metavar="NODE.NAME=VALUE",
              help="Set a parameter, in all parts (see descant parameters).")  # fmt: skip
@click.option("--from", "first", default="0", help="Start at this time of the film: 75, 1:15.")
@click.option("--to", "last", help="End at this time of the film.")
@click.option("--software", is_flag=True, help="Draw on the CPU: the same frames on any machine.")
@click.option("-f", "--force", is_flag=True, help="Overwrite existing files.")
@bag_namespace
def command(
    *,
    source: Path,
    output: str | None,
    programme: str | None,
    part: str | None,
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
    namespace: str | None,
) -> int:
    """Render INPUT, a MIDI file or a recorded bag, as a film, as sound, or as frames.

    A MIDI file is performed by the same rules as live. The film of a bag shows and sounds what
    was recorded. Ctrl-c completes a film of what was done so far (exit status 130).
    """
    from descant.programme.reading import load_programme  # noqa: PLC0415 -- when it is needed
    from descant.render import inputs, job, outputs, parsing  # noqa: PLC0415 -- OpenCV as well
    from descant.render.settings import load_settings  # noqa: PLC0415 -- the same

    if part is not None and performance:
        raise UserError("--part is one part throughout, --performance all of them: choose one")
    kind, path = inputs.find_input(source)
    if kind is inputs.InputKind.BAG:
        _refuse_recomputing(part=part, performance=performance, seed=seed, overrides=overrides)
    target = outputs.parse_target(output or f"{path.resolve().stem}.mp4")
    frames = target.kind is outputs.OutputKind.PNG
    for file in outputs.existing_frames(target) if frames else [target.path]:
        keep_inputs(file, path, camera)
    if seed is not None:
        overrides = (*overrides, f"learner.seed={seed}")
    pixels = parsing.parse_size(size, target.kind)
    settings = load_settings(profile, overrides, pixels)
    parts = load_programme(programme or profile)
    request = job.RenderRequest(
        kind, path, target, pixels, parsing.parse_fps(fps), settings, parts,
        part=None if part is None else parts.number(part), camera=camera, software=software,
        first_s=parsing.parse_time(first),
        last_s=math.inf if last is None else parsing.parse_time(last), namespace=namespace,
    )  # fmt: skip
    if not force:
        outputs.refuse_to_overwrite(target)
    return _render(request)


def _refuse_recomputing(
    *, part: str | None, performance: bool, seed: int | None, overrides: tuple[str, ...]
) -> None:
    """`UserError` for options that would change the recorded states, which a film shows."""
    from descant.overrides import parse_overrides  # noqa: PLC0415 -- as below
    from descant.render.settings import SECTIONS  # noqa: PLC0415 -- the same

    fixed = parse_overrides(overrides, SECTIONS)
    given = [f"--set {node}.{name}" for node in ("learner", "conductor") for name in fixed[node]]
    given += ["--part"] if part is not None else []
    given += ["--performance"] if performance else []
    given += ["--seed"] if seed is not None else []
    if given:
        raise UserError(
            f"a bag is rendered as it was recorded, so {given[0]} cannot change it; "
            "descant whatif recomputes a bag under other parameters"
        )


@contextlib.contextmanager
def _stop_on_signal() -> Iterator[list[int]]:
    """Holds the first SIGINT, once it arrives; a second one raises `Interrupted`."""
    stop: list[int] = []

    def handle(number: int, _frame: FrameType | None) -> None:
        if stop:
            raise Interrupted(number)
        stop.append(number)

    before = {number: signal.signal(number, handle) for number in (signal.SIGINT,)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _render(request: RenderRequest) -> int:
    """Render with a progress bar and print a summary; returns the exit status."""
    from descant.render.job import render  # noqa: PLC0415 -- as above

    began = time.monotonic()
    with _stop_on_signal() as stop, ProgressBar(request.target.path.name) as bar:

        def proceed(done: float, total: float) -> bool:
            bar.show(done, total)
            return not stop

        result = render(request, proceed)
    for warning in result.warnings:
        tell(warning)
    print_text(_summary(request, result, time.monotonic() - began))
    return 0 if result.complete else 128 + stop[0]


def _summary(request: RenderRequest, result: RenderResult, took: float) -> str:
    """One line: the file, its length, its size, and the time it took."""
    target = request.target
    line = f"{target}: {_clock(result.seconds)}"
    if not result.complete:
        line = f"{target}: stopped at {_clock(result.seconds)} of {_clock(result.expected_seconds)}"
    if target.path.is_file():
        line += f", {target.path.stat().st_size / 1e6:.1f} MB"
    return f"{line}, in {_clock(took)} ({result.seconds / took:.3g} times as fast as played)"


def _clock(seconds: float) -> str:
    """75.2 as '1:15'."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02}"
