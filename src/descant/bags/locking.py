"""Tells whether a file of a bag is still being recorded. A killed recorder's lock is gone."""

from __future__ import annotations

import os
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows: there is no recorder, so nothing to tell
    fcntl = None  # type: ignore[assignment]


def lock(descriptor: int) -> None:
    """Mark an open file as being recorded, for as long as it is open."""
    if fcntl is not None:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return  # a file system without locks: recording matters more


def is_locked(path: Path) -> bool:
    """Whether some process has `path` open for recording."""
    if fcntl is None:
        return False
    descriptor = os.open(path, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    finally:
        os.close(descriptor)
    return False
