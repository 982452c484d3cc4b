# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Strange messages on every topic that a node subscribes to, and a flood: the graph keeps playing.

NaN, infinities, keys over 127, parts and cues that do not exist, stamps of 1901 and 2038 in any
order, episodes number 4294967295, sequences that do not fit each other, strings of a megabyte.
"""

import random
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile
from rclpy.duration import Duration

from descant import topics
from descant.bags.reader import messages
from descant.msg import Cue
from descant.nodes.common.endpoints import message_class
from descant.topics import Topic
from support.bystander import TOPICS, Bystander, bystander
from support.strange import strange

pytestmark = [pytest.mark.graph, pytest.mark.timeout(240)]

STRANGE = 150  # messages a topic
LONG = 3  # and those of a megabyte
LINES = 60  # from one node, in the end: its own start, and a line about each topic now and then
LINE = 400  # characters
FLOOD_RATE, FLOOD_S = 2_000, 3.0
SETTLED_S = 60.0  # for a busy machine; what it took is in the table


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("strange")


@pytest.fixture(scope="module")
def other(folder: Path) -> Iterator[Bystander]:
    with bystander(folder) as one:
        one.all_is_well()
        yield one


@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.name)
def test_strange_messages_are_dropped(other: Bystander, topic: Topic) -> None:
    chance = random.Random(topic.name)
    kind, publisher = message_class(topic.message_type), other.publishers[topic.name]
    for number in range(STRANGE):
        publisher.publish(strange(kind, chance, long=number < LONG))
        if number < LONG and topic.publisher_qos.depth == 1:  # the next replaces one on its way
            publisher.wait_for_all_acked(Duration(seconds=10))
        if number % 10 == 0:
            other.ears.wait(lambda: True, "a turn")
    other.all_is_well()


def test_the_warnings_are_few_and_short(other: Bystander) -> None:
    for name, lines in other.output().items():
        said = "\n".join(line[:LINE] for line in lines[:LINES])
        assert len(lines) < LINES, f"{name}:\n{said}"
        assert max(map(len, lines), default=0) < LINE, f"{name}:\n{said}"
        assert "Traceback" not in said, f"{name}:\n{said}"


def test_a_flood_of_notes_passes(other: Bystander, record_property: pytest.FixtureRequest) -> None:
    """2,000 notes a second, for longer than any burst: what cannot be taken is counted."""
    before = other.said["/synth_state"][-1].late_events
    sent, began = 0, time.monotonic()
    while (now := time.monotonic() - began) < FLOOD_S:
        while sent < now * FLOOD_RATE:
            number, key = divmod(sent, 2)[0] + (1 << 41), 30 + sent // 2 % 70
            other.publishers["/notes"].publish(other.note(number, key, on=sent % 2 == 0))
            sent += 1
        other.ears.wait(lambda: True, "a turn")
    ended = time.monotonic()
    last = other.strike(67)[0]
    other.ears.wait(lambda: any(s.cause == last for s in other.states), "its step", SETTLED_S)
    learned = time.monotonic() - ended
    other.all_is_well()
    late = other.said["/synth_state"][-1].late_events - before
    record_property("flood", [sent, FLOOD_S, learned, late])


def test_without_its_pianos_nothing_sounds_on(other: Bystander) -> None:
    other.strike(40)
    number = 1 << 42
    other.publishers["/notes"].publish(other.note(number, 41, on=True))
    states = other.said["/synth_state"]
    other.ears.wait(lambda: states[-1].held > 0, "a key that is down")
    other.ears.node.destroy_publisher(other.publishers["/notes"])
    other.ears.wait(lambda: states[-1].held == 0, "its release")
    other.cue(Cue.PANIC)
    other.ears.wait(lambda: states[-1].voices == 0, "silence")


def test_they_end_in_order_and_the_bag_has_it_all(other: Bystander, folder: Path) -> None:
    assert [(n.name, n.stop()) for n in other.nodes] == [(n.name, 0) for n in other.nodes]
    counts = {topic.name: 0 for topic in TOPICS if topic != topics.CAMERA_IMAGE}
    for message in messages(folder / "bag", topics=list(counts)):
        counts[message.topic.name] += 1
    assert {t: n for t, n in counts.items() if n < STRANGE} == {}
    heard = soundfile.read(folder / "sound.wav")[0]
    assert np.isfinite(heard).all()
    assert np.abs(heard).max() <= 1.0
