"""`descant cue` in a real graph."""

import subprocess
import sys
from pathlib import Path

import pytest

from descant.msg import Cue
from descant.nodes import qos
from support.graph import domain_id, graph_environment
from support.node import TIMEOUT_S, listener

pytestmark = pytest.mark.graph
DESCANT = str(Path(sys.executable).parent / "descant")


@pytest.mark.parametrize(
    ("words", "command", "part"),
    [
        (("panic",), Cue.PANIC, 0),
        (("next",), Cue.NEXT, 0),
        (("restart",), Cue.RESTART, 0),
        (("part", "3"), Cue.PART, 3),
    ],
)
def test_a_word_reaches_everybody(words: tuple[str, ...], command: int, part: int) -> None:
    domain = domain_id()
    with listener(domain) as ears:
        heard = [ears.collect(Cue, "/cue", qos.LIVE) for _ in range(3)]
        child = subprocess.Popen([DESCANT, "cue", *words], env=graph_environment(domain))
        try:
            ears.wait(lambda: all(heard), "the word")
            assert child.wait(TIMEOUT_S) == 0
        finally:
            child.kill()
    for messages in heard:
        [message] = messages
        assert (message.command, message.part) == (command, part)


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
    assert "nobody listened on /cue" in run.stderr


@pytest.mark.parametrize("words", [("part",), ("panic", "2"), ("part", "5"), ("louder",)])
def test_a_word_that_is_none_is_refused(words: tuple[str, ...]) -> None:
    run = subprocess.run(
        [DESCANT, "cue", *words], capture_output=True, text=True, timeout=TIMEOUT_S, check=False
    )
    assert run.returncode == 2
    assert "Traceback" not in run.stderr
