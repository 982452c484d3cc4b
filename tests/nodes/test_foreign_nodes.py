# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Anybody's node, with ROS's default quality of service, plays and listens."""

from __future__ import annotations

import contextlib
import itertools
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from rclpy.event_handler import PublisherEventCallbacks, SubscriptionEventCallbacks
from rclpy.publisher import Publisher

from descant import topics
from descant.bags.reader import read
from descant.msg import NoteEvent, SynthState
from descant.nodes.common.conversion import to_header
from descant.nodes.common.endpoints import message_class
from descant.performance.recompute import verify
from descant.topics import Topic
from support.graph import domain_id, graph_environment
from support.midifiles import write_midi_file
from support.node import Listener, NodeProcess, listener, node
from support.videos import glowing

pytestmark = pytest.mark.graph

DEPTH = 10  # create_publisher(NoteEvent, "notes", 10), as every tutorial has it
SMALL = {"width": 160, "height": 90}
FIRST_S = 0.5  # from being matched to the first message
BUSY_S = 2.0  # where other tests run beside; with a history on the topic it was 5 s and more
PARTS_KEY = 100  # the conductor goes on to the next part
PLAYER = """
import sys, time, rclpy
from descant.msg import NoteEvent
rclpy.init()
node = rclpy.create_node("player")
notes = node.create_publisher(NoteEvent, "notes", 10)
while notes.get_subscription_count() < int(sys.argv[1]):
    time.sleep(0.02)
key = NoteEvent(id=1, kind=NoteEvent.ON, key=60, velocity=100, velocity_14bit=12800)
key.header.stamp = node.get_clock().now().to_msg()
notes.publish(key)
print("played", flush=True)
time.sleep(600)
"""


class Foreigner:
    """A node that knows the messages of Descant, and nothing else of it."""

    def __init__(self, ears: Listener) -> None:
        self.ears = ears
        self.refused: list[str] = []
        self._ids = itertools.count(1)

    def publisher(self, topic: Topic) -> Publisher:
        """A publisher with ROS's defaults."""
        alarm = PublisherEventCallbacks(incompatible_qos=lambda _: self.refused.append(topic.name))
        kind = message_class(topic.message_type)
        return self.ears.node.create_publisher(kind, topic.relative, DEPTH, event_callbacks=alarm)

    def collect(self, topic: Topic) -> list[Any]:
        """A subscription with ROS's defaults."""
        alarm = SubscriptionEventCallbacks(
            incompatible_qos=lambda _: self.refused.append(topic.name)
        )
        kind, found = message_class(topic.message_type), list[Any]()
        self.ears.node.create_subscription(
            kind, topic.relative, found.append, DEPTH, event_callbacks=alarm
        )
        return found

    def strike(self, notes: Publisher, key: int) -> None:
        """One key down and up."""
        number = next(self._ids)
        for kind, velocity in ((NoteEvent.ON, 80), (NoteEvent.OFF, 64)):
            header = to_header(time.time_ns())
            notes.publish(
                NoteEvent(header=header, id=number, kind=kind, key=key, velocity=velocity)
            )

    def strike_until(self, notes: Publisher, key: int, condition: Callable[[], bool], what: str):
        """Again and again."""
        due = 0.0

        def struck() -> bool:
            nonlocal due
            if time.monotonic() > due:
                self.strike(notes, key)
                due = time.monotonic() + 0.3
            return condition()

        self.ears.wait(struck, what)


