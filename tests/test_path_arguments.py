# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""An output has the right name, and never takes the place of an input."""

from __future__ import annotations

import shutil
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from descant.cli import cli
from descant.errors import UserError
from descant.path_arguments import keep_inputs
from support.bags import mcap_of, notes_bag
from support.midifiles import write_midi_file
from support.videos import write_timed_video

MUSIC = [[(0.0, (0x90, 60, 80)), (0.3, (0x80, 60, 0))]]


def refusal(*arguments: object) -> str:
    result = CliRunner().invoke(cli, [str(a) for a in arguments], standalone_mode=False)
    assert isinstance(result.exception, UserError | click.UsageError), result.output
    return str(result.exception)


@pytest.fixture
def bag(tmp_path: Path) -> Path:
    return notes_bag(tmp_path / "bag", 20)


@pytest.mark.parametrize("suffix", ["", ".svg", ".wav", ".mcap", ".json", ".mid", ".PN", ".gz"])
@pytest.mark.parametrize("command", ["picture", "report", "page", "whatif", "render"])
def test_a_suffix_that_is_not_written_is_one_line(
    bag: Path, command: str, suffix: str, tmp_path: Path
) -> None:
    if command == "render" and suffix in ("", ".wav"):
        pytest.skip("frames, or a sound file")
    before = sorted(bag.rglob("*"))
    for out in (tmp_path / f"x{suffix}", bag / f"bag_0{suffix}"):
        assert "expected" in refusal(command, bag, "-o", out)
    assert sorted(bag.rglob("*")) == before


@pytest.mark.parametrize(
    ("command", "suffix"),
    [("picture", ".png"), ("report", ".html"), ("page", ".html"), ("whatif", ".csv")],
)
def test_a_link_into_the_input_is_not_written(
    bag: Path, command: str, suffix: str, tmp_path: Path
) -> None:
    before = mcap_of(bag).read_bytes()
    link = tmp_path / f"link{suffix}"
    link.symlink_to(mcap_of(bag))
    for given in (bag, mcap_of(bag)):
        assert f"cannot write {link}: it is in {given}, the input" in refusal(
            command, given, "-o", link
        )
    assert mcap_of(bag).read_bytes() == before


def test_a_film_replaces_neither_its_music_nor_its_video(tmp_path: Path) -> None:
    midi = write_midi_file(tmp_path / "a.mid", MUSIC)
    video = write_timed_video(tmp_path / "v.mp4", [0, 40])
    other = Path(shutil.copy(midi, tmp_path / "m.mp4"))
    for source, camera, out in ((midi, video, video), (other, video, other)):
        before = out.read_bytes()
        assert "the input" in refusal("render", source, "--camera", camera, "-f", "-o", out)
        assert out.read_bytes() == before


def test_tables_do_not_replace_their_bag(tmp_path: Path) -> None:
    bag = notes_bag(tmp_path / "show", 20)
    result = CliRunner().invoke(cli, ["export", str(bag), "-o", str(tmp_path / "t")])
    assert result.exit_code == 0, result.output
    key = next((tmp_path / "t").iterdir()).name
    (tmp_path / "u").mkdir()
    moved = bag.rename(tmp_path / "u" / "show")
    place = tmp_path / "u" / key
    place.symlink_to(moved)
    assert "an input, is there" in refusal("export", moved, "-o", tmp_path / "u", "--replace")
    assert mcap_of(moved).exists()


def test_a_former_result_beside_a_recording_is_replaced(bag: Path) -> None:
    (bag / "a.png").write_bytes(b"former")
    keep_inputs(bag / "a.png", bag)
    keep_inputs(bag / "new.png", bag)
    keep_inputs(bag.parent / "a.png", bag, None)
