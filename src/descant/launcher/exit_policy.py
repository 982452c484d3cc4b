"""What follows when a process ends: the rules, apart from the machinery."""

from __future__ import annotations

import signal
from dataclasses import dataclass
from enum import Enum

from descant.launcher.commands import Command

USER_ERROR = 2
# A mistake in what the user asked for shows as soon as a node starts. Later, status 2 is a failure
# like any other, and the performance goes on.
USER_ERROR_WINDOW_S = 30.0
# A process that lived shorter than this may not have set its signal handlers yet.
STARTING_S = 10.0
# How processes end that were asked to, as Python and as shells count it.
_STOPPED = {0, *(sign * number + base for number in (signal.SIGINT, signal.SIGTERM)
                 for sign, base in ((-1, 0), (1, 128)))}  # fmt: skip


class Next(Enum):
    """What the launcher does about a process that ended."""

    RESPAWN = "starting it again"
    GO_ON = "the others go on"
    STOP = "stopping all"


@dataclass(frozen=True)
class Verdict:
    """What happens next, and the exit status that the launch owes to this process (0: none)."""

    next: Next
    status: int


def verdict(command: Command, returncode: int, *, respawns: int, lived_s: float) -> Verdict:
    """What follows when a process of `command` ended by itself.

    `returncode` is negative for a signal; `respawns` counts the restarts so far; `lived_s` is how
    many seconds this process ran.
    """
    status = exit_status(returncode)
    if command.required:
        return Verdict(Next.STOP, status)
    if command.respawn:
        if returncode == USER_ERROR and respawns == 0 and lived_s < USER_ERROR_WINDOW_S:
            return Verdict(Next.STOP, status)
        if not 0 <= command.respawn_max_retries <= respawns:
            return Verdict(Next.RESPAWN, 0)
    return Verdict(Next.GO_ON, status)


def stopped_status(returncode: int, *, lived_s: float) -> int:
    """The exit status the launch owes to a process that ended after it was told to.

    A failure counts (a bag that could not be closed, say), unless the process was still starting:
    a Python interrupted before its handlers are in place fails with status 1.
    """
    if returncode in _STOPPED or lived_s < STARTING_S:
        return 0
    return exit_status(returncode)


def exit_status(returncode: int) -> int:
    """A return code as a shell would give it: 128 + number for a signal."""
    return 128 - returncode if returncode < 0 else returncode


def describe(returncode: int) -> str:
    """'ended', 'failed with status 1' or 'was ended by SIGKILL'."""
    if returncode == 0:
        return "ended"
    if returncode > 0:
        return f"failed with status {returncode}"
    try:
        name = signal.Signals(-returncode).name
    except ValueError:
        name = f"signal {-returncode}"
    return f"was ended by {name}"
