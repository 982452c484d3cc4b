# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The recorder as a real process over DDS: everything is in the bag, whatever happens to it."""

import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from geometry_msgs.msg import Point
from mcap.reader import make_reader
from rclpy.qos import DurabilityPolicy, QoSProfile, ReliabilityPolicy
from rosbags.highlevel import AnyReader
from std_msgs.msg import String, UInt8MultiArray

from descant import topics
from descant.bags.info import info
from descant.bags.reader import messages, read
from descant.bags.repair import repair
from descant.decoding import stamp_ns
from descant.fastdds import FILE
from descant.msg import NoteEvent, RecorderState
from descant.topics import Qos
from support.bags import mcap_of
from support.graph import domain_id, graph_environment
from support.node import PROFILE, Listener, listener
from support.recording import ids, recorder

pytestmark = pytest.mark.graph

SECOND = 1_000_000_000
# A piano of its own process: numbered notes, each stamped when it is sent.
PIANO = """
import sys, time
import rclpy
from descant import topics
from descant.msg import NoteEvent
from descant.nodes.common.conversion import to_header
from descant.nodes.common.endpoints import publisher
rclpy.init()
node = rclpy.create_node("piano")
notes = publisher(node, topics.NOTES)
period, count = 1 / float(sys.argv[1]), 0
start = time.monotonic()
while True:
    notes.publish(NoteEvent(header=to_header(time.time_ns()), id=count, kind=1, key=60))
    count += 1
    time.sleep(max(0.0, start + count * period - time.monotonic()))
"""


@pytest.fixture
def domain() -> int:
    return domain_id()


@pytest.fixture
def ears(domain: int) -> Iterator[Listener]:
    with listener(domain) as made:
        yield made


@contextlib.contextmanager
def piano(domain: int, rate: int) -> Iterator[None]:
    """Numbered notes at `rate` a second, from another process; its Fast DDS is set as a node's."""
    environment = {**graph_environment(domain), FILE: str(PROFILE)}
    child = subprocess.Popen([sys.executable, "-c", PIANO, str(rate)], env=environment)
    try:
        yield
    finally:
        child.kill()
        child.wait()


def following(recorded: list[int]) -> list[int]:
    """As many numbers as are recorded, from the first on: it may be sent before the recorder is
    there.
    """
    return list(range(recorded[0], recorded[0] + len(recorded)))


def sent_ns(note: NoteEvent) -> int:
    return stamp_ns(note)


def texts(bag: Path, topic: str) -> list[str]:
    if not list(bag.glob("*.mcap")):
        return []
    return [m.decode().data for m in messages(bag, topics={topic})]


def reliable(durability: DurabilityPolicy, depth: int = 100) -> QoSProfile:
    return QoSProfile(depth=depth, reliability=ReliabilityPolicy.RELIABLE, durability=durability)


@pytest.mark.parametrize(
    "moment", [0, 1, *(pytest.param(n, marks=pytest.mark.proof) for n in (2, 3))]
)
def test_killed_at_any_moment_it_loses_nothing_older_than_a_second(
    domain: int, tmp_path: Path, moment: int
) -> None:
    """SIGKILL while 200 numbered notes a second arrive; then `repair` makes a whole bag of it."""
    bag = tmp_path / "show"
    with recorder(domain, bag) as node_, piano(domain, 200), listener(domain) as ears:
        ears.wait(lambda: len(ids(bag)) > 150 * (moment + 1), "notes in the bag")
        seen = ears.collect(topics.NOTES)
        ears.wait(
            lambda: len(seen) > 100 and sent_ns(seen[100]) < time.time_ns() - SECOND,
            "a hundred notes older than a second",
        )
        killed_ns = time.time_ns()
        node_.kill()
    sent_before = [m.id for m in seen if sent_ns(m) < killed_ns - SECOND]
    recorded = ids(bag)
    assert recorded == following(recorded)
    assert len(sent_before) > 100
    assert set(sent_before) <= {*range(recorded[0]), *recorded}
    assert info(bag).damage
    repair(bag)
    assert ids(bag) == recorded
    with AnyReader([bag]) as reader:
        connections = [c for c in reader.connections if c.topic == "/notes"]
        assert len(list(reader.messages(connections))) == len(recorded)


