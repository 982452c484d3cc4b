# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

import signal
from typing import Any

import pytest

from descant.launcher.commands import Command
from descant.launcher.exit_policy import (
    LONGEST_DELAY_S,
    START_RETRIES,
    STARTING_S,
    ExitDecision,
    Reaction,
    Runs,
    decide,
    describe,
    stopped_status,
)


def _command(**more: Any) -> Command:
    return Command(name="a-1", arguments=("a",), environment={}, **more)


def _decisions(command: Command, *lived_s: float, code: int = 1) -> list[ExitDecision]:
    """What follows each of several runs."""
    runs, decisions = Runs(), []
    for lived in lived_s:
        runs.add(lived)
        decisions.append(decide(command, code, runs, lived_s=lived))
    return decisions


ONCE = _command()
AGAIN = _command(respawn=True)
REQUIRED = _command(required=True)


@pytest.mark.parametrize(
    ("command", "code", "expected"),
    [
        (ONCE, 0, ExitDecision(Reaction.GO_ON, 0)),
        (ONCE, 3, ExitDecision(Reaction.GO_ON, 3)),
        (ONCE, 2, ExitDecision(Reaction.GO_ON, 2)),
        (ONCE, -signal.SIGKILL, ExitDecision(Reaction.GO_ON, 137)),
        (REQUIRED, 0, ExitDecision(Reaction.STOP, 0)),
        (REQUIRED, 1, ExitDecision(Reaction.STOP, 1)),
        (AGAIN, 0, ExitDecision(Reaction.RESPAWN, 0)),
        (AGAIN, 1, ExitDecision(Reaction.RESPAWN, 0)),
        (AGAIN, -signal.SIGKILL, ExitDecision(Reaction.RESPAWN, 0)),
        (_command(respawn=True, required=True), 1, ExitDecision(Reaction.STOP, 1)),
    ],
)
def test_what_follows_an_end(command: Command, code: int, expected: ExitDecision) -> None:
    assert _decisions(command, 1.0, code=code) == [expected]


def test_a_users_mistake_stops_all_when_it_shows_at_the_start() -> None:
    assert _decisions(AGAIN, 1.0, code=2) == [ExitDecision(Reaction.STOP, 2)]


@pytest.mark.parametrize("lived_s", [(1.0, 1.0), (3600.0,)])
def test_status_two_later_on_never_ends_a_performance(lived_s: tuple[float, ...]) -> None:
    assert _decisions(AGAIN, *lived_s, code=2)[-1].reaction is Reaction.RESPAWN


SHORT, LONG = 1.0, STARTING_S + 1.0
NODE = _command(respawn=True, respawn_delay=0.5, respawn_max_retries=30)
ESSENTIAL = _command(respawn=True, respawn_delay=0.5, respawn_max_retries=30, essential=True)


def test_restarts_in_a_row_wait_longer_and_longer() -> None:
    delays = [d.delay_s for d in _decisions(NODE, *[SHORT] * START_RETRIES)]
    assert delays == [0.5, 1.0, 2.0, 4.0, 8.0, 16.0]
    at_once = [d.delay_s for d in _decisions(AGAIN, *[SHORT] * 4)]
    assert at_once == [0.0, 0.5, 1.0, 2.0]
    rare = _command(respawn=True, respawn_delay=60.0)
    assert {d.delay_s for d in _decisions(rare, *[SHORT] * 4)} == {60.0}


def test_after_a_long_run_the_next_restart_comes_as_soon_as_the_first() -> None:
    assert [d.delay_s for d in _decisions(NODE, SHORT, SHORT, LONG, SHORT)] == [0.5, 1.0, 0.5, 1.0]


@pytest.mark.parametrize(("code", "status"), [(1, 1), (0, 1), (-signal.SIGSEGV, 139)])
def test_what_cannot_start_is_given_up_and_the_others_go_on(code: int, status: int) -> None:
    *tries, last = _decisions(NODE, *[SHORT] * (START_RETRIES + 1), code=code)
    assert {d.reaction for d in tries} == {Reaction.RESPAWN}
    assert last == ExitDecision(Reaction.GO_ON, status, gave_up=True)


def test_without_what_is_essential_a_show_does_not_begin_but_it_goes_on() -> None:
    never = _decisions(ESSENTIAL, *[SHORT] * (START_RETRIES + 1))[-1]
    assert never == ExitDecision(Reaction.STOP, 1, gave_up=True)
    later = _decisions(ESSENTIAL, LONG, *[SHORT] * 30)
    assert later[-2].reaction is Reaction.RESPAWN
    assert later[-2].delay_s == LONGEST_DELAY_S
    assert later[-1] == ExitDecision(Reaction.GO_ON, 1, gave_up=True)


def test_long_runs_are_started_again_for_ever() -> None:
    assert {d.reaction for d in _decisions(NODE, *[LONG, SHORT] * 100)} == {Reaction.RESPAWN}


@pytest.mark.parametrize(("retries", "runs"), [(0, 1), (2, 3), (30, START_RETRIES + 1)])
def test_the_limit_of_the_launch_file_holds(retries: int, runs: int) -> None:
    command = _command(respawn=True, respawn_max_retries=retries)
    assert [d.gave_up for d in _decisions(command, *[SHORT] * runs)][-2:].count(True) == 1


@pytest.mark.parametrize("code", [0, -signal.SIGINT, -signal.SIGTERM, 130, 143])
def test_an_end_that_was_asked_for_owes_nothing(code: int) -> None:
    assert stopped_status(code, lived_s=60.0) == 0


def test_a_failure_while_stopping_counts_unless_the_process_was_still_starting() -> None:
    assert stopped_status(1, lived_s=60.0) == 1
    assert stopped_status(-signal.SIGKILL, lived_s=60.0) == 137
    assert stopped_status(1, lived_s=0.5) == 0


@pytest.mark.parametrize(
    ("code", "text"),
    [(0, "ended"), (3, "failed with status 3"), (-9, "was ended by SIGKILL"),
     (-250, "was ended by signal 250")],
)  # fmt: skip
def test_an_end_is_one_phrase(code: int, text: str) -> None:
    assert describe(code) == text


def test_a_spare_node_that_cannot_start_stops_nobody() -> None:
    spare = _command(respawn=True, respawn_delay=0.5, spare=True)
    assert _decisions(spare, 1.0, code=2) == [ExitDecision(Reaction.GO_ON, 2)]
