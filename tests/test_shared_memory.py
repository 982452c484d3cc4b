# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Which shared memory of Fast DDS is removed."""

from __future__ import annotations

import fcntl
import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from descant.shared_memory import YOUNG_S, remove_dead_segments

SEGMENT = "fastrtps_0123456789abcdef"


def make(folder: Path, name: str = SEGMENT, age_s: float = 2 * YOUNG_S) -> Path:
    """A segment and its lock file of that age; returns the latter."""
    (folder / name).write_bytes(bytes(100))
    lock = folder / f"{name}_el"
    lock.touch()
    os.utime(lock, (time.time() - age_s,) * 2)
    return lock


@pytest.mark.parametrize("name", [SEGMENT, SEGMENT.replace("fastrtps", "fastdds")])
def test_what_nobody_locks_is_removed(tmp_path: Path, name: str) -> None:
    make(tmp_path, name)
    assert remove_dead_segments(tmp_path) == 1
    assert list(tmp_path.iterdir()) == []


def test_a_lock_without_its_segment_is_removed(tmp_path: Path) -> None:
    make(tmp_path)
    (tmp_path / SEGMENT).unlink()
    assert remove_dead_segments(tmp_path) == 1


def test_what_a_living_participant_locks_stays(tmp_path: Path) -> None:
    with make(tmp_path).open() as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert remove_dead_segments(tmp_path) == 0
    assert len(list(tmp_path.iterdir())) == 2


@pytest.mark.parametrize("age_s", [0.0, YOUNG_S / 2, -3600.0])
def test_what_is_only_now_being_made_stays(tmp_path: Path, age_s: float) -> None:
    make(tmp_path, age_s=age_s)
    assert remove_dead_segments(tmp_path) == 0
    assert len(list(tmp_path.iterdir())) == 2


@pytest.mark.parametrize(
    "name", ["fastrtps_port7411", "jack-0-0", f"{SEGMENT}0", f"x{SEGMENT}", "fastrtps_0123"]
)
def test_what_is_no_segment_stays(tmp_path: Path, name: str) -> None:
    make(tmp_path, name)
    assert remove_dead_segments(tmp_path) == 0
    assert len(list(tmp_path.iterdir())) == 2


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    folder = tmp_path / "shm"
    folder.mkdir()
    (folder / f"{SEGMENT}_el").symlink_to(make(tmp_path, "another"))
    assert remove_dead_segments(folder) == 0
    assert (tmp_path / "another").exists()


def test_many_nodes_that_start_at_once_remove_each_segment_once(tmp_path: Path) -> None:
    for number in range(200):
        make(tmp_path, f"fastrtps_{number:016x}")
    with ThreadPoolExecutor(8) as pool:
        counts = pool.map(lambda _: remove_dead_segments(tmp_path), range(8))
    assert sum(counts) == 200
    assert list(tmp_path.iterdir()) == []


def test_without_such_a_folder_nothing_happens(tmp_path: Path) -> None:
    assert remove_dead_segments(tmp_path / "none") == 0