@pytest.fixture(autouse=True)
def _profile(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fast DDS as the launch files have it."""
    profile = Path(__file__).parents[2] / "config" / "fastdds.xml"
    monkeypatch.setenv("FASTRTPS_DEFAULT_PROFILES_FILE", str(profile))


@pytest.fixture
def domain() -> int:
    return domain_id()


@pytest.fixture
def foreigner(domain: int) -> Iterator[Foreigner]:
    with listener(domain, "foreigner") as ears:
        yield Foreigner(ears)


def whole_graph(folder: Path) -> dict[str, dict[str, Any]]:
    """Every node, the piano at a port that is not there."""
    return {
        "recorder": {"bag": str(folder / "bag"), "reserve": 0},
        "piano": {"source": "port:none"},
        "conductor": {"key": PARTS_KEY},
        "learner": {"seed": 3},
        "synth": {"sink": "none"},
        "camera": {"source": "keyboard", **SMALL},
        "stage": {"canvas": "offscreen", **SMALL},
    }


@contextlib.contextmanager
def running(domain: int, nodes: dict[str, dict[str, Any]]) -> Iterator[dict[str, NodeProcess]]:
    with contextlib.ExitStack() as stack:
        yield {name: stack.enter_context(node(name, domain, p)) for name, p in nodes.items()}


def test_who_plays_and_listens_with_default_qos_is_heard_and_hears(
    domain: int, foreigner: Foreigner, tmp_path: Path
) -> None:
    """By learner, synth, stage, conductor, camera and recorder; nobody logs that QoS do not fit."""
    ears = foreigner.ears
    heard = {topic: foreigner.collect(topic) for topic in topics.TOPICS}
    notes = foreigner.publisher(topics.NOTES)
    for topic in (topics.PEDALS, topics.LEARNER_STATE, topics.CUE):
        foreigner.publisher(topic)
    players = {"conductor", "learner", "synth", "camera", "stage", "recorder"}
    with running(domain, whole_graph(tmp_path)) as nodes:

        def matched() -> bool:
            found = ears.node.get_subscriptions_info_by_topic("/notes")
            return {info.node_name for info in found} >= players

        ears.wait(matched, "every node on /notes")
        ears.wait(lambda: notes.get_subscription_count() >= len(players) + 1, "all matched")
        foreigner.strike_until(
            notes, 36, lambda: bool(heard[topics.LEARNER_STATE]), "a state of the learner"
        )
        foreigner.strike_until(
            notes, 60, lambda: any(s.voices for s in heard[topics.SYNTH_STATE]), "a voice"
        )
        foreigner.strike_until(
            notes, PARTS_KEY, lambda: any(p.part > 1 for p in heard[topics.PART]), "part 2"
        )
        stage_states = heard[topics.STAGE_STATE]
        ears.wait(lambda: any(s.frame_rate > 1.0 for s in stage_states), "frames of the stage")
        for topic in (topics.CAMERA_STATE, topics.PIANO_STATE, topics.LEARNER_SETTINGS):
            ears.wait(lambda topic=topic: bool(heard[topic]), f"{topic.name}, which keeps some")
        for name, process in nodes.items():
            assert process.stop() == 0, process.output()
            assert "ncompatible" not in process.output(), name
    assert foreigner.refused == []
    [live] = {len(heard[topics.NOTES])}
    recording = read(tmp_path / "bag")
    assert len(recording.notes) == live
    assert {verdict.identical for verdict in verify(recording)} == {True}
    assert heard[topics.PLAYED]


def test_the_leases_of_a_watched_topic_refuse_nobody(domain: int, foreigner: Foreigner) -> None:
    """Those who watch the pianos do so beside the topic; the recorder alone requests its state."""
    state, heard = foreigner.publisher(topics.PIANO_STATE), foreigner.collect(topics.PIANO_STATE)
    nodes: dict[str, dict[str, Any]] = {
        "learner": {}, "conductor": {}, "synth": {"sink": "none"}, "piano": {"source": "port:none"},
    }  # fmt: skip
    with running(domain, nodes) as graph:
        foreigner.ears.wait(lambda: len(heard) > 2, "the state of the piano")
        assert state.get_subscription_count() == 1  # its own
        for process in graph.values():
            assert process.stop() == 0
            assert "ncompatible" not in process.output()
    assert foreigner.refused == []


def long_music(folder: Path, count: int) -> Path:
    """So many notes in a moment, and then fifty a second for two minutes."""
    track: list[tuple[float, tuple[int, ...]]] = []
    for number in range(count // 2):
        at = number / 2_000
        track += [(at, (0x90, 40 + number % 40, 70)), (at + 0.0002, (0x80, 40 + number % 40, 0))]
    begin = count / 4_000 + 1.0
    for number in range(3_000):
        at = begin + number / 25
        track += [(at, (0x90, 100, 70)), (at + 0.02, (0x80, 100, 0))]
    return write_midi_file(folder / "long.mid", [sorted(track)])


def first_message_s(domain: int) -> float:
    """Seconds from being matched with the piano on /notes to the first note."""
    times: list[float] = []
    received: list[float] = []
    with listener(domain, "latecomer") as ears:
        matched = SubscriptionEventCallbacks(matched=lambda _: times.append(time.monotonic()))
        ears.node.create_subscription(
            NoteEvent,
            "notes",
            lambda _: received.append(time.monotonic()),
            DEPTH,
            event_callbacks=matched,
        )
        ears.wait(lambda: bool(times and received), "the first note")
    return received[0] - times[0]


@pytest.mark.parametrize(
    ("count", "limit_s"),
    [(4_000, BUSY_S), pytest.param(60_000, FIRST_S, marks=pytest.mark.proof)],
)
def test_a_default_subscriber_has_the_first_note_soon_in_twenty_of_twenty_tries(
    domain: int, tmp_path: Path, count: int, limit_s: float
) -> None:
    settings = {"source": f"file:{long_music(tmp_path, count)}", "loop": False}
    with node("learner", domain), listener(domain) as ears, node("piano", domain, settings):
        states = ears.collect(topics.PIANO_STATE)
        ears.wait(lambda: bool(states) and states[-1].events >= count, "the notes", 120.0)
        found = [first_message_s(domain) for _ in range(20)]
    assert max(found) < limit_s, found


def test_what_a_foreign_node_played_is_held_for_a_learner_that_is_started_again(
    domain: int, foreigner: Foreigner, tmp_path: Path
) -> None:
    """It publishes /notes alone; the conductor holds it, and a late recorder gets it as well."""
    notes, ears = foreigner.publisher(topics.NOTES), foreigner.ears
    with node("conductor", domain) as conductor, node("learner", domain, {"seed": 3}) as learner:
        conductor.says("part 1")
        ears.wait(lambda: notes.get_subscription_count() == 2, "both on /notes")
        for key in range(40, 100):
            foreigner.strike(notes, key)
        states = foreigner.collect(topics.LEARNER_STATE)
        foreigner.strike_until(notes, 36, lambda: bool(states), "a state")
        learner.kill()
        for key in range(40, 50):
            foreigner.strike(notes, key)
        with (
            node("recorder", domain, {"bag": str(tmp_path / "bag"), "reserve": 0}) as recorder,
            node("learner", domain, {"seed": 3}) as again,
        ):
            again.says("caught up with")
            ears.wait(lambda: notes.get_subscription_count() >= 3, "all on /notes")
            before = len(states)
            foreigner.strike_until(notes, 36, lambda: len(states) > before + 2, "more states")
            assert again.stop() == 0
            assert recorder.stop() == 0
    recording = read(tmp_path / "bag")
    played = next(foreigner._ids) - 1
    assert len(recording.notes) == 2 * played
    assert [v.difference for v in verify(recording)] == [None]


@pytest.mark.proof
def test_the_keys_of_a_foreign_player_that_is_killed_do_not_sound_or_glow_for_ever(
    domain: int,
) -> None:
    """It promises no sign of life: DDS forgets it after 20 s."""
    nodes = {
        "synth": {"sink": "none", "decay_bass": 60.0},
        "camera": {"source": "keyboard", **SMALL},
    }
    with listener(domain) as ears, running(domain, nodes):
        states: list[SynthState] = ears.collect(topics.SYNTH_STATE)
        images = ears.collect(topics.CAMERA_IMAGE)
        with subprocess.Popen(
            [sys.executable, "-c", PLAYER, "2"],
            env=graph_environment(domain),
            stdout=subprocess.PIPE,
        ) as player:
            try:
                ears.wait(lambda: bool(states) and states[-1].held == 1, "the key")
                ears.wait(lambda: bool(images) and glowing(images[-1]) > 10, "its glow")
            finally:
                player.kill()
        ears.wait(lambda: states[-1].held == 0, "the release", 60.0)
        ears.wait(lambda: glowing(images[-1]) == 0, "the release in the picture", 60.0)


def test_quality_of_service_is_changed_by_parameters(domain: int) -> None:
    name = "qos_overrides./notes.subscription.reliability"
    with node("learner", domain, {name: "best_effort"}), listener(domain) as ears:

        def offers() -> list[str]:
            found = ears.node.get_subscriptions_info_by_topic("/notes")
            return [info.qos_profile.reliability.name for info in found]

        ears.wait(lambda: bool(offers()), "the learner on /notes")
        assert offers() == ["BEST_EFFORT"]


@pytest.mark.parametrize(
    ("policy", "value", "reason"),
    [
        ("reliability", "perhaps", "perhaps"),
        ("reliability", "unknown", "reliability must be reliable, best_effort or system_default"),
        ("history", "unknown", "history must be keep_last, keep_all or system_default"),
        ("depth", -1, "depth must be 1 or more, not -1"),
    ],
)
def test_a_quality_of_service_that_is_none_is_one_line_and_status_2(
    domain: int, policy: str, value: object, reason: str
) -> None:
    name = f"qos_overrides./notes.subscription.{policy}"
    with node("learner", domain, {name: value}) as process:
        assert process.wait() == 2
        [line] = process.output().splitlines()
        assert line.startswith("error: node 'learner': qos_overrides./notes.subscription: ")
        assert reason in line
