# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The services of conductor and synth, and `descant cue`, which calls them: what they answer."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from std_srvs.srv import Trigger

from descant import topics
from descant.msg import Cue, Part
from descant.nodes.common.conversion import to_note_event
from descant.nodes.common.services import GO_TO_PART, NEXT_PART, PANIC, RESTART_PART, SERVICES
from descant.srv import GoToPart
from descant.types import Note
from support.graph import domain_id, graph_environment
from support.node import TIMEOUT_S, Listener, listener, node

DESCANT = str(Path(sys.executable).with_name("descant"))
PAGE = Path(__file__).parents[2] / "docs" / "diagnostics.md"
HALL = ("-r", "__ns:=/hall_a")
NO_PART = "no part 9 in the programme 'paper': it has parts 1 to 4"


@pytest.fixture
def domain() -> int:
    return domain_id()


@pytest.fixture
def ears(domain: int) -> Iterator[Listener]:
    with listener(domain) as made:
        yield made


def caller(ears: Listener, name: str) -> Callable[..., tuple[bool, str]]:
    """A function that calls the service, whose fields are its arguments, and returns the answer."""
    kind: Any = GoToPart if name.endswith(GO_TO_PART) else Trigger
    client = ears.node.create_client(kind, name)
    ears.wait(client.service_is_ready, name)

    def call(**fields: int) -> tuple[bool, str]:
        future = client.call_async(kind.Request(**fields))
        ears.wait(future.done, f"the answer of {name}")
        response = future.result()
        return response.success, response.message

    return call


def cue(domain: int, *words: str, **environment: str) -> tuple[int, str, str]:
    run = subprocess.run(
        [DESCANT, "cue", *words],
        env=graph_environment(domain) | environment,
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
    )
    return run.returncode, run.stdout, run.stderr


@pytest.mark.graph
def test_the_conductor_answers_with_the_part_that_plays(domain: int, ears: Listener) -> None:
    parts: list[Part] = ears.collect(topics.PART)
    with node("conductor", domain) as conductor:
        go, following, again = (caller(ears, n) for n in (GO_TO_PART, NEXT_PART, RESTART_PART))
        ears.wait(lambda: bool(parts), "the first part")
        assert following() == (True, "part 2: Knots")
        assert again() == (True, "part 2: Knots")
        assert go(part=9) == (False, NO_PART)
        assert go(part=0)[0] is False
        assert go(part=4)[0] is True
        success, text = following()
        assert not success
        assert re.fullmatch("part 4: .* plays on: it is the last of the programme", text)
        ears.wait(lambda: len(parts) == 4, "all parts")
        assert conductor.stop() == 0
    assert [(p.part, p.start, p.cause) for p in parts] == [
        (1, 0, "launch"), (2, 1, "cue"), (2, 2, "cue"), (4, 3, "cue"),
    ]  # fmt: skip


@pytest.mark.graph
def test_a_part_can_be_asked_for_before_the_first_has_begun(domain: int, ears: Listener) -> None:
    with node("conductor", domain):
        assert caller(ears, GO_TO_PART)(part=3)[0] is True


@pytest.mark.graph
def test_panic_is_done_by_the_synth_and_counts_the_voices(domain: int, ears: Listener) -> None:
    states = ears.collect(topics.SYNTH_STATE)
    notes = ears.publisher(topics.NOTES)
    with node("synth", domain, {"sink": "none"}) as synth:
        panic = caller(ears, PANIC)
        ears.wait(lambda: notes.get_subscription_count() > 0, "the synth on /notes")
        for number in range(1, 13):
            note = Note(time.time_ns(), number, True, 40 + number, 80, 80 << 7)
            notes.publish(to_note_event(note))
        ears.wait(lambda: bool(states) and states[-1].voices == 12, "twelve voices")
        assert panic() == (True, "silent: 12 voices stopped")
        ears.wait(lambda: states[-1].voices == 0, "silence")
        assert panic() == (True, "silent: 0 voices stopped")
        synth.says("panic, every note is silenced: from a caller of the service panic")


