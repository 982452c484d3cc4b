# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Where a film goes, by the name of its target: .mp4, .wav, or a folder of PNG frames.

Everything is written under a hidden name first and moved when it is complete (`whole_file`), so a
failure leaves nothing behind, and an older film is not lost.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Protocol

from descant.arrays import Pixels, Samples
from descant.errors import UserError, reason
from descant.paths import user_path

PATTERN = re.compile(r"%0?\d*d")
FRAME_NAME = "frame-%06d.png"


class OutputKind(Enum):
    """What is written."""

    MP4 = "film"
    WAV = "sound"
    PNG = "frames"
    STILL = "one frame"


@dataclass(frozen=True)
class Target:
    """Where a film is written: the file, or for frames the pattern of their paths."""

    kind: OutputKind
    path: Path

    def __str__(self) -> str:
        return str(self.path)


class Output(Protocol):
    """A film being written, in any one thread. `finish` or `abort` ends it."""

    def write_frame(self, pixels: Pixels) -> None:
        """Write the next frame: (height, width, 4) RGBA, the lowest row first. Not kept."""

    def write_samples(self, samples: Samples) -> None:
        """Write the next samples, (2, frames)."""

    def finish(self) -> None:
        """Complete it and give it its name."""

    def abort(self) -> None:
        """Remove what was written; after `finish` this does nothing. Never raises."""


def parse_target(text: str) -> Target:
    """'x.mp4', 'x.wav', a folder, 'x-%05d.png' or 'x.png'; `UserError` for anything else."""
    path = user_path(text)
    if path.exists() and not (path.is_file() or path.is_dir()):
        raise UserError(f"cannot write {path}: it is a pipe or a device, expected a file or folder")
    if path.is_file() and not path.suffix:
        raise UserError(f"cannot write frames into {path}: it is a file, expected a folder")
    suffix = path.suffix.lower()
    if suffix == ".mp4" and not path.is_dir():
        return Target(OutputKind.MP4, path)
    if suffix == ".wav" and not path.is_dir():
        return Target(OutputKind.WAV, path)
    if suffix == ".png" and len(PATTERN.findall(path.name)) == 1:
        return Target(OutputKind.PNG, path)
    if suffix == ".png" and not path.is_dir():
        return Target(OutputKind.STILL, path)
    if path.is_dir() or text.endswith(("/", os.sep)) or not suffix:
        return Target(OutputKind.PNG, path / FRAME_NAME)
    raise UserError(
        f"{path}: cannot write '{path.suffix}'; expected .mp4 (a film), .wav (its sound), "
        "a folder NAME/ (its frames) or .png (one frame)"
    )


def refuse_to_overwrite(target: Target) -> None:
    """`UserError` where the target exists."""
    if target.kind is OutputKind.PNG:
        frames = existing_frames(target)
        if frames:
            raise UserError(
                f"{target.path.parent} holds {len(frames)} frames: overwrite them with --force"
            )
    elif target.path.exists():
        raise UserError(f"{target.path} exists: overwrite it with --force")


def existing_frames(target: Target) -> list[Path]:
    """The existing files that match a target's pattern of frames."""
    folder = target.path.parent
    if not folder.is_dir():
        return []
    before, after = PATTERN.split(target.path.name)
    name = re.compile(re.escape(before) + r"\d+" + re.escape(after))
    return sorted(p for p in folder.iterdir() if name.fullmatch(p.name))


@contextmanager
def write_errors(path: Path) -> Iterator[None]:
    """Raise errors of writing as a `UserError` that names `path`."""
    import av  # noqa: PLC0415 -- a device library: imported only where used

    try:
        yield
    except (OSError, av.FFmpegError) as error:
        raise UserError(f"cannot write {path}: {reason(error)}") from None
