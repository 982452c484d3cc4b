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
        "part1.wav", "part1.png", "log.txt", "bag/bag_0.mcap", "bag/metadata.yaml",
        "bag-2/bag-2_0.mcap",
    ):  # fmt: skip
        (path / name).write_bytes(b"old")
    return folder


def test_a_new_folder_is_made_with_its_parents(tmp_path):
    DemoFolder(tmp_path / "out" / "demo").clear()
    assert list((tmp_path / "out" / "demo").iterdir()) == []


def test_what_an_older_demo_made_is_removed(tmp_path):
    folder = older_demo(tmp_path / "demo")
    folder.clear()
    assert list(folder.path.iterdir()) == []


@pytest.mark.parametrize("name", ["thesis.txt", "bag/notes.txt", "bag/db/x", "bag3/bag3_0.mcap"])
def test_what_no_demo_has_made_is_named_and_nothing_is_removed(tmp_path, name: str):
    folder = older_demo(tmp_path / "demo")
    stranger = folder.path / name
    stranger.parent.mkdir(exist_ok=True, parents=True)
    stranger.write_text("mine")
    before = sorted(folder.path.rglob("*"))
    with pytest.raises(UserError, match=r"files that are not from a demo .*choose another folder"):
        folder.clear()
    assert sorted(folder.path.rglob("*")) == before


def test_a_link_is_never_followed(tmp_path):
    (tmp_path / "precious").mkdir()
    (tmp_path / "precious" / "bag_0.mcap").write_text("mine")
    (tmp_path / "demo").mkdir()
    (tmp_path / "demo" / "bag").symlink_to(tmp_path / "precious")
    with pytest.raises(UserError, match=r"not from a demo \(bag\)"):
        DemoFolder(tmp_path / "demo").clear()
    assert (tmp_path / "precious" / "bag_0.mcap").read_text() == "mine"


def test_a_file_in_the_place_of_the_folder_is_refused(tmp_path):
    (tmp_path / "demo").write_text("mine")
    with pytest.raises(UserError, match="demo is a file, expected a folder"):
        DemoFolder(tmp_path / "demo").clear()
