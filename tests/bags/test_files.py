# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""What belongs to a bag: the files that metadata.yaml names, and no others."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from descant.bags import metadata
from descant.bags.bag_scan import BagScan
from descant.bags.files import bag_folder
from descant.bags.info import info
from descant.errors import UserError
from support.bags import mcap_of, notes_bag

LIMIT = 1 << 20
DEEP = "[" * 20_000
BOMB = "a: &a [x, x, x]\n" + "".join(
    f"{new}: &{new} [*{old}, *{old}, *{old}]\n"
    for old, new in zip("abcdefghij", "bcdefghijk", strict=True)
)


@pytest.fixture
def bag(tmp_path: Path) -> Path:
    return notes_bag(tmp_path / "show", 10)


def split_bag(folder: Path, numbers: list[int], *, described: bool = False) -> Path:
    """A bag of files with these numbers, as rosbag2 splits it."""
    bag = notes_bag(folder, 10)
    names = [f"{folder.name}_{number}.mcap" for number in numbers]
    for name in names[1:]:
        shutil.copy(mcap_of_first(bag), bag / name)
    if names[0] != f"{folder.name}_0.mcap":
        mcap_of_first(bag).rename(bag / names[0])
    (bag / "metadata.yaml").unlink()
    if described:
        describe(bag, names)
    return bag


def mcap_of_first(bag: Path) -> Path:
    return bag / f"{bag.name}_0.mcap"


def describe(bag: Path, paths: Any) -> None:
    """Write a metadata.yaml that names these paths."""
    content = {"version": 4, "relative_file_paths": paths, "message_count": 10}
    text = yaml.safe_dump({"rosbag2_bagfile_information": content})
    (bag / "metadata.yaml").write_text(text, encoding="utf-8")


def names(bag: Path) -> list[str]:
    return [file.name for file in bag_folder(bag).files]


@pytest.mark.parametrize(
    "stranger",
    [
        "mended.mcap",
        "show_0.sync-conflict-20261130-094023-ABCDEFG.mcap",
        "show_0 (1).mcap",
        "show_0 - Copy.mcap",
        "show_1.mcap",
        "\x1b[31mred.mcap",
    ],
)
def test_a_file_that_metadata_does_not_name_is_named_once_and_not_read(
    bag: Path, stranger: str
) -> None:
    shutil.copy(mcap_of(bag), bag / stranger)
    assert names(bag) == ["show_0.mcap"]
    found = info(bag)
    assert (found.messages, found.damage) == (10, ())
    [remark] = found.remarks
    assert remark == ("not part of the bag, not read: " + stranger.replace("\x1b", "\\x1b"))
    assert BagScan(bag).remarks == (remark,)


def test_many_strangers_are_one_short_line(bag: Path) -> None:
    for number in range(200):
        (bag / f"copy {number}.mcap").touch()
    [remark] = bag_folder(bag).remarks
    assert remark.endswith(" and 195 more")


def put_sidecar(bag: Path) -> None:
    (bag / "._show_0.mcap").write_bytes(b"\0\5\26\7")


def put_hidden(bag: Path) -> None:
    (bag / ".show_1.mcap.part.mcap").touch()


def put_folder(bag: Path) -> None:
    (bag / "show_1.mcap").mkdir()


def put_dead_link(bag: Path) -> None:
    (bag / "show_1.mcap").symlink_to(bag / "nowhere")


@pytest.mark.parametrize("put", [put_sidecar, put_hidden, put_folder, put_dead_link])
@pytest.mark.parametrize("described", [True, False])
def test_what_is_no_file_of_a_bag_is_skipped(
    bag: Path, put: Callable[[Path], None], described: bool
) -> None:
    put(bag)
    if not described:
        (bag / "metadata.yaml").unlink()
    folder = bag_folder(bag)
    assert (names(bag), folder.strangers, folder.missing) == (["show_0.mcap"], (), ())


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    bag = split_bag(tmp_path / "show", [0, 1, 2], described=True)
    (bag / "show_1.mcap").unlink()
    assert names(bag) == ["show_0.mcap", "show_2.mcap"]
    assert bag_folder(bag).damage == ("missing: show_1.mcap",)
    assert "missing: show_1.mcap" in info(bag).damage
    assert "missing: show_1.mcap" in BagScan(bag).damage


