"""The demo's output folder: its files, and removing those of an earlier demo."""

from __future__ import annotations

import re
from pathlib import Path

from descant.errors import UserError

# A restarted recorder writes bag-2, bag-3 ..
_BAG = re.compile(r"bag(-\d+)?")
_BAG_FILE = re.compile(r"bag(-\d+)?_\d+\.mcap|metadata\.yaml")


class DemoFolder:
    """The folder at `path` for the demo's output: the recorded sound (`wav`), the recorded messages
    of the graph (`bag`), their `picture`, and the output of launcher and nodes (`log`)."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.wav = path / "part1.wav"
        self.bag = path / "bag"
        self.picture = path / "part1.png"
        self.log = path / "log.txt"

    def clear(self) -> None:
        """Make the folder, and remove the files of an earlier demo from it.

        `UserError` where it contains anything else; nothing is removed then.
        """
        if self.path.exists() and not self.path.is_dir():
            raise UserError(f"{self.path} is a file, expected a folder for the demo")
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            for path in self._demo_files():
                path.unlink()
            for folder in self.path.iterdir():
                folder.rmdir()
        except OSError as error:
            raise UserError(f"cannot clear {error.filename}: {error.strerror}") from None

    def _demo_files(self) -> list[Path]:
        """The files of an earlier demo; `UserError` where there are others."""
        single = {self.wav.name, self.picture.name, self.log.name}
        files, others = [], []
        for path in sorted(self.path.iterdir()):
            if path.is_dir() and not path.is_symlink() and _BAG.fullmatch(path.name):
                inside = sorted(path.iterdir())
                files += [p for p in inside if _is_file(p) and _BAG_FILE.fullmatch(p.name)]
                others += [p for p in inside if p not in files]
            elif path.name in single and _is_file(path):
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
