"""Silence for C libraries that write to standard error whatever happens."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Iterator

STANDARD_ERROR = 2
_lock = threading.RLock()


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Nothing that is written to file descriptor 2 in this block is seen.

    ALSA, JACK and PortAudio tell there that a device is missing, even when one only asks which
    there are. It holds for the whole process: keep the block to milliseconds.
    """
    with _lock:
        saved, nowhere = os.dup(STANDARD_ERROR), os.open(os.devnull, os.O_WRONLY)
        try:
            os.dup2(nowhere, STANDARD_ERROR)
            yield
        finally:
            os.dup2(saved, STANDARD_ERROR)
            os.close(saved)
            os.close(nowhere)
