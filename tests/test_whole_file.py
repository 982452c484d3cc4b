# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""A file is written completely or not at all; what is no plain file is never replaced."""

from __future__ import annotations

import errno
import os
import signal
import stat
import subprocess
import sys
import tempfile
from pathlib import Path
from threading import Thread

import pytest

from descant.errors import UserError
from descant.whole_file import (
    Unfinished,
    temporary_folder,
    whole_file,
    whole_folder,
    write_whole,
)
from support.smalldisk import small_disk


def test_it_makes_the_folder_and_replaces_the_file(tmp_path):
    path = tmp_path / "new" / "file.html"
    for content in (b"first and longer", b"second"):
        write_whole(path, content)
        assert path.read_bytes() == content
    assert list(path.parent.iterdir()) == [path]
    assert path.stat().st_mode & 0o777 == 0o644


def test_a_link_stays_and_its_target_is_written(tmp_path):
    link = tmp_path / "link.html"
    link.symlink_to("target.html")
    for content in (b"of a target that is not there yet", b"of one that is"):
        write_whole(link, content)
        assert link.is_symlink()
        assert (tmp_path / "target.html").read_bytes() == content


def test_a_pipe_is_written_to_and_stays(tmp_path):
    pipe, found = tmp_path / "pipe", []
    os.mkfifo(pipe)
    reader = Thread(target=lambda: found.append(pipe.read_bytes()), daemon=True)
    reader.start()
    write_whole(pipe, b"content")
    reader.join(10)
    assert found == [b"content"]
    assert stat.S_ISFIFO(pipe.stat().st_mode)


def test_a_full_device_is_one_line(tmp_path):
    if os.geteuid():
        path = Path("/dev/full")
    else:  # a device of the test's own: root could replace the machine's
        path = tmp_path / "full"
        try:
            os.mknod(path, 0o666 | stat.S_IFCHR, os.makedev(1, 7))
            path.open("wb").close()
        except OSError:
            pytest.skip("no devices can be made here")
    with pytest.raises(UserError, match="full: No space left on device"):
        write_whole(path, b"content")
    assert stat.S_ISCHR(path.stat().st_mode)


def test_a_folder_is_one_line(tmp_path):
    with pytest.raises(UserError, match="Is a directory"):
        write_whole(tmp_path, b"content")


def test_on_a_full_disk_the_former_file_stays_alone(tmp_path):
    with small_disk(tmp_path / "disk", 64) as disk:
        path = disk / "file"
        write_whole(path, b"former")
        with pytest.raises(UserError, match="No space left on device"):
            write_whole(path, bytes(100_000))
        assert path.read_bytes() == b"former"
        assert list(disk.iterdir()) == [path]


WRITER = """
import sys
from pathlib import Path
from descant.whole_file import whole_file, whole_folder
folder = Path(sys.argv[1])
with whole_file(folder / "film.mp4") as file, whole_folder(folder) as tables:
    file.write_bytes(b"half")
    (tables / "notes.csv").write_bytes(b"half")
    print("written", flush=True)
    sys.stdin.read()
"""


def hidden(folder: Path) -> list[str]:
    return sorted(p.name for p in folder.iterdir() if p.name.startswith(".unfinished-"))


def fail(path: Path) -> None:
    path.write_bytes(b"half")
    raise OSError(errno.ENOSPC, "")


