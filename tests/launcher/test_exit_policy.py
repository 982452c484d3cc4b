import signal

import pytest

from descant.launcher.commands import Command
from descant.launcher.exit_policy import ExitDecision, Reaction, decide, describe, stopped_status


def _command(*, respawn: bool = False, required: bool = False) -> Command:
    return Command(name="a-1", arguments=("a",), environment={}, respawn=respawn, required=required)


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
    assert decide(command, code, respawns=0, lived_s=1.0) == expected


def test_a_users_mistake_stops_all_when_it_shows_at_the_start() -> None:
    assert decide(AGAIN, 2, respawns=0, lived_s=1.0) == ExitDecision(Reaction.STOP, 2)


@pytest.mark.parametrize(("respawns", "lived_s"), [(1, 1.0), (0, 3600.0)])
def test_status_two_later_on_never_ends_a_performance(respawns: int, lived_s: float) -> None:
    assert decide(AGAIN, 2, respawns=respawns, lived_s=lived_s) == ExitDecision(Reaction.RESPAWN, 0)


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