@pytest.mark.graph
def test_a_namespace_has_its_own(domain: int, ears: Listener) -> None:
    parts = ears.collect(topics.PART)
    with node("conductor", domain), node("conductor", domain, {}, *HALL):
        assert caller(ears, f"/hall_a/{NEXT_PART}")() == (True, "part 2: Knots")
        assert caller(ears, GO_TO_PART)(part=1)[0] is True
        ears.wait(lambda: len(parts) >= 2, "the parts of the root")
        assert {part.part for part in parts} == {1}
        status, out, _ = cue(domain, "restart", "--namespace", "/hall_a")
        assert (status, out) == (0, "part 2: Knots\n")


@pytest.mark.graph
@pytest.mark.parametrize("way", ["socket", "ros"])
def test_descant_cue_tells_what_happened(
    domain: int, ears: Listener, tmp_path: Path, way: str
) -> None:
    """Over a socket without ROS; by ROS where the nodes run elsewhere, or for another user."""
    cues: list[Cue] = ears.collect(topics.CUE)
    (tmp_path / "rclpy.py").write_text("raise ImportError('not needed')")
    variable = "PYTHONPATH" if way == "socket" else "XDG_RUNTIME_DIR"
    change = {variable: str(tmp_path)}
    with node("conductor", domain) as conductor, node("synth", domain, {"sink": "none"}) as synth:
        conductor.says("part 1: ")
        synth.says("sound goes to none")
        assert cue(domain, "next", **change) == (0, "part 2: Knots\n", "")
        assert cue(domain, "part", "9", **change) == (2, "", f"descant: {NO_PART}\n")
        assert cue(domain, "panic", **change) == (0, "silent: 0 voices stopped\n", "")
    assert not cues, "each acts once"


CALL_WHEN_TOLD = """
import sys, rclpy
from std_srvs.srv import Trigger
from descant.errors import UserError
from descant.nodes.common.services import NEXT_PART, call
rclpy.init()
node = rclpy.create_node("caller")
known = node.create_client(Trigger, NEXT_PART)
while not known.service_is_ready():
    rclpy.spin_once(node, timeout_sec=0.1)
print("found", flush=True)
sys.stdin.readline()
try:
    call(node, "next", 0, lambda: False)
except UserError as error:
    print(error, flush=True)
"""


@pytest.mark.graph
@pytest.mark.proof
def test_a_conductor_that_freezes_once_it_was_found_gives_no_answer(domain: int) -> None:
    with (
        node("conductor", domain) as conductor,
        subprocess.Popen(
            [sys.executable, "-c", CALL_WHEN_TOLD], env=graph_environment(domain), text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        ) as caller_,
    ):  # fmt: skip
        assert caller_.stdout is not None
        assert caller_.stdout.readline() == "found\n"
        os.kill(conductor.process.pid, signal.SIGSTOP)
        said, _ = caller_.communicate("go\n", timeout=TIMEOUT_S)
        os.kill(conductor.process.pid, signal.SIGCONT)
    assert "no answer from /next_part within 5 s: the node that offers it is busy" in said
    assert said.count("\n") == 1


@pytest.mark.graph
@pytest.mark.proof
@pytest.mark.parametrize(
    ("variable", "reason"),
    [
        ("NO_RUNTIME_DIR", "no answer from conductor within 5 s: it is busy or frozen, and may"),
        ("XDG_RUNTIME_DIR", "no subscriber on /cue within 5 s: is a performance running"),
    ],
    ids=["socket", "ros"],
)
def test_a_frozen_conductor_is_one_line(
    domain: int, tmp_path: Path, variable: str, reason: str
) -> None:
    """By ROS it does not answer the announcement of a node that starts, and so is not found."""
    with node("conductor", domain) as conductor:
        assert cue(domain, "restart")[0] == 0
        os.kill(conductor.process.pid, signal.SIGSTOP)
        status, _, error = cue(domain, "next", **{variable: str(tmp_path)})
        os.kill(conductor.process.pid, signal.SIGCONT)
    assert status == 2
    assert reason in error
    assert error.count("\n") == 1


def test_the_page_has_every_service() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (\S+) \| (\w+) \|", PAGE.read_text("utf-8"), re.MULTILINE)
    kinds = dict.fromkeys(SERVICES.values(), "std_srvs/srv/Trigger")
    kinds[GO_TO_PART] = "descant/srv/GoToPart"
    owners = {name: "synth" if name == PANIC else "conductor" for name in kinds}
    found = {name: (kind, owner) for name, kind, owner in rows if name in kinds}
    assert found == {name: (kinds[name], owners[name]) for name in kinds}
