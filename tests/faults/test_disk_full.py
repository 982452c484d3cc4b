# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The disk under the bag becomes full while a file plays: the bag ends, the music does not.

Some reserve is left on the disk, or not one byte: then the bag has no end, and is read as it is.
"""

from pathlib import Path

import pytest

from descant import topics
from descant.bags.reader import damage, read
from descant.msg import RecorderState
from descant.performance.recompute import verify
from support.graph import domain_id
from support.midifiles import write_midi_file
from support.node import NodeProcess, listener, node
from support.replaying import RECORDED, Stage
from support.shows import phrase
from support.smalldisk import fill, small_disk

pytestmark = [pytest.mark.proof, pytest.mark.graph, pytest.mark.timeout(240)]

DISK = 4_096  # KiB
PHRASES, PHRASE_S, STEPS = 4, 2.0, 10  # the length of one, and the steps it makes
BEFORE = 15  # steps, until the disk is full
READY_S = 60.0


def music(folder: Path) -> Path:
    """Eight seconds of part 1."""
    messages = [m for n in range(PHRASES) for m in phrase(PHRASE_S * n)]
    return write_midi_file(folder / "music.mid", [sorted(messages)])


def perform(graph: Stage, recorder: NodeProcess, disk: Path, leave: int, file: Path) -> int:
    """Play `file`, and fill the disk under way; the number of states that were said."""
    said = graph.ears.collect(topics.RECORDER_STATE)
    parameters = {"source": f"file:{file}", "listeners": 3, "listeners_timeout": READY_S}
    with node("piano", graph.domain, parameters) as piano:
        graph.ready()
        graph.ears.wait(lambda: len(graph.states) > BEFORE, "the first steps", READY_S)
        fill(disk, leave=leave)
        graph.ears.wait(
            lambda: said[-1].status == RecorderState.FAILED, "the recorder's failure", READY_S
        )
        told = len(graph.states)
        graph.finished()
        assert len(graph.states) > told  # the rest went on
        assert piano.stop() == 0
    assert recorder.process.poll() is None
    assert "the disk is full" in said[-1].message
    return len(graph.states)


@pytest.mark.parametrize(("reserve", "leave"), [(1, 512), (0, 0)], ids=["reserve", "not a byte"])
def test_a_full_disk_ends_the_recording_alone(tmp_path: Path, reserve: int, leave: int) -> None:
    domain, file = domain_id(), music(tmp_path)
    with small_disk(tmp_path / "disk", DISK) as disk:
        bag = disk / "bag"
        with (
            node("recorder", domain, {"bag": bag, "reserve": reserve}) as recorder,
            node("learner", domain, {"seed": 11}) as learner,
            listener(domain) as ears,
        ):
            stage = Stage(domain, bag, ears, RECORDED)
            states = perform(stage, recorder, disk, leave, file)
            assert (learner.stop(), recorder.stop()) == (0, 0)
            lines = [t for t in recorder.output().splitlines() if "the disk is full" in t]
            assert len(lines) == 1, lines
            assert "the performance continues" in lines[0]
        assert states == PHRASES * (STEPS + 1)
        assert bool(damage(bag)) == (reserve == 0)
        recording = read(bag)
        assert BEFORE - 1 <= len(recording.states) < states
        assert {verdict.difference for verdict in verify(recording)} == {None}
