# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The tables of one bag, beside what the bag's ordinary reader finds in it."""

from __future__ import annotations

import csv
import itertools
import json
import math
import re
import struct
import tracemalloc
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from descant.bags.reader import messages, read
from descant.bags.writer import BagWriter
from descant.conductor.settings import ConductorSettings
from descant.errors import UserError
from descant.learner.settings import LearnerSettings
from descant.research.export import export, identify
from descant.research.tables import every_table
from descant.types import NANOSECONDS, Note, Pedal
from support.bags import NOTES, START_NS, message, note, notes_bag, time_ns, topic, write
from support.performances import performance
from support.performed import MS, midi_file, performed_bag, strokes
from support.pictures import compressed_image, jpeg, plain_picture

parquet = pytest.importorskip("pyarrow.parquet", reason="pyarrow is not installed")
KNOTS = LearnerSettings(family="knot")
OLD_BAGS = Path(__file__).parents[1] / "recordings" / "0.1"


def rows(folder: Path, table: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = parquet.read_table(folder / f"{table}.parquet").to_pylist()
    return found


@pytest.fixture(scope="module")
def bag(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bags") / "show"
    return performed_bag(folder, strokes(400), conductor=ConductorSettings())


@pytest.fixture(scope="module")
def tables(bag: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tables") / "show"
    export(bag, folder, ("parquet", "csv"))
    return folder


def test_every_note_has_onset_release_velocity_and_the_pedals_as_they_were(bag, tables):
    recording = read(bag)
    ons = {n.id: n for n in recording.notes if n.on}
    offs = {n.id: n for n in recording.notes if not n.on}
    found = rows(tables, "notes")
    assert {row["id"] for row in found} == set(ons)
    for row in found:
        on, off = ons[row["id"]], offs[row["id"]]
        assert (row["onset_ns"], row["release_ns"]) == (on.time_ns, off.time_ns)
        assert row["duration"] == (off.time_ns - on.time_ns) / NANOSECONDS
        assert (row["key"], row["velocity"]) == (on.key, on.velocity)
        assert (row["velocity_14bit"], row["release_velocity"]) == (on.velocity_14bit, 64)
        before = [p for p in recording.pedals if p.time_ns <= on.time_ns]
        assert row["sustain"] == (before[-1].value if before else 0)
        assert (row["sostenuto"], row["soft"]) == (0, 0)
        parts = [p for p in recording.parts if p.time_ns < on.time_ns]
        assert row["part"] == parts[-1].number


def test_every_state_is_there_bit_for_bit_with_its_vectors_by_name(bag, tables):
    recorded = read(bag).states
    found = rows(tables, "states")
    assert len(found) == len(recorded) > 100
    for row, entry in zip(found, recorded, strict=True):
        state = entry.state
        assert (row["run"], row["time_ns"]) == (entry.run, state.time_ns)
        assert row["status"] == state.status.name.lower()
        for field in ("events", "cause", "episode", "attempt", "step", "loss", "residual"):
            assert row[field] == getattr(state, field)
        for field in ("target", "theta", "gradient", "notes"):
            assert row[field] == list(getattr(state, field))
        assert [row[f"theta_{n}"] for n in "abcd"] == row["theta"]
        assert [row[f"target_{n}"] for n in "abcd"] == row["target"]
        assert [row[f"gradient_{n}"] for n in "abcd"] == row["gradient"]
        assert row["gradient_norm"] == pytest.approx(np.linalg.norm(state.gradient))


def test_a_knots_named_columns_leave_out_its_frequencies(tmp_path):
    bag = performed_bag(tmp_path / "knot", strokes(60), KNOTS)
    export(bag, tmp_path / "t", ("parquet",))
    found = rows(tmp_path / "t", "states")
    assert found
    for row in found:
        assert [row[f"target_{n}"] for n in "abc"] == row["target"][3:]
        assert [row[f"theta_{n}"] for n in "abc"] == row["theta"]
        assert row["theta_d"] is row["target_d"] is row["gradient_d"] is None


def test_every_episode_sums_up_its_states(bag, tables):
    recording = read(bag)
    said = {episode.number: episode for episode in recording.episodes}
    found = rows(tables, "episodes")
    assert {row["episode"] for row in found} == {e.state.episode for e in recording.states}
    assert len(found) > 10
    for row in found:
        states = [e.state for e in recording.states if e.state.episode == row["episode"]]
        assert row["start_ns"] == states[0].time_ns
        assert row["length"] == (states[-1].time_ns - states[0].time_ns) / NANOSECONDS
        assert (row["steps"], row["attempts"]) == (states[-1].step, 1)
        assert (row["start_loss"], row["end_loss"]) == (states[0].loss, states[-1].loss)
        assert row["converged"] == (states[-1].status == 1)
        assert row["complete"]
        assert (row["seed"], row["family"]) == (states[0].seed, "cubic")
        assert row["parameter_names"] == ["a", "b", "c", "d"]
        assert row["x"] == list(said[row["episode"]].x)
        if len(states) > 1:
            slope = np.polyfit([s.step for s in states], np.log([s.loss for s in states]), 1)[0]
            assert row["convergence_rate"] == pytest.approx(slope, abs=1e-9)
        else:
            assert row["convergence_rate"] is None


def test_parts_follow_each_other_up_to_the_end(bag, tables):
    found = rows(tables, "parts")
    assert [row["cause"] for row in found][:1] == ["launch"]
    for before, after in itertools.pairwise(found):
        assert before["end_ns"] == after["begin_ns"]
    assert found[-1]["end_ns"] == max(m.log_time_ns for m in messages(bag))


def test_the_lateness_of_every_stamped_message_is_log_time_minus_stamp(bag, tables):
    expected = []
    for m in messages(bag):
        stamp = m.decode().header.stamp
        late = (m.log_time_ns - stamp.sec * NANOSECONDS - stamp.nanosec) / NANOSECONDS
        expected.append((m.topic.name, m.log_time_ns, late, 0.0005, len(m.data)))
    columns = ("topic", "logged_ns", "lateness", "transport", "size")
    assert [tuple(r[c] for c in columns) for r in rows(tables, "latencies")] == expected


@pytest.mark.parametrize(
    ("table", "name"),
    [
        ("synth_states", "/synth_state"),
        ("piano_states", "/piano_state"),
        ("stage_states", "/stage_state"),
        ("camera_states", "/camera_state"),
    ],
)
def test_the_nodes_own_states_are_tables_with_the_messages_fields(bag, tables, table, name):
    found = rows(tables, table)
    recorded = [m.decode() for m in messages(bag, topics=[name])]
    assert len(found) == len(recorded) > 3
    for row, state in zip(found, recorded, strict=True):
        for column, value in row.items():
            if hasattr(state, column) and column != "status":
                assert value == getattr(state, column)
    assert "1" not in {row.get("status") for row in found}


def test_pictures_are_frames_without_their_pixels(tmp_path):
    image = topic("/camera/image", "Image", "sensor_msgs")
    from support.bags import TYPES

    header = TYPES.types["std_msgs/msg/Header"]
    stamp = TYPES.types["builtin_interfaces/msg/Time"]

    def fill(writer: BagWriter) -> None:
        writer.write("/notes", time_ns(0), time_ns(0), note(0))
        for number in range(3):
            made = TYPES.types[image.message_type](
                header=header(stamp(START_NS // NANOSECONDS, number * 40 * MS), "camera"),
                height=2, width=4, encoding="rgb8", is_bigendian=0, step=12,
                data=np.zeros(24, np.uint8),
            )  # fmt: skip
            data = bytes(TYPES.serialize_cdr(made, image.message_type))
            writer.write("/camera/image", START_NS + number * 40 * MS + 5 * MS, START_NS, data)

    export(write(tmp_path / "film", [NOTES, image], fill), tmp_path / "t", ("parquet",))
    found = rows(tmp_path / "t", "frames")
    assert [(r["width"], r["height"], r["encoding"]) for r in found] == [(4, 2, "rgb8")] * 3
    assert [r["interval"] for r in found] == [None, 0.04, 0.04]
    assert [r["lateness"] for r in found] == [0.005] * 3


def test_compressed_pictures_are_frames_with_the_size_in_their_jpeg(tmp_path):
    name = "/usb_cam/image_raw/compressed"
    whole = jpeg(plain_picture((0, 0, 200), (32, 18)))
    kinds = (whole, "jpeg"), (whole, "bgr8; jpeg compressed bgr8"), (b"no picture", "png")

    def fill(writer: BagWriter) -> None:
        writer.write("/notes", time_ns(0), time_ns(0), note(0))
        for number, (data, form) in enumerate(kinds):
            stamp_ns = START_NS + number * 40 * MS
            image = compressed_image(stamp_ns, data, form)
            writer.write(name, stamp_ns + 5 * MS, stamp_ns, image)

    pictures = topic(name, "CompressedImage", "sensor_msgs")
    export(write(tmp_path / "film", [NOTES, pictures], fill), tmp_path / "t", ("parquet",))
    found = rows(tmp_path / "t", "frames")
    assert [(r["width"], r["height"]) for r in found] == [(32, 18), (32, 18), (None, None)]
    assert [r["encoding"] for r in found] == [form for _, form in kinds]
    assert [r["interval"] for r in found] == [None, 0.04, 0.04]
    assert [r["lateness"] for r in found] == [0.005] * 3


def test_csv_holds_the_same_as_parquet(tables):
    for table in every_table():
        exact = rows(tables, table.name)
        with (tables / f"{table.name}.csv").open(newline="") as file:
            texts = list(csv.DictReader(file))
        assert len(texts) == len(exact)
        for row, text in zip(exact, texts, strict=True):
            assert {name: parsed(value, row[name]) for name, value in text.items()} == row


def parsed(text: str, like: Any) -> Any:
    if like is None:
        return None if text == "" else text
    if isinstance(like, list):
        return json.loads(text)
    if isinstance(like, bool):
        return text == "true"
    return type(like)(text)


def test_columns_units_and_meanings_lie_in_the_files(tables):
    for table in every_table():
        schema = parquet.read_schema(tables / f"{table.name}.parquet")
        assert schema.names == list(table.names)
        assert schema.metadata[b"meaning"].decode() == table.meaning
        for column in table.columns:
            field = schema.field(column.name)
            assert str(field.type).replace("double", "float64").replace(
                "element: ", ""
            ) == column.type_name.replace("double", "float64")
            assert field.metadata[b"unit"].decode() == column.unit
            assert field.metadata[b"meaning"].decode() == column.meaning
            assert column.meaning


def test_the_performance_is_named_for_its_bag_and_its_first_moment(bag, tables):
    key = identify(bag).key
    assert re.fullmatch(r"show@20231114T221320\.\d{9}Z", key)
    for table in every_table():
        assert {row["performance"] for row in rows(tables, table.name)} <= {key}


def test_topics_recorded_out_of_order_come_in_the_order_of_their_stamps(tmp_path):
    """The pedal and the part lie behind the note in the bag, and before it in time."""
    topics = [NOTES, topic("/pedals", "PedalEvent"), topic("/part", "Part")]
    stamp = START_NS + 100 * MS
    pedal = message("PedalEvent", stamp=stamp - 1, pedal=64, value=90)
    part = message("Part", stamp=stamp - 2, part=3, start=1, cause="cue")
    key = message("NoteEvent", stamp=stamp, id=1, kind=1, key=60, velocity=5, velocity_14bit=640)

    def fill(writer: BagWriter) -> None:
        for late, (name, data) in enumerate([("/notes", key), ("/pedals", pedal), ("/part", part)]):
            writer.write(name, stamp + late * MS, stamp, data)

    export(write(tmp_path / "late", topics, fill), tmp_path / "t", ("parquet",))
    [row] = rows(tmp_path / "t", "notes")
    assert (row["sustain"], row["part"]) == (90, 3)
    assert (row["release"], row["duration"], row["release_velocity"]) == (None, None, None)


def test_a_part_has_the_name_and_the_title_of_its_description(tmp_path):
    described = '{"version": 1, "name": "knots", "title": "Two knots"}'
    data = message("Part", stamp=START_NS, part=2, start=1, cause="cue", description=described)
    parts = topic("/part", "Part")
    bag = write(tmp_path / "b", [parts], lambda w: w.write("/part", START_NS, START_NS, data))
    export(bag, tmp_path / "t", ("parquet",))
    [row] = rows(tmp_path / "t", "parts")
    assert (row["part"], row["name"], row["title"], row["cause"]) == (
        2,
        "knots",
        "Two knots",
        "cue",
    )


def test_a_part_whose_description_is_not_json_is_left_out_with_a_remark(tmp_path):
    data = message("Part", stamp=START_NS, part=2, description="knots")
    parts = topic("/part", "Part")
    bag = write(tmp_path / "b", [parts], lambda w: w.write("/part", START_NS, START_NS, data))
    exported = export(bag, tmp_path / "t", ("parquet",))
    assert exported.remarks == ("1 impossible message of /part set aside",)
    assert rows(tmp_path / "t", "parts") == []


@pytest.mark.parametrize(
    ("name", "parts", "states"),
    [("performance", [1, 2, 3, 4], 155), ("learner_restarted", [1, 2], 267)],
)
def test_a_recording_of_version_01_is_exported(tmp_path, name, parts, states):
    exported = export(OLD_BAGS / name, tmp_path / "t", ("parquet",))
    assert exported.remarks == ()
    found = rows(tmp_path / "t", "parts")
    assert [(row["part"], row["name"], row["title"]) for row in found] == [
        (n, "", "") for n in parts
    ]
    assert len(rows(tmp_path / "t", "states")) == states
    assert {row["id"] for row in rows(tmp_path / "t", "notes")} == {
        note.id for note in read(OLD_BAGS / name).notes
    }


def test_divergence_counts_attempts_and_starts_the_rate_anew(tmp_path):
    states = topic("/learner_state", "LearnerState")
    course = [(0, 0, 1.0), (0, 1, 100.0), (1, 0, 1.0), (1, 1, 0.5), (1, 2, 0.25)]

    def fill(writer: BagWriter) -> None:
        for number, (attempt, step, loss) in enumerate(course):
            data = message(
                "LearnerState", stamp=time_ns(number), run=1, episode=4, attempt=attempt,
                step=step, loss=loss, family="cubic", status=int(number == 4),
            )  # fmt: skip
            writer.write("/learner_state", time_ns(number), time_ns(number), data)

    export(write(tmp_path / "d", [states], fill), tmp_path / "t", ("parquet",))
    [row] = rows(tmp_path / "t", "episodes")
    assert (row["steps"], row["attempts"], row["converged"]) == (3, 2, True)
    assert row["convergence_rate"] == pytest.approx(-math.log(2))
    assert row["parameter_names"] is row["x"] is None


def test_a_release_without_its_onset_is_told(tmp_path):
    def fill(writer: BagWriter) -> None:
        data = message("NoteEvent", stamp=START_NS, id=7, kind=0, key=60)
        writer.write("/notes", START_NS, START_NS, data)

    exported = export(write(tmp_path / "b", [NOTES], fill), tmp_path / "t", ("parquet",))
    assert exported.remarks == ("1 release without an onset left out",)


def test_a_bag_that_was_cut_off_is_exported_as_far_as_it_goes_and_says_so(tmp_path):
    bag = notes_bag(tmp_path / "cut", 200, finish=False)
    exported = export(bag, tmp_path / "t", ("parquet",))
    assert exported.remarks == ("cut_0.mcap: it was cut off",)
    [row] = rows(tmp_path / "t", "performances")
    assert (row["messages"], row["damage"]) == (200, "cut_0.mcap: it was cut off")


def test_another_version_of_a_message_is_one_line(tmp_path):
    from dataclasses import replace

    old = replace(NOTES, definition=b"builtin_interfaces/Time stamp\nuint64 id\nuint8 kind\n")
    bag = write(tmp_path / "b", [old], lambda w: w.write("/notes", START_NS, START_NS, note(1)))
    with pytest.raises(
        UserError, match=r"/notes was recorded with another version.*no field 'key'"
    ):
        export(bag, tmp_path / "t", ("parquet",))


def test_a_bag_of_others_is_refused(tmp_path):
    image = topic("/rosout", "Log", "rcl_interfaces")
    bag = write(tmp_path / "b", [image], lambda w: w.write("/rosout", 1, 1, bytes(64)))
    with pytest.raises(UserError, match="no Descant topics in this bag"):
        export(bag, tmp_path / "t", ("parquet",))


def test_memory_does_not_grow_with_the_bag(tmp_path, monkeypatch):
    """Peak of Python's and Arrow's memory over 1 and 6 times the length, with small row groups,
    chunks and parts of the file, and a short memory for what was heard.
    """
    pyarrow = pytest.importorskip("pyarrow")
    for name, most in (
        ("research.table_writer.ROWS", 256),
        ("research.missed_events.MAX_WAITING", 256),
        ("research.table_builder.KEPT", 256),
        ("bags.mcapfile.CHUNK_BYTES", 1 << 15),
        ("bags.bag_scan.PART_BYTES", 1 << 15),
    ):
        monkeypatch.setattr(f"descant.{name}", most)
    lengths = {"warm": 300, "short": 1_000, "long": 6_000}
    bags = {name: long_bag(tmp_path / name, count) for name, count in lengths.items()}
    peaks = {}
    for name, bag in bags.items():
        tracemalloc.start()
        export(bag, tmp_path / f"{name}-tables", ("parquet",))
        peaks[name] = (
            tracemalloc.get_traced_memory()[1] + pyarrow.default_memory_pool().max_memory()
        )
        tracemalloc.stop()
    for name, count in lengths.items():  # not before: reading takes more of Arrow's memory
        assert len(rows(tmp_path / f"{name}-tables", "states")) == count
    # What does grow is Parquet's own footer: a few hundred bytes a column of each row group.
    assert peaks["long"] < 2 * peaks["short"], peaks


def long_bag(folder: Path, count: int) -> Path:
    """`count` notes of 50 ms, a state after each, an episode every 20: one message of each kind,
    with its stamp and numbers written over.
    """
    on = bytearray(message("NoteEvent", kind=1, key=60, velocity=64, velocity_14bit=8192))
    off = bytearray(message("NoteEvent", kind=0, key=60))
    vector = [0.1, 0.2, 0.3, 0.4]
    state = bytearray(
        message("LearnerState", run=1, family="cubic", target=vector, theta=vector, loss=0.5,
                gradient=vector, notes=[1])
    )  # fmt: skip

    def stamped(data: bytearray, time: int, layout: str = "", offset: int = 0, *more: int) -> bytes:
        struct.pack_into("<iI", data, 4, time // NANOSECONDS, time % NANOSECONDS)
        if layout:
            struct.pack_into(layout, data, offset, *more)
        return bytes(data)

    def fill(writer: BagWriter) -> None:
        for number in range(count):
            time = START_NS + number * 100 * MS
            writer.write("/notes", time, time, stamped(on, time, "<Q", 12, number))
            steps = ("<IxxxxI", 36, number // 20 + 1, number % 20)
            writer.write("/learner_state", time + MS, time, stamped(state, time, *steps))
            time += 50 * MS
            writer.write("/notes", time, time, stamped(off, time, "<Q", 12, number))

    return write(folder, [NOTES, topic("/learner_state", "LearnerState")], fill)


def test_a_real_performance_gives_every_note(tmp_path):
    """The Bach prelude: counted as those who published it counted."""
    bag = performed_bag(tmp_path / "bach", midi_file(performance("bach-prelude-866")))
    export(bag, tmp_path / "t", ("parquet",))
    found = rows(tmp_path / "t", "notes")
    assert len(found) == 638
    assert all(row["duration"] >= 0 for row in found)  # one is struck and released at once
    assert len({(row["key"], row["onset_ns"]) for row in found}) == 638


def test_events_of_a_piano_are_what_the_helper_makes():
    """The bag's helper strikes and releases: otherwise the tests above would prove little."""
    made = list(strokes(10))
    assert sum(isinstance(e, Note) and e.on for e in made) == 10
    assert [e.value for e in made if isinstance(e, Pedal)] == [127, 0]
