# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The example of docs/extend/node.md and docs/extend/topic.md in a real graph."""

import contextlib
import importlib.util
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from descant import topics
from descant.nodes.common.conversion import to_note_event
from support.graph import domain_id, graph_environment
from support.node import listener, node
from support.notes import strokes

DOCS = Path(__file__).parents[2] / "docs"
EXAMPLE = DOCS / "examples" / "loss_meter" / "loss_meter.py"


def loaded() -> Any:
    """The example as a module."""
    spec = importlib.util.spec_from_file_location("loss_meter", EXAMPLE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@contextlib.contextmanager
def running(file: Path, domain: int) -> Iterator[subprocess.Popen[bytes]]:
    """Run a node's file for the length of a block."""
    process = subprocess.Popen([sys.executable, str(file)], env=graph_environment(domain))
    try:
        yield process
    finally:
        process.kill()
        process.wait()


@pytest.mark.graph
def test_it_publishes_the_loss_of_every_state() -> None:
    domain, row = domain_id(), loaded().LOSS
    with listener(domain) as ears, node("learner", domain), running(EXAMPLE, domain) as meter:
        losses = ears.collect(row)
        states = ears.collect(topics.LEARNER_STATE)
        piano = ears.publisher(topics.NOTES)
        ears.wait(lambda: piano.get_subscription_count() == 1, "the learner on /notes")
        ears.wait(lambda: ears.node.count_publishers(row.name) == 1, "the loss meter on /loss")
        ears.wait(
            lambda: ears.node.count_subscribers(topics.LEARNER_STATE.name) == 2,
            "the loss meter on /learner_state",
        )
        for event in strokes([36, 72, 74, 76] * 20):  # until DDS has matched all of them
            before = len(states)
            piano.publish(to_note_event(event))
            if event.on:
                ears.wait(lambda before=before: len(states) > before, "a state for the note")
            if len(losses) >= 4:
                break
        ears.wait(lambda: bool(losses) and losses[-1].data == states[-1].loss, "the last loss")
        assert [m.data for m in losses] == [s.loss for s in states][-len(losses) :]
        meter.terminate()
        assert meter.wait(30.0) == 0


def test_its_launch_file_starts_it_beside_the_graph() -> None:
    file = EXAMPLE.with_suffix(".launch.xml")
    descant = Path(sys.executable).parent / "descant"
    path = f"{descant.parent}{os.pathsep}{os.environ['PATH']}"
    printed = subprocess.run(
        [str(descant), "launch", "--print", str(file), "piano:=file:part1.mid"],
        env={**os.environ, "PATH": path}, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert printed.returncode == 0, printed.stderr
    assert str(EXAMPLE) in printed.stdout
    assert "learner" in printed.stdout


def test_the_page_quotes_the_row_as_it_is() -> None:
    source = EXAMPLE.read_text(encoding="utf-8")
    row = source[source.index("LOSS = ") : source.index("  # fmt: skip")]
    assert row in (DOCS / "extend" / "topic.md").read_text(encoding="utf-8")
