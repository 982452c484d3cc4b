# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Every node frozen for five seconds in one running performance, and let go again.

With DESCANT_FAULTS=each every node is frozen by itself; else some are frozen together that do
nothing for each other, to save time.
"""

import os
import time
from collections.abc import Iterator

import pytest

from descant.msg import CameraState, NoteEvent, RecorderState, SynthState
from support.jack import needs_jack
from support.ordeal import (
    PICTURE_GOES_ON,
    Ordeal,
    Row,
    frozen,
    learning_goes_on,
    ordeal,
    sound_goes_on,
    tell,
)
from support.show import Show, performance

pytestmark = [
    pytest.mark.proof,
    pytest.mark.graph,
    pytest.mark.jack,
    needs_jack,
    pytest.mark.timeout(300),
]

FROZEN_S = 5.0
ALONE = [("camera",), ("recorder",), ("stage",), ("conductor",), ("learner",), ("synth",),
         ("piano",)]  # fmt: skip
TOGETHER = [("camera", "recorder", "conductor"), ("stage", "learner"), ("synth",), ("piano",)]
FREEZES = ALONE if os.environ.get("DESCANT_FAULTS") == "each" else TOGETHER


@pytest.fixture(scope="module")
def show(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Show]:
    with performance(tmp_path_factory.mktemp("frozen"), "seed:=6") as running:
        running.go_to(4)
        yield running


def notes(show: Show) -> list[tuple[int, int]]:
    """Id and kind of every note since the beginning."""
    return [(note.id, note.kind) for _, note in show.watch.said("/notes")]


def is_back(show: Show, node: str, since: float) -> bool:
    """Whether `node` does what it is there for, by what was said since then."""
    said = {topic: [m for _, m in show.watch.said(topic, since)] for topic in (
        "/camera_state", "/stage_state", "/recorder_state", "/synth_state", "/part", "/notes",
        "/learner_state")}  # fmt: skip
    return {
        "camera": any(s.status == CameraState.SEEING for s in said["/camera_state"]),
        "stage": any(s.frame_rate > PICTURE_GOES_ON for s in said["/stage_state"]),
        "recorder": any(s.status == RecorderState.RECORDING for s in said["/recorder_state"]),
        "synth": any(
            s.status == SynthState.SOUNDING and s.peak > -60.0 for s in said["/synth_state"]
        ),
        "conductor": bool(said["/part"]),
        "learner": bool(said["/learner_state"]),
        "piano": bool(said["/notes"]),
    }[node]


@pytest.mark.parametrize("nodes", FREEZES, ids="+".join)
def test_a_frozen_node_comes_back(show: Show, nodes: tuple[str, ...], record_property: Row) -> None:
    pids = [show.concert.pid(node) for node in nodes]
    with ordeal(show) as under:
        with frozen(show, *nodes):
            if "conductor" in nodes:
                show.watch.cue(2)  # a fresh start of the part, answered when it is back
            until = time.monotonic() + FROZEN_S
            show.wait(lambda: time.monotonic() >= until, "the end of the frost")
        since = time.monotonic()
        for node in nodes:
            back = show.wait(lambda n=node: is_back(show, n, since), f"the return of {node}")
    tell(record_property, f"{', '.join(nodes)} frozen for {FROZEN_S:g} s", back - since, under)
    assert [show.concert.pid(node) for node in nodes] == pids  # the same processes
    others_go_on(under, nodes)
    nothing_is_lost(show)


def others_go_on(under: Ordeal, nodes: tuple[str, ...]) -> None:
    """Sound without anybody but piano and synth, learning without .. and so on."""
    if not {"piano", "synth"} & set(nodes):
        sound_goes_on(under)
        if "learner" not in nodes:
            learning_goes_on(under)
    if "stage" not in nodes:
        assert under.frame_rate() > PICTURE_GOES_ON


def nothing_is_lost(show: Show) -> None:
    """Every key that went down went up, and the learner has taken every note."""
    heard = notes(show)
    down = {number for number, kind in heard if kind == NoteEvent.ON}
    assert down == {number for number, kind in heard if kind == NoteEvent.OFF}
    last = show.watch.newest("/learner_state")
    assert heard.index((last.cause, NoteEvent.ON)) + 1 == last.events
