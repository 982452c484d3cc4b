# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""`descant bag info` and `descant bag repair` as a person meets them."""

import subprocess
from pathlib import Path

import pytest

from support.bags import notes_bag
from support.commands import descant


def bag(*arguments: object) -> subprocess.CompletedProcess[str]:
    return descant("bag", *arguments)


@pytest.fixture
def cut(tmp_path: Path) -> Path:
    return notes_bag(tmp_path / "show", 250, finish=False)


def test_info_shows_topics_counts_and_that_all_is_well(tmp_path: Path) -> None:
    run = bag("info", notes_bag(tmp_path / "show", 1_001))
    assert run.returncode == 0
    lines = [line.split() for line in run.stdout.splitlines()]
    assert ["duration", "1.000", "s"] in lines
    assert ["messages", "1001"] in lines
    assert ["state", "complete"] in lines
    assert ["/notes", "descant/msg/NoteEvent", "1001"] in lines


def test_info_of_a_cut_off_bag_says_how_to_mend_it(cut: Path) -> None:
    run = bag("info", cut)
    assert run.returncode == 0
    assert "show_0.mcap: it was cut off" in run.stdout
    assert f"descant bag repair {cut}" in run.stdout


def test_mend_says_what_it_recovered_and_what_it_kept(cut: Path) -> None:
    run = bag("repair", cut)
    assert run.returncode == 0
    assert run.stdout.splitlines() == [
        "show_0.mcap: it was cut off; 200 messages recovered; the old file is show_0.mcap.orig",
        "metadata.yaml written: 200 messages",
    ]


def test_mend_replace_keeps_nothing(cut: Path) -> None:
    assert "recovered\n" in bag("repair", "--replace", cut).stdout
    assert not list(cut.glob("*.orig"))


def test_mend_replace_keeps_what_it_could_not_recover(tmp_path: Path) -> None:
    show = notes_bag(tmp_path / "show", 250)
    path = show / "show_0.mcap"
    content = bytearray(path.read_bytes())
    content[content.rindex(b"\x28\xb5\x2f\xfd") + 40] ^= 0xFF
    path.write_bytes(content)
    run = bag("repair", "--replace", show)
    assert "; the old file is show_0.mcap.orig, kept since" in run.stdout
    lack = "before, metadata.yaml: 200 of its 250 messages can be read"
    assert run.stderr == f"descant: {show}: {lack}\n"


def test_mending_a_whole_bag_says_so(cut: Path) -> None:
    bag("repair", cut)
    assert bag("repair", cut).stdout == f"{cut} is whole (200 messages): nothing to repair\n"


def test_no_bag_is_one_line_and_status_2(tmp_path: Path) -> None:
    run = bag("info", tmp_path / "nothing")
    assert run.returncode == 2
    assert run.stderr == f"descant: no bag {tmp_path / 'nothing'}\n"
