# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Recordings as values of the cores, from whole and broken bags, without ROS."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from descant.bags.reader import messages, read
from descant.bags.topics import RecordedTopic
from descant.bags.writer import BagWriter
from descant.errors import UserError
from descant.types import Episode, LearningStatus, Note, Pedal, State
from support.bags import (
    NOTES,
    START_NS,
    mcap_of,
    message,
    note,
    notes_bag,
    time_ns,
    topic,
    write,
)

STATES = topic("/learner_state", "LearnerState")


def test_every_message_becomes_the_value_it_was(tmp_path: Path) -> None:
    topics = [
        NOTES, topic("/pedals", "PedalEvent"), STATES, topic("/episode", "Episode"),
        topic("/learner_settings", "LearnerSettings"),
    ]  # fmt: skip

    def fill(writer: BagWriter) -> None:
        now = START_NS
        writer.write("/notes", now, now, note(3))
        writer.write("/pedals", now, now, message("PedalEvent", stamp=now, pedal=64, value=99))
        state = message(
            "LearnerState", stamp=now, run=7, events=2, cause=3, episode=1, attempt=0, step=5,
            status=1, seed=2**63 + 1, family="cubic", target=[1.0, 2.0], theta=[0.1, float("inf")],
            loss=0.25, residual=-0.5, gradient=[1e-300, 0.0], notes=[3, 4],
        )  # fmt: skip
        writer.write("/learner_state", now, now, state)
        episode = message(
            "Episode", stamp=now, run=7, episode=1, seed=9, family="cubic",
            parameter_names=["a", "b"], target=[1.0], theta=[2.0], x=[0.0, 0.5], y=[1.0, 2.0],
        )  # fmt: skip
        writer.write("/episode", now, now, episode)
        settings = message("LearnerSettings", stamp=now, run=7, events=0, settings='{"rate": 0.01}')
        writer.write("/learner_settings", now, now, settings)

    found = read(write(tmp_path / "show", topics, fill))
    assert found.notes == (Note(time_ns(3), 3, True, 60, 64, 8192),)
    assert found.pedals == (Pedal(START_NS, 64, 99),)
    [recorded] = found.states
    assert recorded.run == 7
    assert recorded.state == State(
        START_NS, 2, 3, 1, 0, 5, LearningStatus.CONVERGED, 2**63 + 1, "cubic", (1.0, 2.0),
        (0.1, float("inf")), 0.25, -0.5, (1e-300, 0.0), (3, 4),
    )  # fmt: skip
    assert found.episodes[0] == Episode(
        START_NS, 1, 0, 9, "cubic", ("a", "b"), (1.0,), (2.0,), (0.0, 0.5), (1.0, 2.0)
    )
    assert (found.settings[0].events, found.settings[0].json) == (0, '{"rate": 0.01}')


def test_a_killed_bag_is_read_without_metadata_yaml(tmp_path: Path) -> None:
    bag = notes_bag(tmp_path / "show", 250, finish=False)
    (bag / "metadata.yaml").unlink()
    assert [n.id for n in read(bag).notes] == list(range(200))  # 200 .. 249 were never flushed


def test_a_bag_split_in_files_is_read_in_the_order_of_their_numbers(tmp_path: Path) -> None:
    """rosbag2 splits into NAME_0.mcap, NAME_1.mcap .. NAME_10.mcap: 10 comes after 9."""
    bag = tmp_path / "show"
    bag.mkdir()
    for number in range(11):
        part = write(
            tmp_path / f"part{number}", [NOTES],
            lambda w, n=number: w.write("/notes", time_ns(n), time_ns(n), note(n)),
        )  # fmt: skip
        mcap_of(part).rename(bag / f"show_{number}.mcap")
    assert [n.id for n in read(bag).notes] == list(range(11))


def test_one_file_is_a_bag_too(tmp_path: Path) -> None:
    assert len(read(mcap_of(notes_bag(tmp_path / "show", 5))).notes) == 5


