# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Bundled MIDI files are found by their bare names; a file of one's own comes first."""

from pathlib import Path

import pytest

from descant.errors import UserError
from descant.piano.bundled import bundled, find_midi_file

NAMES = ["part1.mid", "performance.mid"]


def test_the_package_brings_its_improvisations():
    assert [name for name in bundled() if name in NAMES] == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_bare_name_that_is_no_file_here_is_the_bundled_one(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert find_midi_file(Path(name)) == bundled()[name]


def test_a_file_of_ones_own_comes_before_the_bundled_one(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    own = Path("performance.mid")
    own.write_bytes(b"my own")
    assert find_midi_file(own) == own


@pytest.mark.parametrize("path", ["nowhere/performance.mid", "/performance.mid", "performance"])
def test_only_a_bare_name_is_looked_up_and_the_error_lists_what_is_bundled(
    path, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(
        UserError, match=rf"^{path}: No such file; bundled: .*part1\.mid, performance\.mid"
    ):
        find_midi_file(Path(path))


def test_without_an_installed_share_the_error_is_still_one_line(tmp_path, monkeypatch):
    monkeypatch.setattr("descant.resources.sys.prefix", str(tmp_path))
    monkeypatch.setenv("AMENT_PREFIX_PATH", "")
    with pytest.raises(UserError, match=r"^absent\.mid: No such file$"):
        find_midi_file(Path("absent.mid"))
