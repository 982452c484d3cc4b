# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Remove the shared memory that killed nodes left behind: with Descant's settings 34 MB each.

Fast DDS keeps a segment and a lock file for each participant, and locks the file (flock) as long as
the participant lives. `fastdds shm clean` decides in the same way.
"""

from __future__ import annotations

import contextlib
import os
import re
import time
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

FOLDER = Path("/dev/shm")
YOUNG_S = 10.0
"""A lock file is made a moment before it is locked: one that is so new is left alone."""
_LOCK = re.compile(r"((?:fastrtps|fastdds)_[0-9a-f]{16})_el")


def remove_dead_segments(folder: Path = FOLDER) -> int:
    """Remove the segments of this user's participants that live no more; return their number.

    Never fails, and may run at the same time as others and as participants that start.
    """
    if fcntl is None or not folder.is_dir():
        return 0
    names = (_LOCK.fullmatch(path.name) for path in folder.iterdir())
    return sum(_removed(folder / name[0], folder / name[1]) for name in names if name)


def _removed(lock: Path, segment: Path) -> bool:
    with contextlib.suppress(OSError):  # locked: its participant lives; or removed by another
        descriptor = os.open(lock, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        try:
            status = os.fstat(descriptor)
            if status.st_uid != os.getuid() or time.time() - status.st_mtime < YOUNG_S:
                return False
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            segment.unlink(missing_ok=True)
            lock.unlink()
            return True
        finally:
            os.close(descriptor)
    return False
