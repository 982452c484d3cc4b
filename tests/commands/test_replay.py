# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""`descant replay` as a person meets it: what it refuses, each in one line."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from support.bags import notes_bag
from support.commands import descant
from support.midifiles import header

pytestmark = pytest.mark.slow


def replay(*arguments: object) -> subprocess.CompletedProcess[str]:
    return descant("replay", *arguments)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("learner.learning_rat=0.1", "did you mean 'learner.learning_rate'?"),
        ("lerner.seed=1", "no section 'lerner'; did you mean 'learner'?"),
        ("learner.learning_rate=1000", "must be 1e-06 to 100, not 1000.0"),
        ("learner.loss=hinge", "must be one of mse, half_mse, mae, not 'hinge'"),
        ("seed", "expected SECTION.NAME=VALUE"),
    ],
)
def test_a_wrong_parameter_is_one_line(tmp_path: Path, text: str, message: str) -> None:
    run = replay(notes_bag(tmp_path / "show", 5), "--set", text)
    assert run.returncode == 2
    [line] = run.stderr.splitlines()
    assert line.startswith("descant: --set ")
    assert message in line


def test_a_start_behind_the_end_is_one_line(tmp_path: Path) -> None:
    run = replay(notes_bag(tmp_path / "show", 101), "--start", "60")
    assert run.returncode == 2
    [line] = run.stderr.splitlines()
    assert "show: cannot start at 60 s: its end is at 0.1 s" in line


def test_a_midi_file_in_the_place_of_a_bag_is_one_line(tmp_path: Path) -> None:
    file = tmp_path / "show.mid"
    file.write_bytes(header())
    run = replay(file)
    assert run.returncode == 2
    [line] = run.stderr.splitlines()
    assert "is not a bag: expected a folder with .mcap files in it" in line


def test_speeds_that_cannot_be_are_refused(tmp_path: Path) -> None:
    run = replay(tmp_path, "--speed", "0")
    assert run.returncode == 2
    assert "0.1<=x<=10.0" in run.stderr