def test_everything_in_the_graph_is_recorded_and_every_tool_reads_it(
    domain: int, ears: Listener, tmp_path: Path
) -> None:
    bag = tmp_path / "show"
    notes = ears.publisher(topics.NOTES)
    chatter = ears.node.create_publisher(String, "/chatter", 10)
    with recorder(domain, bag) as node_:
        ears.wait(lambda: chatter.get_subscription_count() == 1, "the recorder on /chatter")
        ears.wait(lambda: notes.get_subscription_count() == 1, "the recorder on /notes")
        before_ns = time.time_ns()
        for number in range(20):
            notes.publish(NoteEvent(id=number, kind=1, key=60))
            chatter.publish(String(data=f"word {number}"))
        ears.node.get_logger().info("a line of the log")
        ears.wait(lambda: len(texts(bag, "/chatter")) == 20, "the words in the bag")
        ears.wait(lambda: "/rosout" in {t.name for t in info(bag).topics}, "the log in the bag")
        assert node_.stop() == 0
    assert info(bag).damage == ()
    with AnyReader([bag]) as reader:  # checks each definition against its RIHS01 hash, too
        found = {
            connection.topic: reader.deserialize(data, connection.msgtype)
            for connection, _, data in reader.messages()
        }
        hashes = {c.topic: c.digest for c in reader.connections}
    assert {"/notes", "/chatter", "/rosout", "/recorder_state"} <= set(found)
    assert {"/parameter_events"} <= set(hashes)
    assert found["/chatter"].data == "word 19"
    assert all(digest.startswith("RIHS01_") for digest in hashes.values())
    with mcap_of(bag).open("rb") as file:
        [first, *_] = [m for _, _, m in make_reader(file).iter_messages(topics=["/notes"])]
    assert before_ns <= first.publish_time <= first.log_time <= time.time_ns()


def test_started_late_it_gets_the_history(domain: int, ears: Listener, tmp_path: Path) -> None:
    notes = ears.publisher(topics.NOTES, Qos(5_000, transient_local=True))
    for number in range(5_000):
        notes.publish(NoteEvent(id=number))
    bag = tmp_path / "show"
    with recorder(domain, bag) as node_:
        ears.wait(lambda: len(ids(bag)) == 5_000, "the history in the bag")
        assert node_.stop() == 0
    assert ids(bag) == list(range(5_000))


def test_topics_that_appear_later_are_recorded_from_their_history_on(
    domain: int, ears: Listener, tmp_path: Path
) -> None:
    bag = tmp_path / "show"
    with recorder(domain, bag) as node_:
        node_.says("recording to")
        late = ears.node.create_publisher(
            String, "/late", reliable(DurabilityPolicy.TRANSIENT_LOCAL)
        )
        late.publish(String(data="early"))
        ears.wait(lambda: late.get_subscription_count() == 1, "the recorder on /late")
        late.publish(String(data="late"))
        ears.wait(lambda: texts(bag, "/late") == ["early", "late"], "both in the bag")
        assert node_.stop() == 0


def test_publishers_of_different_quality_are_recorded_each_once(
    domain: int, ears: Listener, tmp_path: Path
) -> None:
    """Two subscriptions then hear the same publisher; nothing is recorded twice, nothing missed."""
    bag = tmp_path / "show"
    strong = ears.node.create_publisher(
        String, "/mixed", reliable(DurabilityPolicy.TRANSIENT_LOCAL)
    )
    for number in range(10):
        strong.publish(String(data=f"strong {number}"))
    with recorder(domain, bag) as node_:
        ears.wait(lambda: len(texts(bag, "/mixed")) == 10, "the history in the bag")
        weak = ears.node.create_publisher(
            String, "/mixed", QoSProfile(depth=10, reliability=ReliabilityPolicy.BEST_EFFORT)
        )
        ears.wait(lambda: weak.get_subscription_count() == 1, "a subscription for the weak one")
        ears.wait(lambda: strong.get_subscription_count() == 2, "both on the strong one")
        strong.publish(String(data="strong 10"))
        weak.publish(String(data="weak"))
        expected = {*(f"strong {n}" for n in range(11)), "weak"}
        ears.wait(lambda: set(texts(bag, "/mixed")) == expected, "both in the bag")
        assert node_.stop() == 0
    assert len(texts(bag, "/mixed")) == 12


