# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Two performances on one domain, each in a namespace of its own."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from descant import topics
from descant.bags.info import info
from descant.bags.reader import read
from descant.bags.topic_selection import GLOBAL
from descant.msg import PianoState
from descant.nodes.common.running import running_nodes
from descant.report.bag_data import load_bag
from support.graph import domain_id, graph_environment
from support.midifiles import write_midi_file
from support.node import Listener, NodeProcess, listener, node

pytestmark = [pytest.mark.graph, pytest.mark.slow, pytest.mark.timeout(300)]
DESCANT = str(Path(sys.executable).with_name("descant"))
NOTES = 12


class Hall:
    """The nodes of a performance in `namespace`, and what the test receives of them.

    `arguments` are ROS's, for every node. The piano is started by `play`.
    """

    def __init__(
        self, stack: contextlib.ExitStack, domain: int, folder: Path, namespace: str,
        *arguments: str,
    ) -> None:  # fmt: skip
        self.bag = folder / namespace.strip("/")
        self._stack, self._domain, self._arguments = stack, domain, arguments
        self._namespace = namespace
        nodes: dict[str, dict[str, Any]] = {
            "recorder": {"bag": self.bag}, "learner": {}, "conductor": {}, "synth": {"sink": "none"}
        }  # fmt: skip
        self.nodes: dict[str, NodeProcess] = {}
        for name, given in nodes.items():
            self._start(name, given)
        self.ears: Listener = stack.enter_context(listener(domain, namespace=namespace))
        self.parts: list[Any] = self.ears.collect(topics.PART)
        self.piano: list[Any] = self.ears.collect(topics.PIANO_STATE)

    def _start(self, name: str, given: dict[str, Any]) -> None:
        child = node(name, self._domain, given, *self._arguments)
        self.nodes[name] = self._stack.enter_context(child)

    def play(self, path: Path) -> None:
        """Start the piano with a MIDI file, which waits for the others."""
        awaited = " ".join(self.nodes)
        self._start("piano", {"source": f"file:{path}", "awaited": awaited,
                              "listeners_timeout": 60.0})  # fmt: skip

    def finished(self) -> None:
        """Wait until the file is played."""
        self.ears.wait(
            lambda: bool(self.piano) and self.piano[-1].status == PianoState.FINISHED,
            f"the end of the playing in {self._namespace}",
        )

    def stop(self) -> str:
        """Stop all nodes in order; returns what they printed."""
        for each in reversed(self.nodes.values()):
            assert each.stop() == 0, each.output()
        return "".join(each.output() for each in self.nodes.values())


def melody(path: Path, lowest: int) -> Path:
    events = [
        (0.2 * n + t, (kind, lowest + n % 7, 80))
        for n in range(NOTES)
        for t, kind in ((0.0, 0x90), (0.15, 0x80))
    ]
    return write_midi_file(path, [[(0.0, (0x90, 36, 80)), *((t + 0.1, d) for t, d in events)]])


def cue(domain: int, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [DESCANT, "cue", *words],
        env={**graph_environment(domain), **variables},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_two_halls_do_not_meet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One is given its namespace as by a launch file, the other by ROS_NAMESPACE; it has a remap,
    and its bag no /notes.
    """
    domain = domain_id()
    with contextlib.ExitStack() as stack:
        first = Hall(stack, domain, tmp_path, "/hall_a", "-r", "__ns:=/hall_a")
        first.play(melody(tmp_path / "a.mid", 60))
        monkeypatch.setenv("ROS_NAMESPACE", "hall_b")
        second = Hall(stack, domain, tmp_path, "/hall_b", "-r", "notes:=keys")
        second.play(melody(tmp_path / "b.mid", 72))
        monkeypatch.delenv("ROS_NAMESPACE")
        monkeypatch.setenv("ROS_DOMAIN_ID", str(domain))
        everybody = sorted(f"/hall_a/{name}" for name in first.nodes)
        first.ears.wait(lambda: running_nodes("hall_a") == everybody, "five nodes in hall_a")
        assert running_nodes("/") == []
        for hall in (first, second):
            hall.finished()
        before = len(second.parts)
        changed = cue(domain, "--namespace", "hall_a", "next")
        assert changed.returncode == 0, changed.stderr
        first.ears.wait(lambda: first.parts[-1].part == 2, "the second part in hall_a")
        assert cue(domain, "restart", ROS_NAMESPACE="/hall_b").returncode == 0
        second.ears.wait(lambda: len(second.parts) > before, "a restart in hall_b")
        assert {message.part for message in second.parts} == {1}
        assert first.parts[-1].part == 2
        alone = cue(domain, "next")
        assert alone.returncode == 2
        assert "no subscriber on /cue within" in alone.stderr
        for hall in (first, second):
            printed = hall.stop()
            assert "several nodes" not in printed
            assert "Traceback" not in printed
    for hall, lowest in ((first, 60), (second, 72)):
        names = {topic.name for topic in info(hall.bag).topics}
        assert names
        others = {name for name in names if not name.startswith(f"/{hall.bag.name}/")}
        assert others <= GLOBAL
        assert (f"/{hall.bag.name}/keys" in names) == (hall is second)
        assert (f"/{hall.bag.name}/notes" in names) == (hall is first)
        diagnosed = load_bag(hall.bag).columns["diagnostics"]["node"]
        assert {name.split("/")[1] for name in diagnosed} == {hall.bag.name}
        recording = read(hall.bag)
        assert recording.remarks == ()
        assert {note.key for note in recording.notes} - {36} == set(range(lowest, lowest + 7))
        run = subprocess.run(
            [DESCANT, "verify", str(hall.bag)], capture_output=True, text=True, check=False
        )
        assert (run.returncode, run.stdout) == (0, f"identical ({len(recording.states)} states)\n")
    assert "ROS_NAMESPACE" not in os.environ