def test_topics_can_have_any_name(tmp_path: Path) -> None:
    here = topic("/upstairs/notes", "NoteEvent")
    bag = write(tmp_path / "b", [here], lambda w: w.write("/upstairs/notes", 1, 1, note(1)))
    assert [n.id for n in read(bag).notes] == [1]


def test_messages_can_be_chosen_by_topic_and_by_type(tmp_path: Path) -> None:
    def fill(writer: BagWriter) -> None:
        writer.write("/notes", 1, 1, note(1))
        writer.write("/learner_state", 2, 2, message("LearnerState", run=5))

    bag = write(tmp_path / "b", [NOTES, STATES], fill)
    assert [m.topic.name for m in messages(bag)] == ["/notes", "/learner_state"]
    [state] = messages(bag, topics={"/learner_state"})
    assert state.decode().run == 5
    [chosen] = messages(bag, types={"descant/msg/NoteEvent"})
    assert chosen.decode().id == 1


@pytest.mark.slow
def test_messages_stream_in_constant_memory(tmp_path: Path) -> None:
    """The process that reads 200 MB of messages grows by less than 60 MB."""
    blob = os.urandom(100_000)
    blobs = RecordedTopic("/blob", "x/msg/Blob", b"uint8[] data\n")

    def fill(writer: BagWriter) -> None:
        for number in range(2_000):
            writer.write("/blob", number, number, blob)

    bag = write(tmp_path / "big", [blobs], fill)
    script = f"""
import resource
from pathlib import Path
from descant.bags.reader import messages
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(sum(len(m.data) for m in messages(Path({str(bag)!r}))))
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""
    run = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60
    )
    size, grown = map(int, run.stdout.split())
    assert size == 200_000_000
    assert grown < 60


def test_no_bag_is_said_with_the_bags_that_are_near(tmp_path: Path) -> None:
    notes_bag(tmp_path / "monday", 1)
    with pytest.raises(UserError, match=r"no bag .*munday; bags in .*: monday"):
        read(tmp_path / "munday")


def test_a_folder_without_mcap_files_is_no_bag(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"is not a bag: no \.mcap file in it"):
        read(tmp_path)


def test_a_sqlite_bag_is_refused_with_the_way_out(tmp_path: Path) -> None:
    (tmp_path / "a_0.db3").touch()
    with pytest.raises(UserError, match=r"stored as sqlite3, expected mcap: .* ros2 bag convert"):
        read(tmp_path)


def test_a_bag_without_anything_of_ours_names_what_is_there(tmp_path: Path) -> None:
    chatter = RecordedTopic("/chatter", "std_msgs/msg/String", b"string data\n")
    bag = write(
        tmp_path / "b", [chatter], lambda w: w.write("/chatter", 1, 1, b"\0\1\0\0" + b"\0" * 5)
    )
    with pytest.raises(
        UserError, match=r"no Descant topics in this bag; found: /chatter \(std_msgs/msg/String\)"
    ):
        read(bag)


def test_another_version_of_a_message_is_one_line_with_the_field(tmp_path: Path) -> None:
    old = RecordedTopic("/notes", "descant/msg/NoteEvent", b"uint64 id\nuint8 key\n")
    bag = write(
        tmp_path / "b", [old], lambda w: w.write("/notes", 1, 1, b"\0\1\0\0" + bytes(9))
    )  # fmt: skip
    with pytest.raises(
        UserError, match="another version of descant/msg/NoteEvent: it has no field"
    ):
        read(bag)


def test_a_bag_without_definitions_says_so(tmp_path: Path) -> None:
    bare = RecordedTopic("/notes", "descant/msg/NoteEvent", b"", "")
    bag = write(tmp_path / "b", [bare], lambda w: w.write("/notes", 1, 1, note(1)))
    with pytest.raises(UserError, match="no readable definition of descant/msg/NoteEvent"):
        read(bag)


def test_bytes_that_are_no_message_are_one_line(tmp_path: Path) -> None:
    bag = write(tmp_path / "b", [NOTES], lambda w: w.write("/notes", 1, 1, b"\0\1\0\0\1"))
    with pytest.raises(UserError, match="a message of /notes is not a descant/msg/NoteEvent"):
        read(bag)
