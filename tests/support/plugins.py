# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Families, triggers and voices from outside the package: the examples of the docs, installed."""

from __future__ import annotations

import contextlib
import importlib
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from descant import plugins
from descant.learner.family import load_family

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
PIP = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--no-build-isolation"]


def clear_caches() -> None:
    """Forget which entry points and families were found."""
    plugins.installed.cache_clear()
    load_family.cache_clear()


@contextlib.contextmanager
def installed_example(name: str, folder: Path) -> Iterator[Path]:
    """`docs/examples/NAME`, installed by pip into `folder`, where this process finds it.

    Yields the folder of the example.
    """
    source, target = folder / "source", folder / "site"
    shutil.copytree(EXAMPLES / name, source)
    run = subprocess.run(
        [*PIP, "--target", str(target), str(source)],
        capture_output=True, text=True, timeout=100, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    with _found(target):
        yield EXAMPLES / name


@contextlib.contextmanager
def _found(folder: Path) -> Iterator[None]:
    """Let modules and entry points in `folder` be found, and forget them afterwards."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(folder))
        importlib.invalidate_caches()
        clear_caches()
        try:
            yield
        finally:
            for path in folder.glob("*.py"):
                sys.modules.pop(path.stem, None)
    clear_caches()


@contextlib.contextmanager
def outside_package(folder: Path, group: str, points: str) -> Iterator[None]:
    """A package in `folder` with the entry points `points` of `group`, lines 'NAME = VALUE'."""
    info = folder / "outside-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: outside\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[{group}]\n{points}\n")
    with _found(folder):
        yield
