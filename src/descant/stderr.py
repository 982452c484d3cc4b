# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Silence C libraries that write to standard error whatever happens."""

from __future__ import annotations

import contextlib
import os
import tempfile
import threading
from collections.abc import Iterator

STANDARD_ERROR = 2
_lock = threading.RLock()


@contextlib.contextmanager
def silenced_stderr() -> Iterator[None]:
    """Discard everything that is written to file descriptor 2 in this block.

    ALSA, JACK and PortAudio report missing devices there, even when they are only listed. It
    holds for the whole process: keep the block to milliseconds.
    """
    with _lock:
        saved, null = os.dup(STANDARD_ERROR), os.open(os.devnull, os.O_WRONLY)
        try:
            os.dup2(null, STANDARD_ERROR)
            yield
        finally:
            os.dup2(saved, STANDARD_ERROR)
            os.close(saved)
            os.close(null)


@contextlib.contextmanager
def taken_from_stderr(beginnings: tuple[str, ...]) -> Iterator[list[str]]:
    """Collect the lines written to file descriptor 2 in this block that begin so.

    For a C library that reports what it finds in no other way. It holds for the whole process: the
    lines of other threads are written after the block.
    """
    lines: list[str] = []
    with _lock, tempfile.TemporaryFile() as file:
        saved = os.dup(STANDARD_ERROR)
        try:
            os.dup2(file.fileno(), STANDARD_ERROR)
            yield lines
        finally:
            os.dup2(saved, STANDARD_ERROR)
            os.close(saved)
            file.seek(0)
            for line in file:
                text = line.decode(errors="replace").rstrip()
                if text.startswith(beginnings):
                    lines.append(text)
                else:
                    with contextlib.suppress(OSError):  # as of a full disk
                        os.write(STANDARD_ERROR, line)
