# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The profile of Fast DDS for nodes that no launch file started."""

from __future__ import annotations

import shutil
from collections import namedtuple
from pathlib import Path

import pytest

from descant.fastdds import FILE, IN_FOLDER, OTHERS, ROOM, use_profile
from descant.resources import resource

Usage = namedtuple("Usage", "free")


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(ROOM))


def profile(environment: dict[str, str]) -> str | None:
    use_profile(environment)
    return environment.get(FILE)


def test_it_is_that_of_the_installed_package() -> None:
    assert profile({}) == str(resource("config", "fastdds.xml"))


@pytest.mark.parametrize("name", [FILE, *OTHERS])
@pytest.mark.parametrize("value", ["/mine.xml", ""])
def test_what_a_user_has_set_stays(name: str, value: str) -> None:
    environment = {name: value}
    use_profile(environment)
    assert environment == {name: value}


@pytest.mark.parametrize("name", IN_FOLDER)
def test_a_profile_of_the_working_directory_stays(name: str) -> None:
    Path(name).touch()
    assert profile({}) is None


def test_nothing_is_set_without_an_installed_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AMENT_PREFIX_PATH", raising=False)
    monkeypatch.setattr("sys.prefix", str(tmp_path))
    assert profile({}) is None


def test_not_where_the_segment_does_not_fit_into_shared_memory(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(ROOM - 1))
    assert profile({}) is None


def test_systems_without_the_folder_of_shared_memory_have_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.undo()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("descant.fastdds.FOLDER", tmp_path / "none")
    assert profile({})
