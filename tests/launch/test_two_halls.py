# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Two shows on one domain, started by one launch file, under both launchers."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from descant import topics
from descant.bags.reader import messages
from descant.child_process import OWN_GROUP
from descant.msg import PianoState
from support.graph import domain_id, graph_environment
from support.launching import NO_ROS_LAUNCH, ROS_LAUNCH
from support.midifiles import write_midi_file
from support.node import listener
from support.shows import TIMEOUT_S, phrase, strike

# In `make proof`: tests/graph/test_two_halls.py shows it for nodes, and this for both launchers.
pytestmark = [pytest.mark.graph, pytest.mark.proof]
HALLS = Path(__file__).parent / "two_halls.launch.xml"
STOP_TIMEOUT_S = 100.0
DESCANT = [sys.executable, "-m", "descant.cli"]
NODES = ("recorder", "conductor", "synth", "learner", "piano")
# Of each hall other keys, so that a note in the wrong hall shows.
MUSIC = {"a": phrase(0.0), "b": [*strike(0.0, 0.5, 37), *strike(0.5, 0.5, 61, 99)]}


@contextmanager
def _launched(launcher: list[str], folder: Path, domain: int) -> Iterator[Path]:
    """Run both shows; yields their output, and stops them in order."""
    log = folder / "log.txt"
    around = {**graph_environment(domain), "ROS_LOG_DIR": str(folder / "ros")}
    around["AMENT_PREFIX_PATH"] = os.environ.get("AMENT_PREFIX_PATH", sys.prefix)
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*launcher, str(HALLS), f"folder:={folder}"], env=around, stdout=output,
            stderr=subprocess.STDOUT, **OWN_GROUP,
        )  # fmt: skip
        try:
            yield log
        finally:
            os.kill(process.pid, signal.SIGINT)
            status = process.wait(STOP_TIMEOUT_S)
            print(log.read_text(errors="replace"))  # noqa: T201 -- shown where the test fails
    assert status == 0


def _descant(*words: str, domain: int) -> str:
    done = subprocess.run(
        [*DESCANT, *words], env=graph_environment(domain), capture_output=True, text=True,
        timeout=2 * TIMEOUT_S, check=False,
    )  # fmt: skip
    return f"{done.stdout}{done.stderr}status {done.returncode}"


def _is_over(states: list[Any], parts: list[Any]) -> bool:
    return bool(parts) and any(state.status == PianoState.FINISHED for state in states)


@pytest.mark.parametrize(
    "launcher",
    [
        pytest.param([*DESCANT, "launch"], id="descant"),
        pytest.param(
            [sys.executable, str(ROS_LAUNCH)], id="ros",
            marks=pytest.mark.skipif(bool(NO_ROS_LAUNCH), reason="no ROS launch here"),
        ),
    ],
)  # fmt: skip
def test_two_halls_of_one_domain_do_not_meet(tmp_path: Path, launcher: list[str]) -> None:
    domain = domain_id()
    for hall, music in MUSIC.items():
        write_midi_file(tmp_path / f"{hall}.mid", [sorted(music)])
    with (
        listener(domain, namespace="/hall_a") as ears_a,
        listener(domain, namespace="/hall_b") as ears_b,
        _launched(launcher, tmp_path, domain),
    ):
        ears = {"a": ears_a, "b": ears_b}
        states = {hall: one.collect(topics.PIANO_STATE) for hall, one in ears.items()}
        parts = {hall: one.collect(topics.PART) for hall, one in ears.items()}
        for hall, one in ears.items():
            one.wait(partial(_is_over, states[hall], parts[hall]), "the file's end", 3 * TIMEOUT_S)
        found = {f"{s.rstrip('/')}/{n}" for n, s in ears_a.node.get_node_names_and_namespaces()}
        assert {f"/hall_{hall}/{n}" for hall in "ab" for n in NODES} <= found
        assert _descant("cue", "next", "--namespace", "hall_a", domain=domain).endswith("status 0")
        ears_a.wait(lambda: parts["a"][-1].part == 2, "part 2 in hall A", TIMEOUT_S)
        topics_found = {name for name, _ in ears_a.node.get_topic_names_and_types()}
        assert not {topic.name for topic in topics.TOPICS if not topic.is_global} & topics_found
        refused = _descant("launch", str(HALLS), f"folder:={tmp_path}", domain=domain)
        assert "of this show /hall_a/conductor, " in refused
    for hall, music in MUSIC.items():
        assert "identical" in _descant("verify", str(tmp_path / hall), domain=domain)
        notes = list(messages(tmp_path / hall, types={topics.NOTES.message_type}))
        assert {note.topic.name for note in notes} == {f"/hall_{hall}/notes"}
        assert {note.decode().key for note in notes} == {m[1] for _, m in music}
        told = messages(tmp_path / hall, types={topics.PART.message_type})
        assert [part.decode().part for part in told] == ([1, 2] if hall == "a" else [1])
