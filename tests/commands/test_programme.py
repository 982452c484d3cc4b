# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""`descant programme`: the list, a table of parts, and every mistake of a file with its line."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from descant.cli import cli
from descant.errors import UserError
from descant.programme.reading import available, load_programme
from support.commands import descant

MISTAKEN = """title: Tonight
parts:
  - name: first
    title: First
    famly: cubic
  - name: second
    title: Second
    camera: 2
"""
OWN = """title: Tonight
parts:
  - name: first
    title: First
    trigger: held_chord
    family: harmonograph
    camera: 0.5
    distortion: shift
    distortion_signals: loss, 2 * residual
    past_episodes: 3
    detune: 0.5 * loss
    learner: {learning_rate: 0.025, sustain_holds: true}
    stage: {target_colour: [0.5, 1, 0.25]}
"""


def programme(*words: str) -> int:
    return int(cli.main(["programme", *words], standalone_mode=False) or 0)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "tonight.yaml"


def test_the_list_has_every_programme_of_the_package(capsys: pytest.CaptureFixture[str]) -> None:
    assert programme("list") == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == available()
    [paper] = [line for line in lines if line.startswith("paper ")]
    assert paper.split(maxsplit=3)[1:] == ["4", "parts", load_programme("paper").title]


@pytest.mark.parametrize("name", ["paper", "original", "studies"])
def test_a_programme_of_the_package_has_no_mistakes(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert programme("check", name) == 0
    count = len(load_programme(name).parts)
    assert capsys.readouterr().out.endswith(f"{name}.yaml: no mistakes, {count} parts\n")


def test_every_mistake_is_a_line_and_the_status_is_1(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file.write_text(MISTAKEN)
    assert programme("check", str(file)) == 1
    assert capsys.readouterr().out.splitlines() == [
        f"{file}:5: a part has no key 'famly'; did you mean 'family'?",
        f"{file}:8: 'camera' must be 0 to 1, not 2.0",
    ]


def test_a_file_that_is_not_there_or_a_wrong_name_is_one_line(file: Path) -> None:
    with pytest.raises(UserError, match=r"tonight\.yaml: No such file or directory"):
        programme("check", str(file))
    with pytest.raises(UserError, match=r"no programme 'studis'; did you mean 'studies'\?"):
        programme("show", "studis")
    file.write_text(MISTAKEN)
    with pytest.raises(UserError, match=r"tonight\.yaml:5: a part has no key 'famly'.* \(and 1 mo"):
        programme("show", str(file))


def test_show_has_a_row_for_each_part(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file.write_text(OWN)
    assert programme("show", str(file)) == 0
    shown = capsys.readouterr().out
    assert shown.splitlines()[0].strip() == "Tonight"
    [row] = [line for line in shown.splitlines() if "First" in line]
    cells = re.split(r" {2,}", row)
    assert cells == [
        "1", "first", "First", "held_chord", "harmonograph", "0.5", "shift by loss, 2 * residual",
        "0.5 * loss",
        "learner.learning_rate=0.025 learner.sustain_holds=True stage.past_episodes=3 "
        "stage.target_colour=0.5,1,0.25",
    ]  # fmt: skip


def test_without_a_name_the_papers_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert programme("show") == 0
    shown = capsys.readouterr().out
    for number, part in enumerate(load_programme("paper").parts, start=1):
        [row] = [line for line in shown.splitlines() if f"  {part.name}  " in line]
        assert row.startswith(f"{number} ")
        assert part.title in row
        assert str(part.parameter("learner", "family")) in row


@pytest.mark.parametrize("words", [(), ("shwo",), ("check",), ("list", "paper")])
def test_what_is_no_command_is_refused_with_usage(words: tuple[str, ...]) -> None:
    run = descant("programme", *words)
    assert run.returncode == 2
    assert "Usage:" in run.stderr or "descant programme" in run.stderr
    assert "Traceback" not in run.stderr


@pytest.mark.slow
def test_the_status_of_a_process_is_that_of_the_check(file: Path) -> None:
    command = [sys.executable, "-m", "descant.cli", "programme", "check"]
    file.write_text(MISTAKEN)
    for name, status in ((file, 1), ("paper", 0), ("papr", 2)):
        run = subprocess.run(
            [*command, str(name)], capture_output=True, text=True, timeout=30, check=False
        )
        assert run.returncode == status
        assert "Traceback" not in run.stderr
