"""Write a file completely or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from descant.errors import writing


def write_whole(path: Path, content: bytes) -> None:
    """Write `content` into the file `path`, which is replaced; make its folder.

    A link stays and its target is written. A pipe or a device, such as /dev/stdout, is written to
    and not replaced. `UserError` where it cannot be written.
    """
    with writing(path):
        if path.exists() and not path.is_file():
            path.write_bytes(content)  # raises where it is a folder
            return
        _replace(Path(os.path.realpath(path)), content)


def _replace(path: Path, content: bytes) -> None:
    unfinished = None
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with tempfile.NamedTemporaryFile(
            dir=path.parent, prefix=".unfinished-", suffix=path.suffix, delete=False
        ) as file:
            unfinished = Path(file.name)
            file.write(content)
        unfinished.chmod(0o644)
        unfinished.replace(path)
    finally:
        if unfinished is not None:
            unfinished.unlink(missing_ok=True)
