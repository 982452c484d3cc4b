"""Silence C libraries that write to standard error whatever happens."""

from __future__ import annotations

import contextlib
import os
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
