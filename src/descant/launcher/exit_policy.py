"""The rules for a process that has ended, apart from the code that runs processes."""

from __future__ import annotations

import signal
from dataclasses import dataclass
from enum import Enum

from descant.launcher.commands import Command

USER_ERROR = 2
# A user's mistake shows as soon as a node starts. Later, status 2 is a failure like any other, and
# the performance goes on.
USER_ERROR_WINDOW_S = 30.0
# A process that ran shorter than this may not have set its signal handlers yet.
STARTING_S = 10.0
# Return codes of processes that were told to end, as Python and as shells count them.
_STOPPED = {0, *(sign * number + base for number in (signal.SIGINT, signal.SIGTERM)
                 for sign, base in ((-1, 0), (1, 128)))}  # fmt: skip


class Reaction(Enum):
    """What the launcher does about a process that ended; the value is the phrase in its log."""

    RESPAWN = "starting it again"
    GO_ON = "the others go on"
    STOP = "stopping all"


@dataclass(frozen=True)
class ExitDecision:
    """The reaction, and the exit status that this process contributes to the launch's (0: none)."""

    reaction: Reaction
    status: int


def decide(command: Command, returncode: int, *, respawns: int, lived_s: float) -> ExitDecision:
    """Decide what follows when a process of `command` ended by itself.

    `returncode` is negative for a signal; `respawns` counts the restarts so far; `lived_s` is the
    run time of this process in seconds.
    """
    status = exit_status(returncode)
    if command.required:
        return ExitDecision(Reaction.STOP, status)
    if not command.respawn:
        return ExitDecision(Reaction.GO_ON, status)
    if returncode == USER_ERROR and respawns == 0 and lived_s < USER_ERROR_WINDOW_S:
        return ExitDecision(Reaction.STOP, status)
    return ExitDecision(Reaction.RESPAWN, 0)


def stopped_status(returncode: int, *, lived_s: float) -> int:
    """Return the exit status of a process that ended after it was told to.

    A failure counts (a bag that could not be closed, for example), unless the process was still
    starting: a Python interrupted before its handlers are in place fails with status 1.
    """
    if returncode in _STOPPED or lived_s < STARTING_S:
        return 0
    return exit_status(returncode)


def exit_status(returncode: int) -> int:
    """Return a return code as a shell gives it: 128 + number for a signal."""
    return 128 - returncode if returncode < 0 else returncode


def describe(returncode: int) -> str:
    """Return 'ended', 'failed with status 1' or 'was ended by SIGKILL'."""
    if returncode == 0:
        return "ended"
    if returncode > 0:
        return f"failed with status {returncode}"
    try:
        name = signal.Signals(-returncode).name
    except ValueError:
        name = f"signal {-returncode}"
    return f"was ended by {name}"
