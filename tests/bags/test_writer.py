# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""What the writer writes, read by other people's packages."""

from pathlib import Path

import pytest
import yaml
from mcap.reader import make_reader
from mcap_ros2.decoder import DecoderFactory
from rosbags.highlevel import AnyReader
from rosbags.interfaces import Qos, QosDurability, QosReliability

from descant.bags.definitions import full_definition
from descant.bags.writer import BagWriter
from support.bags import NOTES, START_NS, mcap_of, message, note, notes_bag, time_ns, topic

MILLISECOND = 1_000_000


@pytest.fixture
def bag(tmp_path: Path) -> Path:
    """Notes and states, published a millisecond before they were logged, and an empty topic."""
    writer = BagWriter(tmp_path / "show")
    for each in (NOTES, topic("/learner_state", "LearnerState"), topic("/pedals", "PedalEvent")):
        writer.add_topic(each)
    for number in range(100):
        sent = time_ns(number) - MILLISECOND
        state = message("LearnerState", run=number, theta=[0.5, -1.5], loss=0.25, family="cubic")
        writer.write("/notes", time_ns(number), sent, note(number))
        writer.write("/learner_state", time_ns(number), sent, state)
        if number % 7 == 0:
            writer.flush()
    writer.close()
    return writer.folder


def test_rosbags_reads_the_bag(bag: Path) -> None:
    with AnyReader([bag]) as reader:
        counts = {c.topic: c.msgcount for c in reader.connections}
        found = [
            (time, reader.deserialize(data, connection.msgtype))
            for connection, time, data in reader.messages()
            if connection.topic == "/notes"
        ]
    assert counts == {"/learner_state": 100, "/notes": 100, "/pedals": 0}
    assert [time for time, _ in found] == [time_ns(n) for n in range(100)]
    assert [m.id for _, m in found] == list(range(100))


def test_rosbags_reads_the_offered_quality_of_service(bag: Path) -> None:
    with AnyReader([bag]) as reader:
        [qos] = next(c.ext.offered_qos_profiles for c in reader.connections if c.topic == "/notes")
    assert isinstance(qos, Qos)
    assert qos.reliability == QosReliability.RELIABLE
    assert qos.durability == QosDurability.TRANSIENT_LOCAL
    assert qos.lifespan.sec == 9_223_372_036


def test_mcap_reads_the_file_with_both_times(bag: Path) -> None:
    with mcap_of(bag).open("rb") as file:
        reader = make_reader(file, decoder_factories=[DecoderFactory()])
        found = list(reader.iter_decoded_messages(topics=["/learner_state"]))
        assert reader.get_header().profile == "ros2"
    assert [m.decoded_message.run for m in found] == list(range(100))
    assert list(found[0].decoded_message.theta) == [0.5, -1.5]
    assert {m.message.log_time - m.message.publish_time for m in found} == {MILLISECOND}


def test_schemas_and_channels_are_those_of_rosbag2(bag: Path) -> None:
    with mcap_of(bag).open("rb") as file:
        summary = make_reader(file).get_summary()
    assert summary is not None
    [notes] = [c for c in summary.channels.values() if c.topic == "/notes"]
    schema = summary.schemas[notes.schema_id]
    assert notes.message_encoding == "cdr"
    assert set(notes.metadata) == {"offered_qos_profiles", "topic_type_hash"}
    assert (schema.name, schema.encoding) == ("descant/msg/NoteEvent", "ros2msg")
    assert schema.data.decode() == full_definition("descant/msg/NoteEvent")
    assert {i.compression for i in summary.chunk_indexes} == {"zstd"}


def test_the_file_carries_rosbag2s_own_metadata_record(bag: Path) -> None:
    with mcap_of(bag).open("rb") as file:
        records = [m for m in make_reader(file).iter_metadata() if m.name == "rosbag2"]
    last = yaml.safe_load(records[-1].metadata["serialized_metadata"])
    assert last["version"] == 9
    assert last["message_count"] == 200


def test_metadata_yaml_has_every_key_of_version_9(bag: Path) -> None:
    found = yaml.safe_load((bag / "metadata.yaml").read_text())["rosbag2_bagfile_information"]
    assert set(found) == {
        "version", "storage_identifier", "duration", "starting_time", "message_count",
        "topics_with_message_count", "compression_format", "compression_mode",
        "relative_file_paths", "files", "custom_data", "ros_distro",
    }  # fmt: skip
    assert found["version"] == 9
    assert found["relative_file_paths"] == ["show_0.mcap"]
    assert found["starting_time"] == {"nanoseconds_since_epoch": START_NS}
    assert found["duration"] == {"nanoseconds": 99 * MILLISECOND}
    profiles = found["topics_with_message_count"][0]["topic_metadata"]["offered_qos_profiles"]
    assert profiles[0]["durability"] == "transient_local"


def test_metadata_yaml_names_the_topics_as_soon_as_they_are_flushed(tmp_path: Path) -> None:
    writer = BagWriter(tmp_path / "show")
    writer.add_topic(NOTES)
    writer.write("/notes", time_ns(0), time_ns(0), note(0))
    writer.flush()
    found = yaml.safe_load((writer.folder / "metadata.yaml").read_text())
    [notes] = found["rosbag2_bagfile_information"]["topics_with_message_count"]
    assert notes["topic_metadata"]["name"] == "/notes"
    writer.close()


@pytest.mark.parametrize("compression", ["zstd", "lz4", "none"])
def test_every_compression_reads_back(tmp_path: Path, compression: str) -> None:
    bag = notes_bag(tmp_path / "show", 500, compression=compression)
    with AnyReader([bag]) as reader:
        assert len(list(reader.messages())) == 500


def test_a_name_that_exists_gets_a_number_and_is_left_alone(tmp_path: Path) -> None:
    first = notes_bag(tmp_path / "show", 10)
    before = mcap_of(first).read_bytes()
    second = notes_bag(tmp_path / "show", 20)
    third = notes_bag(tmp_path / "show", 30)
    assert [p.name for p in (first, second, third)] == ["show", "show-2", "show-3"]
    assert mcap_of(third).name == "show-3_0.mcap"
    assert mcap_of(first).read_bytes() == before


def test_an_empty_bag_opens_everywhere(tmp_path: Path) -> None:
    bag = notes_bag(tmp_path / "show", 0)
    with AnyReader([bag]) as reader:
        assert list(reader.messages()) == []
