# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Names and titles of any kind are text to every command: it works, or one line says why not."""

from __future__ import annotations

import random
import shutil
import warnings
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from descant.cli import cli
from descant.errors import UserError
from support.midifiles import write_midi_file
from support.reporting import played
from support.videos import write_timed_video

MUSIC = [[(0.0, (0x90, 60, 80)), (0.3, (0x80, 60, 0))]]

KINDS = {
    "not UTF-8": ["\udcff", "\udc80a", "\udce9"],
    "formula": ["$", "\\x", "$\\frac{$", "_^"],
    "markup": ["[red]", "[link", "[bold", "<b>&"],
    "control": ["\x1b[31m", "\x07", "\x7f", "\u202e"],
    "lines": ["\n", "\r", "\t", "\u2028"],
    "script": ["演奏会", "קונצרט", "🎹"],
}


def name(kind: str, seed: int) -> str:
    chance = random.Random(f"{kind} {seed}")
    pieces = [*KINDS[kind], "take", " "]
    return "a" + "".join(chance.choices(pieces, k=5)) + KINDS[kind][seed % 3]


def run(*arguments: object) -> str:
    """What the command printed: all lines, or the one of its error."""
    with warnings.catch_warnings():
        warnings.filterwarnings("error", message="Glyph")
        result = CliRunner().invoke(
            cli, [str(a) for a in arguments], standalone_mode=False, catch_exceptions=True
        )
    error = result.exception
    if error is not None and not isinstance(error, UserError | click.ClickException):
        raise error
    text = result.output if error is None else str(error)
    if error is None:
        assert not set("\x1b\r\x07\x7f\u202e\u2028") & set(text)
        text.encode()
    return text


@pytest.fixture(scope="module")
def bag(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return played(tmp_path_factory.mktemp("bags") / "show", 40)


@pytest.fixture(params=KINDS)
def named(bag: Path, tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """A bag with a name of a kind, in a folder that has another such name."""
    folder = tmp_path / name(request.param, 1)
    folder.mkdir()
    shutil.copytree(bag, folder / name(request.param, 2))
    return folder / name(request.param, 2)


def test_a_picture(named: Path) -> None:
    out = named.with_name(f"{named.name}.png")
    assert run("picture", named, "--size", "400x400").count("\n") == 1
    run("picture", named, "--size", "400x400", "-o", out, "--title", named.name)
    assert out.read_bytes().startswith(b"\x89PNG")


def test_information_and_repair(named: Path) -> None:
    lines = run("bag", "info", named).splitlines()
    assert [line.split()[0] for line in lines[:5]] == ["bag", "files", "start", "duration", "size"]
    assert run("bag", "repair", named).count("\n") == 1


@pytest.mark.slow
def test_reports_pages_and_tables(bag: Path, tmp_path: Path) -> None:
    named = tmp_path / "".join(pieces[2] for pieces in KINDS.values())
    shutil.copytree(bag, named)
    out = tmp_path / f"{named.name} out"
    run("report", named, "-o", out / "report.html", "--title", named.name)
    run("page", named, "-o", out / "page.html")
    for page in ("report.html", "page.html"):
        (out / page).read_text(encoding="utf-8")
    run("export", named, "-o", out / "tables", "--format", "both")
    assert len(list((out / "tables").rglob("states.*"))) == 2
    run("whatif", named, "-o", out / "x.parquet", "--set", "learner.loss=mae", "--jobs", "1")
    assert (out / "x.parquet").stat().st_size


@pytest.mark.parametrize("kind", KINDS)
def test_words_that_mean_nothing_are_one_line(kind: str, bag: Path, tmp_path: Path) -> None:
    word = name(kind, 3)
    tries = [
        ("launch", word), ("launch", "-p", "part1", word), ("launch", "-p", "part1", f"{word}:=x"),
        ("programme", "show", word), ("parameters", word), ("render", tmp_path / word),
        ("whatif", bag, "--set", word), ("picture", bag, "-o", tmp_path / word),
        ("picture", bag, "--size", word), ("demo", "--midi", tmp_path / word),
        ("cue", word),
    ]  # fmt: skip
    for arguments in tries:
        assert run(*arguments), arguments
    assert not any(tmp_path.iterdir())


@pytest.mark.parametrize("kind", KINDS)
def test_a_film_with_a_video(kind: str, tmp_path: Path) -> None:
    midi = write_midi_file(tmp_path / f"{name(kind, 1)}.mid", MUSIC)
    video = tmp_path / f"{name(kind, 2)}.mp4"
    write_timed_video(tmp_path / "v.mp4", [0, 40]).rename(video)
    out = tmp_path / f"{name(kind, 3)}.png"
    said = run("render", midi, "--camera", video, "--part", "3", "--size", "320x180",
               "--software", "--to", "0.1", "-o", out)  # fmt: skip
    if kind == "not UTF-8":
        assert "its name is not UTF-8: OpenCV cannot open it" in said
    assert out.exists() == (kind != "not UTF-8")


def test_launch_arguments_that_no_parameter_can_hold() -> None:
    said = run("launch", "-p", "part1", "piano:=file:bad\udcff.mid")
    assert "piano:=file:bad\udcff.mid: not UTF-8: no parameter can have this value" in said
