# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

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
# A process that ran shorter than this may not have set its signal handlers yet, and is not known to
# be able to run.
STARTING_S = 10.0
# Of a process that has never run for STARTING_S: so many restarts, with 16 to 32 s between them.
START_RETRIES = 6
# Restarts that follow each other wait twice as long each, between these.
SHORTEST_DELAY_S, LONGEST_DELAY_S = 0.25, 16.0
# Return codes of processes that were told to end, as Python and as shells count them.
_STOPPED = {0, *(sign * number + base for number in (signal.SIGINT, signal.SIGTERM)
                 for sign, base in ((-1, 0), (1, 128)))}  # fmt: skip


class Reaction(Enum):
    """What the launcher does about a process that ended; the value is the phrase in its log."""

    RESPAWN = "starting it again"
    GO_ON = "the others go on"
    STOP = "stopping all"


class Runs:
    """The runs of one command so far."""

    def __init__(self) -> None:
        self.count = 0
        self.in_a_row = 0  # the last run and the short ones right before it
        self.settled = False  # one run was long enough to show that the process can start

    def add(self, lived_s: float) -> None:
        """Count a run that has ended by itself after `lived_s` seconds."""
        if lived_s >= STARTING_S:
            self.settled, self.in_a_row = True, 0
        self.count += 1
        self.in_a_row += 1


@dataclass(frozen=True)
class ExitDecision:
    """The reaction, and the exit status that this process contributes to the launch's (0: none)."""

    reaction: Reaction
    status: int
    gave_up: bool = False  # after too many restarts
    delay_s: float = 0.0  # before the restart


def decide(command: Command, returncode: int, runs: Runs, *, lived_s: float) -> ExitDecision:
    """Decide what follows when a process of `command` ended by itself.

    `returncode` is negative for a signal; `runs` counts this one; it took `lived_s` seconds.
    """
    status = exit_status(returncode)
    if command.required:
        return ExitDecision(Reaction.STOP, status)
    if not command.respawn:
        return ExitDecision(Reaction.GO_ON, status)
    if returncode == USER_ERROR and runs.count == 1 and lived_s < USER_ERROR_WINDOW_S:
        return ExitDecision(Reaction.GO_ON if command.spare else Reaction.STOP, status)
    if runs.in_a_row > _retries(command, runs):
        cannot_start = command.essential and not runs.settled
        reaction = Reaction.STOP if cannot_start else Reaction.GO_ON
        return ExitDecision(reaction, status or 1, gave_up=True)
    return ExitDecision(Reaction.RESPAWN, 0, delay_s=_delay_s(command, runs))


def _retries(command: Command, runs: Runs) -> float:
    """Return how often a process is started again before it is given up."""
    most = float("inf") if command.respawn_max_retries < 0 else command.respawn_max_retries
    return most if runs.settled else min(most, START_RETRIES)


def _delay_s(command: Command, runs: Runs) -> float:
    if runs.in_a_row == 1 or command.respawn_delay >= LONGEST_DELAY_S:
        return command.respawn_delay
    first = max(command.respawn_delay, SHORTEST_DELAY_S)
    return min(first * 2.0 ** min(runs.in_a_row - 1, 10), LONGEST_DELAY_S)


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
