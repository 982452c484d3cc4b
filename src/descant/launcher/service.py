# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Run commands: start, watch and restart processes, and stop them in order."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from descant.launcher.commands import Command, ParameterText
from descant.launcher.exit_policy import (
    USER_ERROR,
    ExitDecision,
    Reaction,
    Runs,
    decide,
    describe,
    stopped_status,
)
from descant.launcher.output import LastError, Printer
from descant.launcher.process import Process
from descant.whole_file import temporary_folder

STOP_TIMEOUT_S = 5.0  # from SIGINT to SIGTERM, and from SIGTERM to SIGKILL
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def run(commands: Sequence[Command], printer: Printer) -> int:
    """Run commands until all have ended or SIGINT, SIGTERM or SIGHUP; returns the exit status.

    0 where everything ended well or was stopped, else the status of the first failure that no
    restart repaired (128 + number for a signal).
    """
    with temporary_folder("descant-launch-") as folder:
        return asyncio.run(_Service(commands, printer, folder).run())


class _Service:
    def __init__(self, commands: Sequence[Command], printer: Printer, folder: Path) -> None:
        self._commands = commands
        self._printer = printer
        self._folder = folder
        self._status = 0
        self._stopping = asyncio.Event()
        self._skip_wait = asyncio.Event()

    async def run(self) -> int:
        with self._signals():
            await asyncio.gather(*(self._supervise(command) for command in self._commands))
        self._printer.log(f"all ended, status {self._status}")
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
        self._printer.log(f"{number.name} again: not waiting any longer")
        self._skip_wait.set()
        self._skip_wait = asyncio.Event()

    def _stop(self, reason: str) -> None:
        if not self._stopping.is_set():
            self._printer.log(reason)
            self._stopping.set()

    async def _supervise(self, command: Command) -> None:
        """Run one command, and start it again as often as the exit policy says."""
        arguments = self._write_parameters(command)
        loop = asyncio.get_running_loop()
        runs, errors = Runs(), LastError()
        while not self._stopping.is_set():
            started = loop.time()
            process = await self._start(command, arguments, errors)
            if process is None:
                return
            await _first_of(process.exited, self._stopping, None)
            lived = loop.time() - started
            if not process.exited.done():
                await self._stop_process(command, process, lived)
                return
            code = await process.ended()
            runs.add(lived)
            decision = decide(command, code, runs, lived_s=lived)
            self._log_end(command, code, decision, _given_up(runs, errors))
            if decision.reaction is not Reaction.RESPAWN:
                return
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), decision.delay_s)

    async def _start(
        self, command: Command, arguments: list[str], errors: LastError
    ) -> Process | None:
        def show(line: str) -> None:
            errors.add(line)
            self._printer.line(command.name, line)

        try:
            process = await Process.start(arguments, environment=command.environment, show=show)
        except OSError as error:
            self._record_status(USER_ERROR)
            self._stop(f"{command.name} cannot be started: {error.strerror}: {Reaction.STOP.value}")
            return None
        self._printer.log(f"{command.name} started, pid {process.pid}")
        return process

    def _log_end(self, command: Command, code: int, decision: ExitDecision, given_up: str) -> None:
        """Log the end of a process; `given_up` tells why, where it is not started again."""
        self._record_status(decision.status)
        line = f"{command.name} {describe(code)}{given_up if decision.gave_up else ''}"
        if self._stopping.is_set():
            self._printer.log(line)
        elif decision.reaction is Reaction.STOP:
            self._stop(f"{line}: {decision.reaction.value}")
        elif decision.reaction is Reaction.RESPAWN:
            self._printer.log(f"{line}: {decision.reaction.value} after {decision.delay_s:g} s")
        else:
            went_well = decision.status == 0
            self._printer.log(line if went_well else f"{line}: {decision.reaction.value}")

    async def _stop_process(self, command: Command, process: Process, lived_s: float) -> None:
        """Stop a process and log how it ended."""
        await self._escalate(command, process)
        code = await process.ended()
        self._record_status(stopped_status(code, lived_s=lived_s))
        self._printer.log(f"{command.name} {describe(code)}")

    async def _escalate(self, command: Command, process: Process) -> None:
        """Interrupt, then terminate, then kill; the next one at once on another ctrl-c."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGKILL):
            if number is not signal.SIGINT:
                self._printer.log(f"{command.name} is still running: sending {number.name}")
            process.send(number)
            timeout = None if number is signal.SIGKILL else STOP_TIMEOUT_S
            await _first_of(process.exited, self._skip_wait, timeout)
            if process.exited.done():
                return
        await process.exited

    def _record_status(self, status: int) -> None:
        self._status = self._status or status

    def _write_parameters(self, command: Command) -> list[str]:
        """Write parameters to files; return the command line with their paths."""
        words = []
        for index, word in enumerate(command.arguments):
            if isinstance(word, ParameterText):
                path = self._folder / f"{command.name}-{index}.yaml"
                path.write_text(word.yaml(), encoding="utf-8")
                words.append(str(path))
            else:
                words.append(word)
        return words


def _given_up(runs: Runs, errors: LastError) -> str:
    error = f" ({errors.text})" if errors.text else ""
    return f"{error}, given up after {runs.in_a_row} short runs in a row"


async def _first_of(
    exited: asyncio.Future[None], event: asyncio.Event, timeout: float | None
) -> None:
    """Wait for an exit or an event, at most `timeout` seconds; cancel neither."""
    waiting = asyncio.ensure_future(event.wait())
    awaited: set[asyncio.Future[Any]] = {exited, waiting}
    await asyncio.wait(awaited, timeout=timeout, return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
