# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The demo's output folder: its files, which replace those of an earlier demo."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from descant.errors import UserError, writing
from descant.whole_file import UnfinishedFolder, is_unfinished, remove_leftovers

# A restarted recorder writes bag-2, bag-3 ..
_BAG = re.compile(r"bag(-\d+)?")
_SINGLE = re.compile(r"part1(-\d+)?\.wav|part1\.png")  # a restarted synth writes part1-1.wav
_BAG_FILE = re.compile(r"bag(-\d+)?_\d+\.mcap|metadata\.yaml")


class DemoFolder:
    """The folder at `path` for the demo's output: the recorded sound (`wav`), the recorded messages
    of the graph (`bag`), their `picture`, and the output of launcher and nodes (`log`).
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.wav = path / "part1.wav"
        self.bag = path / "bag"
        self.picture = path / "part1.png"
        self.log = path / "log.txt"

    @contextmanager
    def replaced(self) -> Iterator[DemoFolder]:
        """Yield a hidden folder whose files replace those of an earlier demo at the end.

        After an error only the log is new. `UserError` where this folder contains anything but a
        demo's files; nothing is changed then.
        """
        if self.path.exists() and not self.path.is_dir():
            raise UserError(f"{self.path} is a file, expected a folder for the demo")
        with writing(self.path):
            if self.path.is_dir():
                remove_leftovers(self.path)
                self._demo_files()
            unfinished = UnfinishedFolder(self.path)
            made = DemoFolder(unfinished.path)
            made.log = self.log
            try:
                yield made
                for path in self._demo_files():
                    path.unlink()
                for folder in self.path.iterdir():
                    if not is_unfinished(folder) and folder.is_dir():
                        folder.rmdir()
                unfinished.finish()
            finally:
                unfinished.abort()

    def _demo_files(self) -> list[Path]:
        """The files of an earlier demo but its log; `UserError` where there are others."""
        files, others = [], []
        for path in sorted(self.path.iterdir()):
            if is_unfinished(path) or path == self.log:
                continue
            if path.is_dir() and not path.is_symlink() and _BAG.fullmatch(path.name):
                inside = sorted(path.iterdir())
                files += [p for p in inside if _is_file(p) and _BAG_FILE.fullmatch(p.name)]
                others += [p for p in inside if p not in files]
            elif _SINGLE.fullmatch(path.name) and _is_file(path):
                files.append(path)
            else:
                others.append(path)
        if others:
            names = ", ".join(str(p.relative_to(self.path)) for p in others[:3])
            raise UserError(
                f"{self.path} contains files that are not from a demo ({names}): "
                "move them, or choose another folder with -o"
            )
        return files


def _is_file(path: Path) -> bool:
    return path.is_file() and not path.is_symlink()
