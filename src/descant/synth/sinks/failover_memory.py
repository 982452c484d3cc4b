# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Shared memory of two synths that share an output (audio_ring.c)."""

from __future__ import annotations

import contextlib
import ctypes
import hashlib
import mmap
import os
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path

from descant.local_commands import network_namespace
from descant.synth.sinks.audio_ring import library
from descant.synth.sinks.base import SinkError

FOLDER = Path("/dev/shm")
LAYOUT = 1  # of the memory, in its name: another version must not read it otherwise


@dataclass(frozen=True)
class FailoverGroup:
    """Two synths share an output: those of one `graph`, a text that no other graph has.

    `is_second`: this synth was started as the standby, and plays nothing where the output cannot be
    shared.
    """

    graph: str
    is_second: bool


class FailoverMemory:
    """The memory of `group`; this user's alone.

    Raises `SinkError` where the memory or the C part cannot be had.
    """

    def __init__(self, group: FailoverGroup, folder: Path = FOLDER) -> None:
        self.is_second = group.is_second
        self._library = library()
        words = (
            group.graph,
            network_namespace(),
            os.environ.get("JACK_DEFAULT_SERVER", ""),
            LAYOUT,
        )
        digest = hashlib.sha256(repr(words).encode()).hexdigest()[:16]
        where = folder if folder.is_dir() else Path(tempfile.gettempdir())
        self._path = where / f"descant_failover_{os.getuid()}_{digest}"
        self._memory, self._inode = _map(self._path)
        self.address = ctypes.addressof(ctypes.c_char.from_buffer(self._memory))
        self._panics = self._library.failover_panics(self.address)
        self._heartbeat = self._library.failover_heartbeat(self.address)
        self._unshared = self._library.failover_unshared(self.address)

    @staticmethod
    def new_number() -> int:
        """A number for a ring: this process's, and that of no other ring."""
        return os.getpid() << 32 | int.from_bytes(os.urandom(4), "big") | 1

    @property
    def is_current(self) -> bool:
        """Whether a synth that starts now would have the same memory."""
        with contextlib.suppress(OSError):
            return os.lstat(self._path).st_ino == self._inode
        return False

    @property
    def active_pid(self) -> int:
        """Process id of the active synth; 0 for none."""
        return int(self._library.failover_active(self.address)) >> 32

    def heartbeat_changed(self) -> bool:
        """Whether there was a heartbeat since the last call."""
        before, self._heartbeat = self._heartbeat, self._library.failover_heartbeat(self.address)
        return bool(self._heartbeat != before)

    def send_panic(self) -> None:
        """Make the other synth silence everything."""
        self._panics = self._library.failover_send_panic(self.address)

    def panic_received(self) -> bool:
        """Whether the other has sent a panic since the last call."""
        before, self._panics = self._panics, self._library.failover_panics(self.address)
        return bool(self._panics != before)

    def report_unshared(self) -> None:
        """Report, repeatedly, that the first plays through an output of its own."""
        self._library.failover_report_unshared(self.address)

    def unshared_reported(self) -> bool:
        """Whether the first has reported that since the last call."""
        before, self._unshared = self._unshared, self._library.failover_unshared(self.address)
        return bool(self._unshared != before)


def _map(path: Path) -> tuple[mmap.mmap, int]:
    """The file's first page in memory, made where there is none, and the file's inode."""
    flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        descriptor = os.open(path, flags, 0o600)
        try:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode) or status.st_uid != os.getuid():
                raise SinkError(f"{path} is not a file of this user")
            # A page that is only promised ends the process when it is first touched on a full disk.
            os.posix_fallocate(descriptor, 0, mmap.PAGESIZE)
            return mmap.mmap(descriptor, mmap.PAGESIZE), status.st_ino
        finally:
            os.close(descriptor)
    except OSError as error:
        raise SinkError(f"{path}: {error.strerror}") from None
