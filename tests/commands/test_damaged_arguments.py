# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Arguments that are damaged or very long: accepted, or refused in one line."""

from __future__ import annotations

import errno
from collections.abc import Callable
from pathlib import Path

import pytest

from descant.commands.parameters import SETTINGS, settings_of
from descant.launcher.arguments import parse
from descant.overrides import parse_overrides
from descant.picture.draw import parse_size
from descant.programme.reading import load_programme
from descant.render import parsing
from descant.render.outputs import OutputKind, parse_target
from descant.whatif.grid import parse_grid
from descant.whatif.performance_source import SECTIONS
from support.mutations import Mutation, mutate, survives

NODES = {node: settings_of(node) for node in SETTINGS}
Parse = Callable[[str], object]
ARGUMENTS: dict[str, Parse] = {
    "learner.learning_rate=0.005:0.5:log10": lambda text: parse_grid([text], SECTIONS),
    "learner.seed=1:20:lin20": lambda text: parse_grid([text], SECTIONS),
    "learner.seed=12": lambda text: parse_overrides([text], NODES),
    "synth.partial_balance=1,0.5,0.25": lambda text: parse_overrides([text], NODES),
    "2400x1350": parse_size,
    "1920x1080": lambda text: parsing.parse_size(text, OutputKind.MP4),
    "30000/1001": parsing.parse_fps,
    "1:15.5": parsing.parse_time,
    "tonight.mp4": parse_target,
    "frames/%05d.png": parse_target,
    "piano:=file:tonight.mid": lambda text: parse([text]),
    "4": load_programme("paper").number,
}
LONG = ["9", "0", "1:", "[", ",", "=", "x"]


def reader(parse: Parse) -> Callable[[bytes, Path], None]:
    def read(data: bytes, _folder: Path) -> None:
        try:
            parse(data.replace(b"\0", b"?").decode("utf-8", "surrogateescape"))
        except OSError as error:  # the command line shows it as one line
            if error.errno != errno.ENAMETOOLONG:
                raise

    return read


@pytest.mark.parametrize("good", ARGUMENTS)
def test_a_damaged_argument(good: str) -> None:
    long = [f"{good}{piece * 10_000}" for piece in LONG]
    long += [f"{piece * 10_000}{good}" for piece in LONG]
    tried = [Mutation(text[:20], text.encode()) for text in long]
    survives([*tried, *mutate(good.encode(), 50)], reader(ARGUMENTS[good]))


@pytest.mark.proof
@pytest.mark.parametrize("good", ARGUMENTS)
def test_many_damaged_arguments(good: str) -> None:
    survives(mutate(good.encode(), 2_000, seed=1), reader(ARGUMENTS[good]))
