# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Write a file or the files of a folder completely or not at all.

Everything is written under a hidden name first, `.unfinished-` and sixteen digits, on the disk of
its target, and moved when it is whole: an error, a full disk or a signal leaves what was there
before. What a killed process left behind is removed by the next one that writes in that folder: it
is locked (flock) as long as its writer lives, on whatever machine.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
import stat
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from descant.errors import UserError, writing

try:
    import fcntl
except ImportError:  # Windows: what a killed process leaves stays
    fcntl = None  # type: ignore[assignment]

PREFIX = ".unfinished-"
_NAME = re.compile(re.escape(PREFIX) + r"[0-9a-f]{16}(\..*)?")
REMOVE_TIMEOUT_S = 5.0  # a worker that cannot be stopped may still be writing into a folder


class Unfinished:
    """A new file, or folder, that is written at `path` until `finish` moves it to `target`.

    The target's folder is made; a link stays and its target is written. Raises `OSError` where that
    or anything later fails.
    """

    def __init__(self, target: Path, *, folder: bool = False) -> None:
        self.target = target = Path(os.path.realpath(target))
        self._made = [p for p in target.parents if not p.exists()]
        self._lock: int | None = None
        self._ended = False
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            remove_leftovers(target.parent)
            self.path = self._create(folder=folder)
        except OSError:
            self._remove_made()
            raise

    def finish(self) -> None:
        """Wait until the file is on the disk, and give it its name; an older file is replaced."""
        with self.path.open("rb+") as file:  # Windows syncs writable files only
            os.fsync(file.fileno())
        with suppress(OSError):
            self.path.chmod(stat.S_IMODE(self.target.stat().st_mode))
        self.path.replace(self.target)
        self._ended = True
        _unlock(self._lock)

    def abort(self) -> None:
        """Remove what was written, and the folders made for it. After `finish` it does nothing."""
        if not self._ended:
            self._ended = True
            _remove(self.path)
            _unlock(self._lock)
            self._remove_made()

    def _create(self, *, folder: bool) -> Path:
        while True:
            suffix = "" if folder else self.target.suffix
            path = self.target.parent / f"{PREFIX}{secrets.token_hex(8)}{suffix}"
            if folder:
                path.mkdir()
            else:
                os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666))
            with suppress(FileNotFoundError):
                self._lock = _lock(path, wait=True)
                if path.exists():  # nobody took it for a leftover before it was locked
                    return path
                _unlock(self._lock)

    def _remove_made(self) -> None:
        with suppress(OSError):  # one that is not empty stays
            for folder in self._made:
                folder.rmdir()


class UnfinishedFolder:
    """A new folder `path` whose content `finish` moves into the folder `target`.

    Files of the same names are replaced. Folders of the same names are merged, with `replace`
    replaced. Raises `OSError` where anything cannot be written.
    """

    def __init__(self, target: Path, *, replace: bool = False) -> None:
        self._target = target
        self._hidden = Unfinished(target / "content", folder=True)
        self.path, old = self._hidden.path / "new", self._hidden.path / "old"
        self._old = old if replace else None
        for folder in (self.path, old):
            folder.mkdir()

    def finish(self) -> None:
        """Move everything into the target."""
        _move_content(self.path, self._target, self._old)
        self.abort()

    def abort(self) -> None:
        """Remove what was written, and the folders made for it. After `finish` it does nothing."""
        self._hidden.abort()


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """Yield the hidden path of a file that becomes `path` at the end of the block.

    A link stays and its target is written. A pipe or a device, such as /dev/stdout, is yielded
    itself. `UserError` where anything cannot be written; after an error `path` is as it was.
    """
    with writing(path):
        if path.exists() and not path.is_file():
            yield path  # opening it fails where it is a folder
            return
        yield from _finished(Unfinished(path))


@contextmanager
def whole_folder(path: Path, *, replace: bool = False) -> Iterator[Path]:
    """Yield a hidden folder in `path`, whose content is moved into `path` at the end of the block.

    See `UnfinishedFolder`. `UserError` where anything cannot be written; `path` is as it was then.
    """
    if path.exists() and not path.is_dir():
        raise UserError(f"cannot write into {path}: it is a file, expected a folder")
    with writing(path):
        yield from _finished(UnfinishedFolder(path, replace=replace))


@contextmanager
def temporary_folder(prefix: str) -> Iterator[Path]:
    """Yield a new folder for temporary files, which only this user can read; it is removed later.

    Those of killed processes, of the same `prefix`, are removed first. Raises `OSError`.
    """
    root = Path(tempfile.gettempdir())
    _remove_unlocked(p for p in root.glob(f"{prefix}*") if p.is_dir() and not p.is_symlink())
    while True:
        path = Path(tempfile.mkdtemp(prefix=prefix))
        with suppress(FileNotFoundError):
            lock = _lock(path, wait=True)
            if path.exists():  # nobody took it for a leftover before it was locked
                break
            _unlock(lock)
    try:
        yield path
    finally:
        _remove(path)
        _unlock(lock)


def _finished(unfinished: Unfinished | UnfinishedFolder) -> Iterator[Path]:
    """Yield its path, and finish it; abort it on an error."""
    try:
        yield unfinished.path
        unfinished.finish()
    finally:
        unfinished.abort()


def write_whole(path: Path, content: bytes) -> None:
    """Write `content` into the file `path`; see `whole_file`."""
    with whole_file(path) as unfinished:
        unfinished.write_bytes(content)


def remove_leftovers(folder: Path) -> None:
    """Remove what killed processes left unfinished in `folder`."""
    found: list[Path] = []
    with suppress(OSError):  # a folder that may be written and not read
        found += filter(is_unfinished, folder.iterdir())
    _remove_unlocked(found)


def is_unfinished(path: Path) -> bool:
    """Whether a file or folder has the name of one that is being written."""
    return _NAME.fullmatch(path.name) is not None


def _remove_unlocked(paths: Iterable[Path]) -> None:
    for path in paths:
        with suppress(OSError):  # locked: it is being written
            lock = _lock(path, wait=False)
            if lock is not None:
                _remove(path)
                _unlock(lock)


def _lock(path: Path, *, wait: bool) -> int | None:
    """Open and lock a file or folder; None where there are no locks. `OSError` where another
    process has locked it and this one shall not wait.
    """
    if fcntl is None:
        return None
    descriptor = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except OSError:
        os.close(descriptor)
        if wait:  # a file system without locks
            return None
        raise
    return descriptor


def _unlock(lock: int | None) -> None:
    if lock is not None:
        os.close(lock)


def _move_content(source: Path, target: Path, old: Path | None) -> None:
    for path in sorted(source.iterdir()):
        place = target / path.name
        if path.is_dir() and place.is_dir():
            if old is None:
                _move_content(path, place, None)
                continue
            place.rename(old / path.name)
        path.replace(place)


def _remove(path: Path) -> None:
    end = time.monotonic() + REMOVE_TIMEOUT_S
    while path.is_dir() and time.monotonic() < end:
        shutil.rmtree(path, ignore_errors=True)
        time.sleep(0.01 if path.exists() else 0.0)
    with suppress(OSError):
        path.unlink()