def test_a_second_recorder_of_the_same_name_leaves_the_first_bag_alone(
    domain: int, ears: Listener, tmp_path: Path
) -> None:
    """As when launch starts it again after a crash: the next bag is NAME-2, and it says so."""
    bag, second = tmp_path / "show", tmp_path / "show-2"
    states = ears.collect(topics.RECORDER_STATE)
    notes = ears.publisher(topics.NOTES, topics.HISTORY)
    notes.publish(NoteEvent(id=1))
    with recorder(domain, bag) as node_:
        ears.wait(lambda: ids(bag) == [1], "the note in the first bag")
        node_.kill()
    before = mcap_of(bag).read_bytes()
    states.clear()
    with recorder(domain, bag) as node_:
        node_.says(f"{bag} exists already; recording to {second}")
        ears.wait(lambda: ids(second) == [1], "the history in the second bag")
        ears.wait(lambda: bool(states), "the state")
        assert states[-1].bag == str(second)
        assert node_.stop() == 0
    assert mcap_of(bag).read_bytes() == before


def test_the_last_messages_of_a_performance_are_still_recorded(
    domain: int, ears: Listener, tmp_path: Path
) -> None:
    """On ctrl-c everything stops at once; what the piano says last must be in the bag."""
    bag = tmp_path / "show"
    notes = ears.publisher(topics.NOTES, topics.HISTORY)
    notes.publish(NoteEvent(id=1))
    with recorder(domain, bag) as node_:
        ears.wait(lambda: ids(bag) == [1], "the first note in the bag")
        os.kill(node_.process.pid, signal.SIGINT)
        notes.publish(NoteEvent(id=2))
        assert node_.wait() == 0
    assert ids(bag) == [1, 2]
    assert info(bag).damage == ()


def test_its_state_tells_how_it_goes_and_that_it_stopped(
    domain: int, ears: Listener, tmp_path: Path
) -> None:
    bag = tmp_path / "show"
    states = ears.collect(topics.RECORDER_STATE)
    notes = ears.publisher(topics.NOTES, topics.HISTORY)
    with recorder(domain, bag) as node_:
        notes.publish(NoteEvent(id=1))
        ears.wait(lambda: bool(states) and states[-1].messages > 0, "messages in the state")
        now = states[-1]
        assert (now.status, now.bag, now.message) == (
            RecorderState.RECORDING,
            str(bag),
            "recording",
        )
        assert now.bytes > 0
        assert now.free_bytes > 0
        os.kill(node_.process.pid, signal.SIGTERM)
        ears.wait(lambda: states[-1].status == RecorderState.STOPPED, "the last state")
        assert node_.wait() == 0


def test_without_room_it_says_so_once_and_lives_on(
    domain: int, ears: Listener, tmp_path: Path
) -> None:
    states = ears.collect(topics.RECORDER_STATE)
    with recorder(domain, tmp_path / "show", reserve=1_000_000) as node_:
        ears.wait(lambda: sum(s.status == RecorderState.FAILED for s in states) > 1, "its failure")
        assert "less than the reserve" in states[-1].message
        assert node_.process.poll() is None
        assert node_.stop() == 0
        assert node_.output().count("recording stopped: the disk is full") == 1
    assert states[-1].status == RecorderState.FAILED


