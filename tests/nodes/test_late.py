# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Who comes late to a performance has all of it."""

from pathlib import Path

import pytest

from descant import topics
from descant.bags.reader import messages, read
from descant.msg import NoteEvent
from descant.performance.recompute import verify
from support.graph import domain_id
from support.midifiles import write_midi_file
from support.node import listener, node

pytestmark = pytest.mark.graph

STROKES = 3_000  # each two notes and a pedal
BASS, MELODY = 40, (62, 65, 69, 72)


@pytest.fixture
def domain() -> int:
    """A domain of this test's own."""
    return domain_id()


@pytest.fixture
def music(tmp_path: Path) -> Path:
    """A bass note, and over it many strokes, in three seconds."""
    track = [(0.0, (0x90, BASS, 80))]
    for n in range(STROKES):
        key, at = MELODY[n % len(MELODY)], n / 1000
        track += [(at, (0xB0, 64, n % 64)), (at, (0x90, key, 70)), (at + 0.0005, (0x80, key, 0))]
    return write_midi_file(tmp_path / "long.mid", [track])


def test_learner_and_recorder_started_late_have_every_note(
    domain: int, music: Path, tmp_path: Path
) -> None:
    count = 2 * STROKES + 2
    with (
        node("piano", domain, {"source": f"file:{music}", "loop": False}) as piano,
        listener(domain) as ears,
    ):
        piano.says("has ended")
        states = ears.collect(topics.LEARNER_STATE)
        with (
            node("recorder", domain, {"bag": str(tmp_path / "bag")}) as recorder,
            node("learner", domain) as learner,
        ):
            learner.says(f"caught up with {count} notes played before the start")
            ears.wait(lambda: len(states) > 0, "the learner's state")
            ears.wait(lambda: recorded(tmp_path / "bag") > 0, "the state in the bag")
            assert learner.stop() == 0
            assert recorder.stop() == 0
    recording = read(tmp_path / "bag")
    assert len(recording.notes) == count
    assert [n.time_ns for n in recording.notes] == sorted(n.time_ns for n in recording.notes)
    assert len(recording.pedals) == STROKES + 1  # and its release at the end
    assert states[-1].events == count - 2  # the last stroke; then two keys go up
    assert [(v.states, v.difference) for v in verify(recording)] == [(1, None)]


def recorded(bag: Path) -> int:
    """States of the learner in a bag that is being written."""
    return sum(1 for _ in messages(bag, topics=["/learner_state"]))


def test_without_blocks_the_learner_warns_and_continues(domain: int) -> None:
    with listener(domain) as ears:
        notes = ears.publisher(topics.NOTES)
        for number in range(10):
            notes.publish(NoteEvent(id=number, kind=1 - number % 2, key=60))
        with node("learner", domain) as learner:
            states = ears.collect(topics.LEARNER_STATE)
            ears.wait(lambda: notes.get_subscription_count() == 1, "the learner")
            ears.wait(lambda: ears.node.count_publishers("/learner_state") == 1, "its states")
            for number in (10, 11):
                notes.publish(NoteEvent(id=number, kind=1, key=60))
            learner.says("no complete /played history received: notes before the start are missing")
            ears.wait(lambda: len(states) > 0, "its states")
            assert states[-1].events <= 2
            assert learner.stop() == 0
            assert learner.output().count("no complete /played history") == 1
