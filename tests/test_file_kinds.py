# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""What kind a file is, and the one line where another kind was wanted."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from descant.bags.files import bag_files
from descant.errors import UserError
from descant.file_kinds import FileKind, content_kind, file_kind
from descant.piano.midifile import load
from descant.render.inputs import InputKind, find_input
from support.odd_midi_files import FILE, SAME_NOTES

MCAP = b"\x89MCAP0\r\n" + bytes(40)
CONTENTS = {
    FileKind.MIDI: FILE,
    FileKind.BAG: MCAP,
    FileKind.ESEQ: b"\xfe\x00\x00\x1a\x02\x00\x00COM-ESEQ" + bytes(200),
    FileKind.SQLITE: b"SQLite format 3\x00" + bytes(80),
    FileKind.ZSTD: b"\x28\xb5\x2f\xfd" + bytes(80),
    FileKind.VIDEO: b"\x00\x00\x00\x20ftypisom" + bytes(20),
    FileKind.SOUND: b"RIFF\x00\x01\x00\x00WAVEfmt ",
    FileKind.EMPTY: b"",
    FileKind.UNKNOWN: b"name: value\n",
}
NAMES = ["PIANO001.FIL", "song.rmi", "song", "song.mcap", "song.txt", "a [b] \x1b.mid"]


def written(folder: Path, content: bytes, name: str = "some.file") -> Path:
    """A file with this content."""
    path = folder / name
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("kind", CONTENTS)
def test_the_content_tells_the_kind(tmp_path: Path, kind: FileKind) -> None:
    assert content_kind(CONTENTS[kind]) is kind
    assert file_kind(written(tmp_path, CONTENTS[kind], "x.mid")) is kind


@pytest.mark.parametrize("name", NAMES)
def test_a_midi_file_may_have_any_name(tmp_path: Path, name: str) -> None:
    for content in [FILE, *SAME_NOTES["chunks"].values()]:
        path = written(tmp_path, content, name)
        assert find_input(str(path)) == (InputKind.MIDI, path)
        assert len(load(path).events()) == 6


@pytest.mark.parametrize("name", NAMES)
def test_a_file_of_a_bag_may_have_any_name(tmp_path: Path, name: str) -> None:
    path = written(tmp_path, MCAP, name)
    assert find_input(str(path)) == (InputKind.BAG, path)
    assert bag_files(path) == [path]


def test_a_damaged_file_is_what_its_name_says(tmp_path: Path) -> None:
    for content in (b"", b"broken"):
        path = written(tmp_path, content, "bag_0.mcap")
        assert find_input(str(path)) == (InputKind.BAG, path)
        assert bag_files(path) == [path]
        path = written(tmp_path, content, "SONG.FIL")
        assert find_input(str(path)) == (InputKind.MIDI, path)


@pytest.mark.parametrize("kind", [kind for kind in CONTENTS if kind is not FileKind.BAG])
def test_no_bag_is_one_line_that_says_what_it_is(tmp_path: Path, kind: FileKind) -> None:
    path = written(tmp_path, CONTENTS[kind])
    with pytest.raises(UserError, match=f"some.file is not a bag: .* found {kind.value}$"):
        bag_files(path)


@pytest.mark.parametrize("kind", [kind for kind in CONTENTS if kind is not FileKind.MIDI])
def test_no_midi_file_is_one_line_that_says_what_it_is(tmp_path: Path, kind: FileKind) -> None:
    path = written(tmp_path, CONTENTS[kind])
    said = {FileKind.EMPTY: "the file is empty", FileKind.UNKNOWN: "no MThd header"}
    with pytest.raises(UserError, match=f"some.file: .*{said.get(kind, kind.value)}"):
        load(path)
    if kind is not FileKind.BAG:
        with pytest.raises(UserError, match=f"some.file: expected a MIDI .* found {kind.value}$"):
            find_input(str(path))


def test_a_bag_is_no_midi_file(tmp_path: Path) -> None:
    written(tmp_path, MCAP, "bag_0.mcap")
    with pytest.raises(UserError, match="is a bag, not a MIDI file"):
        load(tmp_path)


def test_a_pipe_or_a_device_is_one_line_and_never_read(tmp_path: Path) -> None:
    pipe = tmp_path / "ff"
    os.mkfifo(pipe)
    readers: list[Callable[[Path], object]] = [file_kind, find_input, load, bag_files]
    for path, name in [(pipe, "pipe"), (Path("/dev/zero"), "device")]:
        for reader in readers:
            with pytest.raises(UserError, match=rf"{path} is a {name}, expected a file$"):
                reader(path)


def test_a_file_that_cannot_be_opened_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"absent: No such file"):
        file_kind(tmp_path / "absent")
