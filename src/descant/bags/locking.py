# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Mark files that are being recorded by a lock, which ends with the recorder's process."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows: there is no recorder
    fcntl = None  # type: ignore[assignment]


def lock(descriptor: int) -> None:
    """Mark a file as being recorded while it is open."""
    if fcntl is not None:
        with suppress(OSError):  # a file system without locks: record all the same
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


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
