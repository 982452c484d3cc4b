# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""One running process: its output, its end, and signals to its process group."""

from __future__ import annotations

import asyncio
import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence

from descant.child_process import OWN_GROUP
from descant.launcher.output import LineSplitter

# After a process has ended: how long processes it left behind may hold its output open, and how
# long they have to end after SIGTERM.
_DRAIN_S = 0.5
_LEFTOVERS_S = 1.0
_POLL_S = 0.02
_PR_SET_PDEATHSIG = 1


class Process(asyncio.SubprocessProtocol):
    """A child in a session of its own, so that ctrl-c in the terminal reaches the launcher only.

    On Linux it is sent SIGTERM when the launcher dies, however the launcher dies.
    """

    def __init__(self, show: Callable[[str], None]) -> None:
        self._show = show
        self._lines = LineSplitter()
        self._transport: asyncio.SubprocessTransport | None = None
        loop = asyncio.get_running_loop()
        self.exited: asyncio.Future[None] = loop.create_future()
        self._drained: asyncio.Future[None] = loop.create_future()
        self.pid = 0

    @classmethod
    async def start(
        cls,
        arguments: Sequence[str],
        *,
        environment: Mapping[str, str],
        show: Callable[[str], None],
    ) -> Process:
        """Start a process; OSError where that is impossible. `show` gets its lines of output."""
        transport, process = await asyncio.get_running_loop().subprocess_exec(
            lambda: cls(show),
            *arguments,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=dict(environment),
            **OWN_GROUP,
            preexec_fn=_die_with_parent() if sys.platform == "linux" else None,
        )
        process._transport = transport
        process.pid = transport.get_pid()
        return process

    def send(self, number: signal.Signals | int) -> bool:
        """Signal the process group; False where no process is left. 0 sends nothing."""
        try:
            os.killpg(self.pid, number)
        except (ProcessLookupError, PermissionError):  # EPERM: macOS, for zombies
            return False
        return True

    async def ended(self) -> int:
        """Wait for the end, for the last line of output and for the rest of the process group.

        Returns the return code, negative for a signal.
        """
        await asyncio.shield(self.exited)
        await self._end_group()
        await asyncio.wait({self._drained}, timeout=_DRAIN_S)
        for line in self._lines.rest():
            self._show(line)
        if self._transport is None:
            raise RuntimeError("ended() of a process that was not started")
        code = self._transport.get_returncode()
        self._transport.close()
        return 0 if code is None else code

    async def _end_group(self) -> None:
        # The group keeps its number while a process is in it, so this cannot hit another one.
        if not self.send(signal.SIGTERM):
            return
        for _ in range(round(_LEFTOVERS_S / _POLL_S)):
            await asyncio.sleep(_POLL_S)
            if not self.send(0):
                return
        self.send(signal.SIGKILL)

    def pipe_data_received(self, fd: int, data: bytes) -> None:
        for line in self._lines.feed(data):
            self._show(line)

    def pipe_connection_lost(self, fd: int, exc: Exception | None) -> None:
        if not self._drained.done():
            self._drained.set_result(None)

    def process_exited(self) -> None:
        if not self.exited.done():
            self.exited.set_result(None)


def _die_with_parent() -> Callable[[], None]:
    """Return a hook for the child, between fork and exec: SIGTERM when the launcher dies."""
    prctl = ctypes.CDLL(None).prctl
    launcher = os.getpid()

    def hook() -> None:
        prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != launcher:  # it died before prctl was called
            os._exit(1)

    return hook
