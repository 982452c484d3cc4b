# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""A WAV file of a performance, recorded under a hidden name that becomes its own at the end."""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from pathlib import Path

from descant.arrays import Samples
from descant.bags import locking
from descant.errors import reason
from descant.synth.sinks.base import SinkError
from descant.synth.sinks.wav_file import HEADER, MOST_SAMPLES, WavFile

RESERVE_MB = 16
"""A minute of sound: with less space on the disk no recording begins, so that one that ended
because the disk was full is not begun again at every attempt."""


class WavRecording:
    """Samples go to .recording-NAME.wav; `close` makes that NAME.wav.

    An older NAME.wav is kept as NAME-1.wav. So is what a killed synthesiser left: a node that is
    restarted in the middle of a concert must not lose its first half. `SinkError` where it cannot
    be written.
    """

    def __init__(self, path: Path, sample_rate: int) -> None:
        self._path = path = Path(os.path.realpath(path))
        if path.exists() and not path.is_file():
            raise SinkError(f"cannot write {path}: it is no file")
        self._hidden = hidden(path)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            if self._hidden.exists():
                self._recover()
            if shutil.disk_usage(path.parent).free < RESERVE_MB << 20:
                raise SinkError(f"cannot write {path}: less than {RESERVE_MB} MB are free")
            self._file = WavFile(self._hidden, sample_rate)
        except OSError as error:
            raise SinkError(f"cannot write {path}: {reason(error)}") from None
        locking.lock(self._file.descriptor)

    def write(self, left: Samples, right: Samples) -> None:
        """Append samples, -1..1."""
        if self._file.samples + len(left) > MOST_SAMPLES:
            raise SinkError(f"{self._path} is full: a WAV file ends at 4 GB")
        try:
            self._file.write(left, right)
        except OSError as error:
            raise SinkError(f"cannot write {self._path}: {reason(error)}") from None

    def close(self) -> None:
        """Complete the file as far as the disk allows. Never raises."""
        with suppress(OSError):
            self._file.flush()
        self._file.close()
        with suppress(OSError):
            if self._file.samples:
                aside(self._path)
                self._hidden.rename(self._path)
            else:
                self._hidden.unlink()

    def _recover(self) -> None:
        """Give a name to what a killed synthesiser recorded."""
        if locking.is_locked(self._hidden):
            raise SinkError(f"cannot write {self._path}: another synthesiser is recording it")
        if self._hidden.stat().st_size > HEADER.size:
            self._hidden.rename(_free_name(self._path))


def hidden(path: Path) -> Path:
    """Return where the recording of `path` grows."""
    return path.with_name(f".recording-{path.name}")


def aside(path: Path) -> None:
    """Rename an older file of that name: show.wav becomes show-1.wav."""
    if path.exists():
        path.rename(_free_name(path))


def _free_name(path: Path) -> Path:
    number = 1
    while (kept := path.with_name(f"{path.stem}-{number}{path.suffix}")).exists():
        number += 1
    return kept
