# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The demo's folder is cleared without harm."""

from pathlib import Path

import pytest

from descant.demo.folder import DemoFolder
from descant.errors import UserError


def older_demo(path: Path) -> DemoFolder:
    folder = DemoFolder(path)
    (path / "bag").mkdir(parents=True)
    (path / "bag-2").mkdir()
    for name in (
        "part1.wav", "part1-1.wav", "part1.png", "log.txt", "bag/bag_0.mcap", "bag/metadata.yaml",
        "bag-2/bag-2_0.mcap",
    ):  # fmt: skip
        (path / name).write_bytes(b"old")
    return folder


def content(path: Path) -> set[str]:
    return {str(p.relative_to(path)) for p in path.rglob("*") if p.is_file()}


def perform(folder: DemoFolder) -> None:
    with folder.replaced() as made:
        made.log.write_bytes(b"new")
        made.wav.write_bytes(b"new")
        made.bag.mkdir()
        (made.bag / "bag_0.mcap").write_bytes(b"new")
        assert folder.wav.exists() == (folder.bag / "metadata.yaml").exists()  # as before


def test_a_new_folder_is_made_with_its_parents(tmp_path):
    perform(DemoFolder(tmp_path / "out" / "demo"))
    assert content(tmp_path / "out" / "demo") == {"log.txt", "part1.wav", "bag/bag_0.mcap"}


def test_what_an_older_demo_made_is_replaced(tmp_path):
    folder = older_demo(tmp_path / "demo")
    perform(folder)
    assert content(folder.path) == {"log.txt", "part1.wav", "bag/bag_0.mcap"}
    assert {p.name for p in folder.path.iterdir()} == {"log.txt", "part1.wav", "bag"}
    assert folder.wav.read_bytes() == b"new"


def test_after_an_error_only_the_log_is_new(tmp_path):
    folder = older_demo(tmp_path / "demo")
    before = content(folder.path)
    with pytest.raises(KeyboardInterrupt), folder.replaced() as made:
        interrupt(made)
    assert content(folder.path) == before
    assert (folder.wav.read_bytes(), folder.log.read_bytes()) == (b"old", b"new")


def interrupt(made: DemoFolder) -> None:
    made.log.write_bytes(b"new")
    made.wav.write_bytes(b"half")
    raise KeyboardInterrupt


@pytest.mark.parametrize("name", ["thesis.txt", "bag/notes.txt", "bag/db/x", "bag3/bag3_0.mcap"])
def test_what_no_demo_has_made_is_named_and_nothing_is_removed(tmp_path, name: str):
    folder = older_demo(tmp_path / "demo")
    stranger = folder.path / name
    stranger.parent.mkdir(exist_ok=True, parents=True)
    stranger.write_text("mine")
    before = sorted(folder.path.rglob("*"))
    with pytest.raises(UserError, match=r"files that are not from a demo .*choose another folder"):
        folder.replaced().__enter__()
    assert sorted(folder.path.rglob("*")) == before


def test_a_link_is_never_followed(tmp_path):
    (tmp_path / "precious").mkdir()
    (tmp_path / "precious" / "bag_0.mcap").write_text("mine")
    (tmp_path / "demo").mkdir()
    (tmp_path / "demo" / "bag").symlink_to(tmp_path / "precious")
    with pytest.raises(UserError, match=r"not from a demo \(bag\)"):
        DemoFolder(tmp_path / "demo").replaced().__enter__()
    assert (tmp_path / "precious" / "bag_0.mcap").read_text() == "mine"


def test_a_file_in_the_place_of_the_folder_is_refused(tmp_path):
    (tmp_path / "demo").write_text("mine")
    with pytest.raises(UserError, match="demo is a file, expected a folder"):
        DemoFolder(tmp_path / "demo").replaced().__enter__()
