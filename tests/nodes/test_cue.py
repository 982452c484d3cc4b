# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""`descant cue` in a real graph."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from descant import topics
from descant.msg import Cue
from support.commands import descant
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
        (("part", "32"), Cue.PART, 32),
    ],
)
def test_a_cue_reaches_every_subscriber(words: tuple[str, ...], command: int, part: int) -> None:
    domain = domain_id()
    with listener(domain, "synth" if words == ("panic",) else "conductor") as ears:
        received = [ears.collect(topics.CUE) for _ in range(3)]
        child = subprocess.Popen([DESCANT, "cue", *words], env=graph_environment(domain))
        try:
            ears.wait(lambda: all(received), "the cue")
            assert child.wait(TIMEOUT_S) == 0
        finally:
            child.kill()
    for messages in received:
        [message] = messages
        assert (message.command, message.part) == (command, part)


def test_a_conductor_that_is_found_late_receives_it_too() -> None:
    domain = domain_id()
    with listener(domain) as first, listener(domain, "conductor") as late:
        first.collect(topics.CUE)
        child = subprocess.Popen([DESCANT, "cue", "next"], env=graph_environment(domain))
        try:
            first.wait(lambda: first.node.count_publishers("/cue") == 1, "the command")
            found = time.monotonic()
            first.wait(lambda: time.monotonic() - found > 1.0, "others to have been found")
            received = late.collect(topics.CUE)
            late.wait(lambda: bool(received), "the cue")
            assert child.wait(TIMEOUT_S) == 0
        finally:
            child.kill()


def test_without_a_subscriber_it_is_refused() -> None:
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


def test_a_recorder_alone_does_not_act_on_it() -> None:
    domain = domain_id()
    with listener(domain, "recorder") as recorder:
        received = recorder.collect(topics.CUE)
        run = cue_next(domain)
    assert run.returncode == 2
    assert run.stderr.startswith("descant: no conductor answers: it was not found within 5 s")
    assert run.stderr.endswith("(on /cue: recorder)\n")
    assert not received


def test_who_received_it_is_told() -> None:
    domain = domain_id()
    with listener(domain, "lights") as lights:
        received = lights.collect(topics.CUE)
        run = cue_next(domain)
        lights.wait(lambda: bool(received), "the cue")
    assert run.stdout == "published on /cue, without an answer: lights\n"
    assert (run.returncode, run.stderr) == (0, "")


def cue_next(domain: int) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [DESCANT, "cue", "next"],
        env=graph_environment(domain),
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
    )


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (("part",), "'part' needs the number of a part, the other cues take none"),
        (("panic", "2"), "'part' needs the number of a part, the other cues take none"),
        (("part", "33"), "33 is not in the range 1<=x<=32"),
        (("part", "0"), "0 is not in the range 1<=x<=32"),
        (("part", "knots"), "'knots' is not a valid integer range"),
        (("louder",), "'louder' is not one of 'next', 'part', 'restart', 'panic'"),
    ],
)
def test_what_is_no_cue_is_refused(words: tuple[str, ...], reason: str) -> None:
    run = descant("cue", *words)
    assert run.returncode == 2
    assert reason in " ".join(run.stderr.split())
    assert "Traceback" not in run.stderr
