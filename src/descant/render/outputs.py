"""Where a film goes, by the name it is given: .mp4, .wav, or a folder of PNG frames.

Everything is written under another name first and takes its own only when it is whole, so a
failure leaves nothing behind, and an older film is not lost for a new one that never was.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from descant.errors import UserError
from descant.resources import path_of

Pixels = NDArray[np.uint8]
Samples = NDArray[np.float32]
PATTERN = re.compile(r"%0?\d*d")
FRAME_NAME = "frame-%06d.png"


class Kind(Enum):
    """What is made."""

    MP4 = "film"
    WAV = "sound"
    PNG = "frames"
    STILL = "one frame"


@dataclass(frozen=True)
class Target:
    """A place for a film: the file, or for frames the pattern of their paths."""

    kind: Kind
    path: Path

    def __str__(self) -> str:
        return str(self.path)


class Output(Protocol):
    """A film being written, in any one thread. One of `finish` and `abort` ends it."""

    def frame(self, pixels: Pixels) -> None:
        """The next frame: (height, width, 4) RGBA, the lowest row first. Not kept."""

    def sound(self, samples: Samples) -> None:
        """The next samples, (2, frames)."""

    def finish(self) -> None:
        """Complete it under its name."""

    def abort(self) -> None:
        """Leave nothing behind; after `finish` this does nothing. Never raises."""


def target_of(text: str) -> Target:
    """'x.mp4', 'x.wav', a folder, 'x-%05d.png' or 'x.png'; `UserError` for all else."""
    path = path_of(text)
    suffix = path.suffix.lower()
    if suffix == ".mp4" and not path.is_dir():
        return Target(Kind.MP4, path)
    if suffix == ".wav" and not path.is_dir():
        return Target(Kind.WAV, path)
    if suffix == ".png" and len(PATTERN.findall(path.name)) == 1:
        return Target(Kind.PNG, path)
    if suffix == ".png" and not path.is_dir():
        return Target(Kind.STILL, path)
    if path.is_dir() or text.endswith(("/", os.sep)) or not suffix:
        return Target(Kind.PNG, path / FRAME_NAME)
    raise UserError(
        f"{path}: '{path.suffix}' is not written; "
        ".mp4 is a film, .wav its sound, a folder (NAME/) its frames, .png one of them"
    )


def refuse_to_overwrite(target: Target) -> None:
    """`UserError` where something is there already."""
    if target.kind is Kind.PNG:
        frames = frames_of(target)
        if frames:
            raise UserError(
                f"{target.path.parent} holds {len(frames)} frames already: overwrite with --force"
            )
    elif target.path.exists():
        raise UserError(f"{target.path} is there already: overwrite it with --force")


def frames_of(target: Target) -> list[Path]:
    """The files that a pattern of frames stands for and that are there."""
    folder = target.path.parent
    if not folder.is_dir():
        return []
    before, after = PATTERN.split(target.path.name)
    name = re.compile(re.escape(before) + r"\d+" + re.escape(after))
    return sorted(p for p in folder.iterdir() if name.fullmatch(p.name))


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """What goes wrong with a file as a `UserError` about `path`."""
    import av  # noqa: PLC0415 -- a device library: imported only where used

    try:
        yield
    except (OSError, av.FFmpegError) as error:
        why = os.strerror(error.errno) if error.errno and error.errno > 0 else error.strerror
        raise UserError(f"cannot write {path}: {why or error}") from None


def aside(path: Path) -> Path:
    """The name beside `path` under which it is written; its folder is made where it is missing."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f".{path.stem}.{os.getpid()}.part{path.suffix}")
        part.touch()
    except OSError as error:
        raise UserError(f"cannot write {path}: {error.strerror}") from None
    return part


def remove(path: Path) -> None:
    """Remove a file or folder, if it can be."""
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
