# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""A small disk of a test's own: a tmpfs that nobody but the test fills."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

KIBIBYTE = 1 << 10


def fill(disk: Path, *, leave: int) -> Path:
    """A file that takes all but `leave` KiB of `disk`; returns it."""
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while shutil.disk_usage(disk).free > leave * KIBIBYTE:
            file.write(bytes(4 * KIBIBYTE))
    return filler


@contextlib.contextmanager
def small_disk(folder: Path, size: int) -> Iterator[Path]:
    """A disk of `size` KiB mounted at `folder`, which is made; skips where none may be mounted."""
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={size}k", "descant-test", str(folder)]
    try:
        mounted = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        pytest.skip("needs mount, to have a small disk")
    if mounted.returncode:
        pytest.skip(f"mounting a small disk is not permitted here: {mounted.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)
