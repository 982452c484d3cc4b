"""A file is written completely or not at all; what is no plain file is never replaced."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from threading import Thread

import pytest

from descant.errors import UserError
from descant.whole_file import write_whole
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