@pytest.mark.parametrize(
    ("numbers", "missing"),
    [
        ([0, 1, 2], ()),
        ([0, 2], ("show_1.mcap",)),
        ([2, 10], tuple(f"show_{n}.mcap" for n in (0, 1, 3, 4, 5, 6, 7, 8, 9))),
    ],
)
@pytest.mark.parametrize("described", [True, False])
def test_a_gap_in_the_numbers_is_a_missing_file(
    tmp_path: Path, numbers: list[int], missing: tuple[str, ...], described: bool
) -> None:
    """Also where an earlier mending or `ros2 bag reindex` described the rest as the whole."""
    bag = split_bag(tmp_path / "show", numbers, described=described)
    folder = bag_folder(bag)
    assert names(bag) == [f"show_{number}.mcap" for number in numbers]
    assert set(folder.missing) == set(missing)


def test_files_numbered_by_date_have_no_gaps(tmp_path: Path) -> None:
    bag = split_bag(tmp_path / "shows", [20, 25])
    for file in bag.glob("*.mcap"):
        file.rename(bag / file.name.replace("shows_", "rec_202611"))
    shutil.copy(mcap_of(notes_bag(tmp_path / "other", 11)), bag / "rec_20261125.mcap")
    assert bag_folder(bag).missing == ()
    assert len(names(bag)) == 2


def test_without_metadata_the_numbered_files_are_the_bag(tmp_path: Path) -> None:
    bag = split_bag(tmp_path / "show", [0, 1])
    shutil.copy(mcap_of_first(bag), bag / "mended.mcap")
    assert names(bag) == ["show_0.mcap", "show_1.mcap"]
    assert bag_folder(bag).strangers == ("mended.mcap",)


def test_without_metadata_and_numbers_every_file_is_the_bag(tmp_path: Path, bag: Path) -> None:
    (bag / "metadata.yaml").unlink()
    mcap_of(bag).rename(bag / "b.mcap")
    shutil.copy(mcap_of(notes_bag(tmp_path / "other", 11)), bag / "a.mcap")
    assert names(bag) == ["a.mcap", "b.mcap"]


@pytest.mark.parametrize("name", ["show_0_1.mcap", "show_0_2.mcap", "z.mcap"])
def test_a_copy_of_a_file_is_read_once(bag: Path, name: str) -> None:
    (bag / "metadata.yaml").unlink()
    shutil.copy(mcap_of(bag), bag / name)
    bag = bag.rename(bag.with_name("concert"))
    if name == "z.mcap":  # no numbers: all files are the bag
        (bag / "show_0.mcap").rename(bag / "y.mcap")
    [file] = bag_folder(bag).files
    assert file.name in ("show_0.mcap", "y.mcap")
    assert bag_folder(bag).remarks == (f"not read, since a copy of another file: {name}",)
    assert info(bag).messages == 10


@pytest.mark.parametrize("numbers", [[1], [1, 2], [2, 3]])
def test_the_first_file_lacks_also_in_a_renamed_folder(tmp_path: Path, numbers: list[int]) -> None:
    bag = split_bag(tmp_path / "show", numbers)
    bag = bag.rename(tmp_path / "concert")
    assert "show_0.mcap" in bag_folder(bag).missing


def test_fewer_messages_than_metadata_names_are_damage(bag: Path) -> None:
    path = bag / "metadata.yaml"
    path.write_text(path.read_text().replace("message_count: 10", "message_count: 12"))
    expected = "metadata.yaml: 10 of its 12 messages can be read"
    assert info(bag).damage == (expected,)
    assert BagScan(bag).damage == [expected]


@pytest.mark.parametrize(
    "path",
    ["show/show_0.mcap", "./show_0.mcap", "C:\\bags\\show\\show_0.mcap", "/a/b/show_0.mcap",
     "show_0.mcap.zstd"],
)  # fmt: skip
def test_folders_in_a_name_are_of_no_account(bag: Path, path: str) -> None:
    """Foxy's rosbag2 wrote the bag's own; a bag that was decompressed has one suffix less."""
    describe(bag, [path, path])
    assert names(bag) == ["show_0.mcap"]
    assert bag_folder(bag).missing == ()