def test_a_place_that_cannot_be_written_is_one_line_and_status_2(
    domain: int, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    with recorder(domain, tmp_path / "file" / "show") as node_:
        assert node_.wait() == 2
        assert "cannot create the bag" in node_.output()
        assert "Traceback" not in node_.output()


def test_two_thousand_messages_a_second_are_all_recorded(domain: int, tmp_path: Path) -> None:
    bag = tmp_path / "show"
    with recorder(domain, bag) as node_, listener(domain) as ears, piano(domain, 2_000):
        ears.wait(lambda: len(ids(bag)) > 6_000, "6,000 notes in the bag")
        assert node_.stop() == 0
    recorded = [n.id for n in read(bag).notes]
    assert recorded == following(recorded)


@pytest.mark.parametrize("moved", [False, True], ids=["deleted", "renamed"])
def test_where_its_bag_is_taken_away_it_says_so_and_begins_another(
    domain: int, ears: Listener, tmp_path: Path, *, moved: bool
) -> None:
    """The next bag has what the topics keep, as that of a recorder that was started again."""
    bag, second = tmp_path / "show", tmp_path / "show-2"
    states = ears.collect(topics.RECORDER_STATE)
    notes = ears.publisher(topics.NOTES, topics.HISTORY)
    with recorder(domain, bag) as node_:
        for number in range(10):
            notes.publish(NoteEvent(id=number))
        ears.wait(lambda: len(ids(bag)) == 10, "the notes in the first bag")
        bag.rename(tmp_path / "kept") if moved else shutil.rmtree(bag)
        ears.wait(lambda: states[-1].status == RecorderState.FAILED, "its failure")
        assert states[-1].bag == str(bag)
        notes.publish(NoteEvent(id=10))
        # The last may arrive before the history of those before it.
        ears.wait(lambda: sorted(ids(second)) == list(range(11)), "all notes in the second bag")
        ears.wait(lambda: states[-1].status == RecorderState.RECORDING, "its state")
        assert states[-1].bag == str(second)
        assert node_.stop() == 0
        output = node_.output()
    told = "was moved" if moved else "was deleted"
    certain = r"\d+ messages are recorded" if moved else "no message is left"
    assert (
        len(re.findall(rf"recording stopped: .*{told} while it was recorded.*{certain}", output))
        == 1
    )
    assert f"recording to {second} from now on" in output
    assert not bag.exists()
    if moved:
        assert len(read(tmp_path / "kept").notes) == 10
        assert info(tmp_path / "kept").damage == ()


FLOOD = """
import sys, time
import rclpy
from rclpy.qos import QoSProfile
from std_msgs.msg import String
from std_msgs.msg import UInt8MultiArray
rclpy.init()
node = rclpy.create_node("flood")
large = node.create_publisher(UInt8MultiArray, "/large", QoSProfile(depth=10))
message, count = UInt8MultiArray(data=__import__("os").urandom(4_000_000)), 0
end = time.monotonic() + float(sys.argv[1])
while time.monotonic() < end:
    large.publish(message)
    count += 1
print(count, flush=True)
"""


@pytest.mark.parametrize("seconds", [2, pytest.param(10, marks=pytest.mark.proof)])
def test_a_flood_of_large_messages_costs_no_note_and_bounded_memory(
    domain: int, ears: Listener, tmp_path: Path, seconds: int
) -> None:
    bag = tmp_path / "show"
    notes = ears.collect(topics.NOTES)
    with recorder(domain, bag, queue=64) as node_, piano(domain, 100):
        node_.says("recording to")
        ears.wait(lambda: bool(notes), "the first note")
        largest = 0
        command = [sys.executable, "-c", FLOOD, str(seconds)]
        with subprocess.Popen(
            command, env=graph_environment(domain), stdout=subprocess.PIPE, text=True
        ) as flood:
            while flood.poll() is None:
                largest = max(largest, psutil.Process(node_.process.pid).memory_info().rss)
                time.sleep(0.05)
            assert flood.stdout is not None
            assert int(flood.stdout.read()) > seconds
        assert node_.stop() == 0
    recorded = ids(bag)
    assert len(recorded) > 50 * seconds
    assert recorded == following(recorded)
    assert any(topic.name == "/large" for topic in info(bag).topics)
    assert largest < 512 << 20


def test_a_topic_of_two_types_is_told(domain: int, ears: Listener, tmp_path: Path) -> None:
    words = ears.node.create_publisher(String, "/several", 10)
    with listener(domain, "other") as other, recorder(domain, tmp_path / "show") as node_:
        ears.wait(lambda: words.get_subscription_count() == 1, "its subscription")
        other.node.create_publisher(UInt8MultiArray, "/several", 10)
        node_.says(
            "/several has several types: recorded as std_msgs/msg/String, "
            "not as std_msgs/msg/UInt8MultiArray"
        )
        assert node_.stop() == 0
        assert node_.output().count("has several types") == 1


WITHOUT_GEOMETRY_MSGS = """
import sys
sys.modules["geometry_msgs.msg"] = None  # as if it were not installed
from descant.nodes.recorder import main
sys.exit(main())
"""


def test_a_type_that_is_not_installed_costs_its_own_topic_and_no_other(
    domain: int, ears: Listener, tmp_path: Path
) -> None:
    bag, log = tmp_path / "show", tmp_path / "log"
    ears.node.create_publisher(Point, "/chatter", 10)
    notes = ears.publisher(topics.NOTES, topics.HISTORY)
    arguments = ["--ros-args", "-p", f"bag:={bag}", "-p", "reserve:=1"]
    with log.open("wb") as out:
        child = subprocess.Popen(
            [sys.executable, "-c", WITHOUT_GEOMETRY_MSGS, *arguments],
            env=graph_environment(domain), stderr=out,
        )  # fmt: skip
    try:
        refusal = "/chatter (geometry_msgs/msg/Point) is not recorded"
        ears.wait(lambda: refusal in log.read_text(), "the refusal in the log")
        notes.publish(NoteEvent(id=1))
        ears.wait(lambda: ids(bag) == [1], "the note in the bag")
        assert log.read_text().count(refusal) == 1
    finally:
        child.terminate()
        assert child.wait(30) == 0
