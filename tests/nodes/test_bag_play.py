# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""ROS's own way to play a bag drives the graph as well: `ros2 bag play --clock`, use_sim_time."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from descant import topics
from descant.bags.reader import read
from descant.bags.recording import Recording
from descant.performance.recompute import bits, verify
from support.bagplay import BagPlayer
from support.graph import domain_id
from support.midifiles import write_midi_file
from support.node import listener, node
from support.replaying import performed, recorded_graph

pytestmark = [pytest.mark.graph, pytest.mark.timeout(240)]
PROOF = pytest.mark.proof
SEED = {"seed": 23}
LATE_STEPS = 6


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A recording of part 1: a bass note, and a run of upper ones."""
    folder = tmp_path_factory.mktemp("runs")
    strokes = [(0.1 * i, (0x90, key, 70)) for i, key in enumerate((36, *range(60, 80)))]
    releases = [(0.1 * i + 0.08, (0x80, key, 64)) for i, key in enumerate((36, *range(60, 80)))]
    file = write_midi_file(folder / "runs.mid", [sorted(strokes + releases)])
    performed(domain_id(), folder / "bag", {"source": f"file:{file}"}, SEED)
    return folder / "bag"


def chords(folder: Path) -> Path:
    """A recording of part 2: a chord that is held for 0.8 s."""
    keys = (40, 47, 52)
    chord = [(0.1, (0x90, key, 80)) for key in keys] + [(0.9, (0x80, key, 64)) for key in keys]
    file = write_midi_file(folder / "chord.mid", [chord])
    performed(domain_id(), folder / "bag", {"source": f"file:{file}"}, {**SEED, "part": 2})
    return folder / "bag"


def played(bag: Path, again: Path, learner: dict[str, Any], **how: Any) -> Recording:
    """What a learner says to the bag, recorded."""
    simulated = {"use_sim_time": True} if how.get("clock", True) else {}
    with recorded_graph(domain_id(), again, {**SEED, **learner, **simulated}) as graph:
        player = BagPlayer(graph.ears.node, bag, **how)
        graph.ready()
        graph.ears.wait(player.matched, "subscribers")
        player.tick()
        player.play()
        graph.settled()
    return read(again)


def said(recording: Recording) -> list[object]:
    """Every state to the bit: stamps and ids too, as they are those of the recorded notes."""
    return [tuple(bits(value) for value in entry.state) for entry in recording.states]


@pytest.mark.parametrize(
    "how",
    [pytest.param({"rate": 1.0}, marks=PROOF), {"rate": 4.0}, {"clock": False}],
    ids=str,
)
def test_the_learner_says_the_same_to_the_last_field(
    tmp_path: Path, runs: Path, how: dict[str, Any]
) -> None:
    """With /clock and without: notes that are sent now are new, whatever their stamps."""
    again = played(runs, tmp_path / "again", {}, **how)
    assert said(again) == said(read(runs))
    assert [v.difference for v in verify(again)] == [None]


@pytest.mark.parametrize(
    "how", [{"rate": 2.0}, pytest.param({"clock": False}, marks=PROOF)], ids=str
)
def test_steps_of_held_keys_go_by_the_time_of_the_bag(tmp_path: Path, how: dict[str, Any]) -> None:
    """And do not make up for the years since it was recorded."""
    bag = chords(tmp_path)
    first, again = read(bag), played(bag, tmp_path / "again", {"part": 2}, **how)
    ours, theirs = ({s.state.step: s.state for s in r.states} for r in (again, first))
    common = ours.keys() & theirs.keys()
    assert len(common) > 40
    assert len(ours.keys() ^ theirs.keys()) <= LATE_STEPS
    for step in common:
        a, b = (state._replace(events=0) for state in (ours[step], theirs[step]))
        assert [bits(v) for v in a] == [bits(v) for v in b]


@pytest.mark.parametrize("clock", [True, pytest.param(False, marks=PROOF)])
def test_the_synth_does_not_take_a_recorded_note_for_a_late_one(runs: Path, *, clock: bool) -> None:
    domain = domain_id()
    parameters = {"sink": "none", "use_sim_time": clock}
    with node("synth", domain, parameters), listener(domain) as ears:
        states: list[Any] = ears.collect(topics.SYNTH_STATE)
        player = BagPlayer(ears.node, runs, clock=clock)
        ears.wait(lambda: bool(states), "the synth")
        ears.wait(player.heard, "the synth on /notes")
        player.tick()
        player.play()
        ears.wait(lambda: max(state.voices for state in states) > 2, "sound")
        # A busy machine is late now and then; by their stamps all of them are, by minutes.
        assert states[-1].late_events < len(read(runs).notes)