@pytest.mark.parametrize("path", ["../secret.mcap", "ABSOLUTE", "sub/../../secret.mcap"])
def test_nothing_outside_of_the_folder_is_read(bag: Path, path: str) -> None:
    secret = bag.parent / "secret.mcap"
    shutil.copy(mcap_of(bag), secret)
    describe(bag, ["show_0.mcap", path.replace("ABSOLUTE", str(secret))])
    assert bag_folder(bag).files == (bag / "show_0.mcap",)
    assert bag_folder(bag).missing == ("secret.mcap",)


@pytest.mark.parametrize(
    "content",
    [
        "", "[", DEEP, "{" * 20_000, "- " * 20_000, "? " * 20_000, BOMB, "\0", "\xff", "a: *b",
        "rosbag2_bagfile_information: 2026-13-45",
        "rosbag2_bagfile_information: [1]",
        "rosbag2_bagfile_information: {relative_file_paths: 2026-13-45}",
        "rosbag2_bagfile_information: {relative_file_paths: [2026-13-45, [a], {b: c}, ~]}",
        "rosbag2_bagfile_information: {relative_file_paths: []}",
        "rosbag2_bagfile_information: {relative_file_paths: ['', /, .., a.db3]}",
        "rosbag2_bagfile_information: {[a]: b, relative_file_paths: !!python/object:os.system [a]}",
        "x" * (LIMIT + 1),
    ],
)  # fmt: skip
def test_metadata_that_names_no_files_is_as_none(bag: Path, content: str) -> None:
    (bag / "metadata.yaml").write_text(content, encoding="latin-1")
    assert names(bag) == ["show_0.mcap"]
    assert "metadata.yaml: missing or outdated" in info(bag).damage


def test_metadata_that_is_no_file_is_as_none(bag: Path) -> None:
    (bag / "metadata.yaml").unlink()
    (bag / "metadata.yaml").mkdir()
    assert names(bag) == ["show_0.mcap"]


def test_a_file_under_another_name_is_refused_with_its_name(bag: Path) -> None:
    mcap_of(bag).rename(bag / "renamed.mcap")
    with pytest.raises(
        UserError,
        match=r"no file that its metadata.yaml names exists: show_0.mcap; give one of these files "
        r"itself: renamed.mcap",
    ):
        bag_folder(bag)
    assert info(bag / "renamed.mcap").messages == 10


@pytest.mark.parametrize(
    ("suffix", "reason"),
    [(".mcap.zstd", "decompress them with unzstd"), (".db3", "convert it with ros2 bag convert")],
)
def test_other_forms_of_bags_are_refused_with_what_to_do(
    bag: Path, suffix: str, reason: str
) -> None:
    mcap_of(bag).rename(bag / f"show_0{suffix}")
    describe(bag, [f"show_0{suffix}"])
    with pytest.raises(UserError, match=reason):
        bag_folder(bag)


def test_one_file_that_is_no_mcap_file_does_not_spoil_the_others(tmp_path: Path) -> None:
    bag = split_bag(tmp_path / "show", [0, 1], described=True)
    (bag / "show_1.mcap").write_text("dear diary")
    scan = BagScan(bag)
    assert len(list(scan)) == 10
    expected = f"not read: {bag / 'show_1.mcap'} is not an MCAP file"
    assert scan.damage == [expected]
    assert expected in info(bag).damage


@pytest.mark.parametrize("offered", [DEEP, BOMB, "- 2026-13-45", "x" * (LIMIT + 1), "a: *b", "7"])
def test_offers_that_cannot_be_read_are_left_out(bag: Path, offered: str) -> None:
    assert metadata._profiles(offered) == []


def test_within_its_own_folder_a_bag_has_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bag = split_bag(tmp_path / "show", [1, 2])
    monkeypatch.chdir(bag)
    assert bag_folder(Path()).missing == ("show_0.mcap",)
