"""Runs commands: starts, watches, starts again, and stops them in order."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from descant.launcher.commands import Command, ParameterText
from descant.launcher.exit_policy import (
    USER_ERROR,
    Next,
    Verdict,
    describe,
    stopped_status,
    verdict,
)
from descant.launcher.output import Printer
from descant.launcher.process import Process

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def run(commands: Sequence[Command], printer: Printer) -> int:
    """Run commands until all have ended or SIGINT, SIGTERM or SIGHUP; returns the exit status.

    0 where everything ended well or was stopped, else the status of the first failure that was
    not mended by a restart (128 + number for a signal).
    """
    with tempfile.TemporaryDirectory(prefix="descant-launch-") as folder:
        return asyncio.run(_Service(commands, printer, Path(folder)).run())


class _Service:
    def __init__(self, commands: Sequence[Command], printer: Printer, folder: Path) -> None:
        self._commands = commands
        self._printer = printer
        self._folder = folder
        self._status = 0
        self._stopping = asyncio.Event()
        self._hurry = asyncio.Event()

    async def run(self) -> int:
        with self._signals():
            await asyncio.gather(*(self._keep(command) for command in self._commands))
        self._printer.say(f"all ended, status {self._status}")
        return self._status

    @contextlib.contextmanager
    def _signals(self) -> Iterator[None]:
        loop = asyncio.get_running_loop()
        for number in _SIGNALS:
            loop.add_signal_handler(number, self._on_signal, number)
        try:
            yield
        finally:
            for number in _SIGNALS:
                loop.remove_signal_handler(number)

    def _on_signal(self, number: signal.Signals) -> None:
        if not self._stopping.is_set():
            self._stop(f"{number.name}: stopping all (once more: at once)")
            return
        self._printer.say(f"{number.name} again: not waiting any longer")
        self._hurry.set()
        self._hurry = asyncio.Event()

    def _stop(self, reason: str) -> None:
        if not self._stopping.is_set():
            self._printer.say(reason)
            self._stopping.set()

    async def _keep(self, command: Command) -> None:
        """Run one command, as often as it is to be started again."""
        arguments = self._written(command)
        loop = asyncio.get_running_loop()
        respawns = 0
        while not self._stopping.is_set():
            started = loop.time()
            process = await self._start(command, arguments)
            if process is None:
                return
            await _either(process.exited, self._stopping, None)
            lived = loop.time() - started
            if not process.exited.done():
                await self._end(command, process, lived)
                return
            code = await process.ended()
            judged = verdict(command, code, respawns=respawns, lived_s=lived)
            self._announce(command, code, judged)
            if judged.next is not Next.RESPAWN:
                return
            respawns += 1
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), command.respawn_delay)

    async def _start(self, command: Command, arguments: list[str]) -> Process | None:
        try:
            process = await Process.start(
                arguments,
                environment=command.environment,
                cwd=command.cwd,
                shell=command.shell,
                show=lambda line: self._printer.line(command.name, line),
            )
        except OSError as error:
            self._owe(USER_ERROR)
            self._stop(f"{command.name} cannot be started: {error.strerror}: {Next.STOP.value}")
            return None
        self._printer.say(f"{command.name} started, pid {process.pid}")
        return process

    def _announce(self, command: Command, code: int, judged: Verdict) -> None:
        self._owe(judged.status)
        line = f"{command.name} {describe(code)}"
        if self._stopping.is_set():
            self._printer.say(line)
        elif judged.next is Next.STOP:
            self._stop(f"{line}: {judged.next.value}")
        elif judged.next is Next.RESPAWN:
            self._printer.say(f"{line}: {judged.next.value} after {command.respawn_delay:g} s")
        else:
            self._printer.say(line if code == 0 else f"{line}: {judged.next.value}")

    async def _end(self, command: Command, process: Process, lived_s: float) -> None:
        """Stop a process and say how it ended."""
        await self._make_end(command, process)
        code = await process.ended()
        self._owe(stopped_status(code, lived_s=lived_s))
        self._printer.say(f"{command.name} {describe(code)}")

    async def _make_end(self, command: Command, process: Process) -> None:
        """Interrupt, then terminate, then kill; the next one at once on another ctrl-c."""
        timeouts = {
            signal.SIGINT: command.sigterm_timeout,
            signal.SIGTERM: command.sigkill_timeout,
            signal.SIGKILL: None,
        }
        for number, timeout in timeouts.items():
            if number is not signal.SIGINT:
                self._printer.say(f"{command.name} is still running: sending {number.name}")
            process.send(number)
            await _either(process.exited, self._hurry, timeout)
            if process.exited.done():
                return
        await process.exited

    def _owe(self, status: int) -> None:
        self._status = self._status or status

    def _written(self, command: Command) -> list[str]:
        """The command line, with parameters written to files."""
        words = []
        for index, word in enumerate(command.arguments):
            if isinstance(word, ParameterText):
                path = self._folder / f"{command.name}-{index}.yaml"
                path.write_text(word.yaml(), encoding="utf-8")
                words.append(str(path))
            else:
                words.append(word)
        return words


async def _either(
    exited: asyncio.Future[None], event: asyncio.Event, timeout: float | None
) -> None:
    """Wait for an exit or an event, at most `timeout` seconds; cancels neither."""
    waiting = asyncio.ensure_future(event.wait())
    awaited: set[asyncio.Future[Any]] = {exited, waiting}
    await asyncio.wait(awaited, timeout=timeout, return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
