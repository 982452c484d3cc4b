"""`descant cue` in a real graph."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from descant import topics
from descant.msg import Cue
from support.graph import domain_id, graph_environment
from support.node import TIMEOUT_S, listener

pytestmark = pytest.mark.graph
DESCANT = str(Path(sys.executable).parent / "descant")


@pytest.mark.parametrize(
    ("words", "command", "part"),
    [
        (("panic",), Cue.PANIC, 0),
        pytest.param(("next",), Cue.NEXT, 0, marks=pytest.mark.proof),
        pytest.param(("restart",), Cue.RESTART, 0, marks=pytest.mark.proof),
        (("part", "3"), Cue.PART, 3),
    ],
)
def test_a_word_reaches_everybody(words: tuple[str, ...], command: int, part: int) -> None:
    domain = domain_id()
    with listener(domain, "synth" if words == ("panic",) else "conductor") as ears:
        heard = [ears.collect(topics.CUE) for _ in range(3)]
        child = subprocess.Popen([DESCANT, "cue", *words], env=graph_environment(domain))
        try:
            ears.wait(lambda: all(heard), "the word")
            assert child.wait(TIMEOUT_S) == 0
        finally:
            child.kill()
    for messages in heard:
        [message] = messages
        assert (message.command, message.part) == (command, part)


def test_a_conductor_that_is_found_late_hears_it_too() -> None:
    domain = domain_id()
    with listener(domain) as first, listener(domain, "conductor") as late:
        first.collect(topics.CUE)
        child = subprocess.Popen([DESCANT, "cue", "next"], env=graph_environment(domain))
        try:
            first.wait(lambda: first.node.count_publishers("/cue") == 1, "the command")
            found = time.monotonic()
            first.wait(lambda: time.monotonic() - found > 1.0, "others to have been found")
            heard = late.collect(topics.CUE)
            late.wait(lambda: bool(heard), "the word")
            assert child.wait(TIMEOUT_S) == 0
        finally:
            child.kill()


def test_with_nobody_there_it_says_so() -> None:
    run = subprocess.run(
        [DESCANT, "cue", "panic"],
        env=graph_environment(domain_id()),
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
    )
    assert run.returncode == 2
    assert "no subscriber on /cue" in run.stderr


@pytest.mark.parametrize("words", [("part",), ("panic", "2"), ("part", "5"), ("louder",)])
def test_a_word_that_is_none_is_refused(words: tuple[str, ...]) -> None:
    run = subprocess.run(
        [DESCANT, "cue", *words], capture_output=True, text=True, timeout=TIMEOUT_S, check=False
    )
    assert run.returncode == 2
    assert "Traceback" not in run.stderr
