"""The demo's folder: what is in it, and how an older one is cleared without harm."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from descant.errors import UserError

# A recorder that was started again, or found the folder taken, writes bag-2, bag-3 ..
_BAG = re.compile(r"bag(-\d+)?")
_BAG_FILE = re.compile(r"bag(-\d+)?_\d+\.mcap|metadata\.yaml")


@dataclass(frozen=True)
class DemoFolder:
    """Where the demo puts what it makes."""

    path: Path

    @property
    def wav(self) -> Path:
        """What was heard."""
        return self.path / "part1.wav"

    @property
    def bag(self) -> Path:
        """What went over the graph."""
        return self.path / "bag"

    @property
    def picture(self) -> Path:
        """The picture of the bag."""
        return self.path / "part1.png"

    @property
    def log(self) -> Path:
        """What the launcher and the nodes said."""
        return self.path / "log.txt"

    def clear(self) -> None:
        """Make the folder, and remove what an older demo left in it, file by file.

        `UserError` where there is anything that no demo has made: nothing is removed then.
        """
        if self.path.exists() and not self.path.is_dir():
            raise UserError(f"{self.path} is a file, expected a folder for the demo")
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            for path in self._own():
                path.unlink()
            for folder in self.path.iterdir():
                folder.rmdir()
        except OSError as error:
            raise UserError(f"cannot clear {error.filename}: {error.strerror}") from None

    def _own(self) -> list[Path]:
        """The files in the folder, all of which a demo has made."""
        single = {self.wav.name, self.picture.name, self.log.name}
        files, strangers = [], []
        for path in sorted(self.path.iterdir()):
            if _is_folder(path) and _BAG.fullmatch(path.name):
                inside = sorted(path.iterdir())
                files += [p for p in inside if _is_file(p) and _BAG_FILE.fullmatch(p.name)]
                strangers += [p for p in inside if p not in files]
            elif path.name in single and _is_file(path):
                files.append(path)
            else:
                strangers.append(path)
        if strangers:
            names = ", ".join(str(p.relative_to(self.path)) for p in strangers[:3])
            raise UserError(
                f"{self.path} holds what no demo has made ({names}): "
                "move that away, or choose another folder with -o"
            )
        return files


def _is_file(path: Path) -> bool:
    return path.is_file() and not path.is_symlink()


def _is_folder(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink()
