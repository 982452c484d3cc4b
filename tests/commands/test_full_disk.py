# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Where the disk is full, every command that writes leaves what was there before, and one line."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from descant.errors import UserError
from support.performed import performed_bag, strokes
from support.smalldisk import fill, small_disk

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def bag(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return performed_bag(tmp_path_factory.mktemp("bags") / "show", strokes(30))


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    with small_disk(tmp_path / "disk", 20_000) as disk:
        yield disk


def _whatif(bag: Path, output: Path) -> list[str]:
    return [str(bag), "--set", "learner.learning_rate=0.1", "-o", str(output), "--jobs", "1"]


EXPORT = ("--replace", "--workers", "1")
CALLS: dict[str, tuple[str, Callable[[Path, Path], list[str]]]] = {
    "picture": ("p.png", lambda bag, p: [str(bag), "-o", str(p), "--size", "400x400"]),
    "page": ("p.html", lambda bag, p: [str(bag), "-o", str(p)]),
    "export": ("t", lambda bag, p: [str(bag), "-o", str(p), *EXPORT]),
    "export csv": ("t", lambda bag, p: [str(bag), "-o", str(p), *EXPORT, "--format", "csv"]),
    "whatif csv": ("p.csv", _whatif),
    "whatif parquet": ("p.parquet", _whatif),
}


@pytest.mark.parametrize("name", list(CALLS))
def test_a_full_disk_leaves_what_was_there(name: str, bag: Path, disk: Path) -> None:
    if name.startswith("export") or name == "whatif parquet":
        pytest.importorskip("pyarrow", reason="pyarrow is not installed")
    command = importlib.import_module(f"descant.commands.{name.split(maxsplit=1)[0]}").command
    place, arguments = CALLS[name]
    command.main(arguments(bag, disk / place), standalone_mode=False)
    before = _content(disk)
    assert before
    filler = fill(disk, leave=0)
    with pytest.raises(UserError, match="No space left on device") as caught:
        command.main(arguments(bag, disk / place), standalone_mode=False)
    assert "\n" not in str(caught.value)
    assert ".unfinished-" not in str(caught.value)
    filler.unlink()
    assert _content(disk) == before


def _content(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
