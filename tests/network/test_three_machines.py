# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""A performance on three machines: what crosses, who is heard, and a cable that is pulled out."""

import time
from collections.abc import Iterator

import pytest

from support.hosts import lacking
from support.midifiles import write_midi_file
from support.show import bar, longest_silence
from support.spread import HOSTS, Said, Spread, spread

REASON = lacking()
pytestmark = [
    pytest.mark.proof,
    pytest.mark.graph,
    pytest.mark.timeout(240),
    pytest.mark.skipif(bool(REASON), reason=REASON),
]

BARS, BAR_S = 15, 1.2
CUT_S = 5.0  # longer than the piano's lease: everybody else must think it dead
STRANGER = "stranger"
PICTURES = "/camera/image_raw/compressed"  # what the stage takes of a camera on another machine
NODES = {"piano", "conductor", "learner", "synth", "camera", "stage"}


@pytest.fixture(scope="module")
def show(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Spread]:
    """Part 3 has begun, and everybody hears and sees everybody."""
    folder = tmp_path_factory.mktemp("spread")
    music = [(BAR_S * n + at, message) for n in range(BARS) for at, message in bar()]
    midi = write_midi_file(folder / "show.mid", [sorted(music)])
    with spread(folder, STRANGER) as running:
        for host in HOSTS:
            running.watch(host)
        running.watch("stage", PICTURES)
        running.watch(STRANGER, ROS_AUTOMATIC_DISCOVERY_RANGE="SUBNET")
        running.wait(lambda: all(running.nodes(host) for host in HOSTS), "the witnesses")
        running.launch("camera", "part3", "width:=640", "height:=360")
        running.launch("stage", "part3", "width:=160", "height:=90")
        running.launch("piano", "part3", f"piano:=file:{midi}", f"sound:=wav:{running.sound}")
        yield running


def test_everything_crosses_and_a_pulled_cable_stops_nobody(show: Spread) -> None:
    _all_crosses(show, 0.0)
    _only_the_named_meet(show)
    cut = time.monotonic()
    show.net.cut("piano")
    show.wait(lambda: time.monotonic() >= cut + CUT_S, "the end of the cut")
    restored = time.monotonic()
    show.net.restore("piano")
    on_stage = show.said("stage", "/notes", cut + 1.0)
    assert [note for note in on_stage if note["at"] < restored] == []
    _all_crosses(show, restored)
    _nothing_is_stuck(show)
    pictures = [picture["at"] for picture in show.said("stage", PICTURES, cut)]
    assert pictures[0] < restored  # camera and stage had each other all the while
    for host in HOSTS:
        assert show.stop(host) == 0
    assert "passed over" not in show.output()
    assert f"showing the pictures on {PICTURES}" in (show.folder / "stage.log").read_text()
    assert longest_silence(show.heard()) < CUT_S / 2


def _all_crosses(show: Spread, since: float) -> None:
    """Wait until notes, states and pictures stamped after `since` have come to the stage."""
    for topic in ("/notes", "/learner_state", PICTURES, "/synth_state"):
        show.wait(lambda t=topic: show.said("stage", t, since), f"{topic} on the stage's machine")
    show.wait(lambda: show.said("camera", "/notes", since), "notes on the camera's machine")
    show.wait(lambda: _sees(show.said("piano", "/stage_state", since)), "the stage's pictures")


def _sees(states: list[Said]) -> bool:
    return bool(states) and states[-1]["camera_age"] < 1.0 and states[-1]["part"] == 3


def _only_the_named_meet(show: Spread) -> None:
    """Whoever is not named as a peer neither hears nor is heard, though it calls everybody."""
    there = NODES | {"watcher_stage"} | {f"witness_{host}" for host in HOSTS}
    show.wait(lambda: {*show.nodes("stage")} == there, "all nodes, on the stage's machine")
    assert show.nodes(STRANGER) == [f"witness_{STRANGER}"]
    assert all("topic" not in entry for entry in show.entries(STRANGER))


def _nothing_is_stuck(show: Spread) -> None:
    """Every note that went down has come up, on every machine, and the synth falls silent."""
    strokes = 7 * BARS

    def complete(host: str) -> bool:
        notes = [(note["id"], note["kind"]) for note in show.said(host, "/notes")]
        return len(set(notes)) == len(notes) == 2 * strokes

    for host in HOSTS:
        show.wait(lambda h=host: complete(h), f"all notes, up and down, on {host}")
    last = time.monotonic()
    show.wait(lambda: _silent(show.said("stage", "/synth_state", last)), "silence")


def _silent(states: list[Said]) -> bool:
    return bool(states) and states[-1]["voices"] == 0 == states[-1]["held"]
