# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Run the launcher as a child process, with its output in a log file."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from descant.child_process import OWN_GROUP
from descant.errors import UserError

STOP_TIMEOUT_S = 20.0
"""Time for the launcher to stop all nodes, before the next signal."""
KILL_TIMEOUT_S = 5.0
FIRST_DOMAIN, LAST_DOMAIN = 42, 101
"""Domain ids the demo chooses from: up to 101 their ports are below Linux's ephemeral range."""


class LauncherProcess:
    """A running `descant launch`; leaving the context always stops it."""

    def __init__(self, arguments: Sequence[str], log: Path, environment: Mapping[str, str]) -> None:
        """Start `descant launch ARGUMENTS` with `environment` added to this process's own."""
        self.log = log
        with log.open("wb") as output:
            # Its domain is free: nodes that run already are not searched. In its own group:
            # ctrl-c in the terminal reaches only the demo, which then stops everything in order.
            self._process = subprocess.Popen(
                [sys.executable, "-m", "descant.cli", "launch", "--anyway", *arguments],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env={**os.environ, **environment},
                **OWN_GROUP,
            )

    def __enter__(self) -> LauncherProcess:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def check(self) -> None:
        """Raise `UserError` with the launcher's last error if it has exited."""
        status = self._process.poll()
        if status is not None:
            raise UserError(
                f"the launcher exited with status {status}: "
                f"{last_error(self.log)} (full log: {self.log})"
            )

    def stop(self) -> int:
        """Interrupt the launcher and wait until it has stopped all nodes; return its status."""
        for number, timeout in (
            (signal.SIGINT, STOP_TIMEOUT_S),
            (signal.SIGTERM, KILL_TIMEOUT_S),
            (signal.SIGKILL, KILL_TIMEOUT_S),
        ):
            if self._process.poll() is None:
                self._process.send_signal(number)
            try:
                return self._process.wait(timeout)
            except (subprocess.TimeoutExpired, KeyboardInterrupt):  # ctrl-c again: next signal
                continue
        raise UserError(f"process {self._process.pid} (the launcher) cannot be stopped")


def last_error(log: Path) -> str:
    """The last line of a log with the word error, else the last line."""
    lines = [line.strip() for line in log.read_text("utf-8", "replace").splitlines()]
    lines = [line for line in lines if line]
    errors = [line for line in lines if "error" in line.lower()]
    return (errors or lines or ["no output"])[-1].removeprefix("descant: ")


def free_domain() -> int:
    """Return a ROS domain id that is not in use on this machine.

    The first participant of domain d binds UDP port 7410 + 250 d (DDSI-RTPS 2.5, 9.6.1.1): a domain
    whose port is free has no participant.
    """
    for domain in range(FIRST_DOMAIN, LAST_DOMAIN + 1):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            try:
                probe.bind(("", 7410 + 250 * domain))
            except OSError:
                continue
            return domain
    raise UserError(
        f"all ROS domain ids from {FIRST_DOMAIN} to {LAST_DOMAIN} are in use: "
        "choose one with --domain"
    )