def test_an_error_leaves_the_former_file_and_no_new_folder(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(b"former")
    with pytest.raises(UserError, match="file: No space left"), whole_file(path) as unfinished:
        fail(unfinished)
    with pytest.raises(KeyboardInterrupt), whole_file(tmp_path / "new" / "deep" / "file"):
        raise KeyboardInterrupt
    assert list(tmp_path.iterdir()) == [path]
    assert path.read_bytes() == b"former"


def test_the_hidden_file_keeps_the_suffix_and_the_file_its_mode(tmp_path):
    path = tmp_path / "film.mp4"
    path.write_bytes(b"former")
    path.chmod(0o600)
    with whole_file(path) as unfinished:
        assert unfinished.parent == tmp_path
        assert unfinished.suffix == ".mp4"
        unfinished.write_bytes(b"new")
    assert (path.read_bytes(), path.stat().st_mode & 0o777) == (b"new", 0o600)


def test_two_writers_of_one_file_do_not_disturb_each_other(tmp_path):
    first, second = Unfinished(tmp_path / "file"), Unfinished(tmp_path / "file")
    first.path.write_bytes(b"first")
    second.path.write_bytes(b"second")
    second.finish()
    first.finish()
    second.abort()
    assert (tmp_path / "file").read_bytes() == b"first"
    assert not hidden(tmp_path)


def test_leftovers_of_a_killed_writer_are_removed_by_the_next_those_of_a_living_one_not(tmp_path):
    command = [sys.executable, "-c", WRITER, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == b"written\n"
        left = hidden(tmp_path)
        assert len(left) == 2
        write_whole(tmp_path / "other", b"")
        assert hidden(tmp_path) == left
        os.kill(writer.pid, signal.SIGKILL)
    (tmp_path / ".unfinished-symphony").write_bytes(b"of somebody else")
    write_whole(tmp_path / "other", b"")
    assert hidden(tmp_path) == [".unfinished-symphony"]


MANY = """
import sys
from pathlib import Path
from descant.whole_file import whole_folder, write_whole
folder = Path(sys.argv[1])
for number in range(20):
    write_whole(folder / sys.argv[2], b"content")
    with whole_folder(folder) as new:
        (new / sys.argv[2]).write_bytes(b"content")
"""


def test_writers_of_one_folder_do_not_take_each_others_files_for_leftovers(tmp_path):
    command = [sys.executable, "-c", MANY, str(tmp_path)]
    writers = [subprocess.Popen([*command, str(n)], stderr=subprocess.PIPE) for n in range(3)]
    assert [writer.communicate()[1] for writer in writers] == [b""] * 3
    assert sorted(p.name for p in tmp_path.iterdir()) == ["0", "1", "2"]


def test_a_folder_gets_all_files_at_the_end_or_none(tmp_path):
    (tmp_path / "deep").mkdir()
    for name in ("kept", "a", "deep/kept", "deep/a"):
        (tmp_path / name).write_text("former")
    with pytest.raises(UserError, match="No space left"), whole_folder(tmp_path) as new:
        fail(new / "a")
    assert (tmp_path / "a").read_text() == "former"
    with whole_folder(tmp_path) as new:
        (new / "deep" / "deeper").mkdir(parents=True)
        for name in ("a", "b", "deep/a", "deep/deeper/b"):
            (new / name).write_text("new")
        assert not (tmp_path / "b").exists()
    found = {
        str(p.relative_to(tmp_path)): p.read_text() for p in tmp_path.rglob("*") if p.is_file()
    }
    assert found == {
        "kept": "former", "deep/kept": "former",
        "a": "new", "b": "new", "deep/a": "new", "deep/deeper/b": "new",
    }  # fmt: skip


def test_a_folder_of_the_same_name_can_be_replaced_as_a_whole(tmp_path):
    (tmp_path / "t" / "deep").mkdir(parents=True)
    (tmp_path / "t" / "deep" / "former").touch()
    with whole_folder(tmp_path, replace=True) as new:
        (new / "t").mkdir()
        (new / "t" / "new").touch()
    assert [p.name for p in (tmp_path / "t").iterdir()] == ["new"]
    assert not hidden(tmp_path)


def test_a_file_in_place_of_a_folder_is_one_line(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(UserError, match=r"file: it is a file, expected a folder"):
        whole_folder(tmp_path / "file").__enter__()


def test_a_device_takes_everything(tmp_path):
    write_whole(Path(os.devnull), b"content")
    assert not Path(os.devnull).is_file()


TEMPORARY = """
import sys
from descant.whole_file import temporary_folder
with temporary_folder("some-") as folder:
    (folder / "file").write_bytes(b"content")
    print("written", flush=True)
    sys.stdin.read()
"""


def test_a_temporary_folder_of_a_killed_process_is_removed_by_the_next(tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)
    command = [sys.executable, "-c", TEMPORARY]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == b"written\n"
        (left,) = tmp_path.iterdir()
        (tmp_path / "some-link").symlink_to(tmp_path)
        with temporary_folder("some-") as own:
            assert own.stat().st_mode & 0o777 == 0o700
            assert (left / "file").exists()
        assert not own.exists()
        os.kill(writer.pid, signal.SIGKILL)
    with temporary_folder("some-") as own:
        assert sorted(tmp_path.iterdir()) == sorted([own, tmp_path / "some-link"])
