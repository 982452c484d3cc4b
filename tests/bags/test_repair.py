# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""A bag that was cut off becomes a whole one, once."""

import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from mcap.writer import Writer
from rosbags.highlevel import AnyReader

from descant.bags.info import info
from descant.bags.mcapfile import McapFile
from descant.bags.reader import messages, read
from descant.bags.repair import repair
from descant.bags.writer import BagWriter
from descant.errors import UserError
from support.bags import NOTES, START_NS, mcap_of, message, note, notes_bag, time_ns, topic


@pytest.fixture
def cut(tmp_path: Path) -> Path:
    """250 notes, of which 200 were flushed before the recorder was killed."""
    return notes_bag(tmp_path / "show", 250, finish=False)


def test_a_mended_bag_is_whole_for_rosbags(cut: Path) -> None:
    result = repair(cut)
    assert result.messages == 200
    assert info(cut).damage == ()
    with AnyReader([cut]) as reader:
        found = [(time, connection.topic) for connection, time, _ in reader.messages()]
    assert found == [(time_ns(n), "/notes") for n in range(200)]


def test_everything_a_channel_said_is_kept(cut: Path) -> None:
    before = info(cut).topics
    repair(cut)
    assert info(cut).topics == before == {NOTES: 200}


def test_the_old_file_is_kept_beside_the_new_one(cut: Path) -> None:
    before = mcap_of(cut).read_bytes()
    [file] = repair(cut).files
    assert file.original == cut / "show_0.mcap.orig"
    assert file.original.read_bytes() == before


def test_with_replace_nothing_else_is_left(cut: Path) -> None:
    repair(cut, keep=False)
    assert sorted(p.name for p in cut.iterdir()) == ["metadata.yaml", "show_0.mcap"]


def test_mending_twice_is_mending_once(cut: Path) -> None:
    repair(cut)
    before = {p: p.read_bytes() for p in cut.iterdir()}
    result = repair(cut)
    assert (result.files, result.metadata_written) == ((), False)
    assert {p: p.read_bytes() for p in cut.iterdir()} == before


def test_a_whole_bag_is_not_touched(tmp_path: Path) -> None:
    bag = notes_bag(tmp_path / "show", 10)
    before = {p: p.read_bytes() for p in bag.iterdir()}
    assert repair(bag).files == ()
    assert {p: p.read_bytes() for p in bag.iterdir()} == before


def test_only_metadata_yaml_is_written_where_only_that_is_missing(tmp_path: Path) -> None:
    bag = notes_bag(tmp_path / "show", 10)
    (bag / "metadata.yaml").unlink()
    result = repair(bag)
    assert (result.files, result.metadata_written) == ((), True)
    written = yaml.safe_load((bag / "metadata.yaml").read_text())["rosbag2_bagfile_information"]
    assert written["message_count"] == 10
    assert written["starting_time"] == {"nanoseconds_since_epoch": START_NS}


def test_a_stale_metadata_yaml_is_written_anew(cut: Path) -> None:
    assert "metadata.yaml: missing or outdated" in info(cut).damage
    repair(cut)
    written = yaml.safe_load((cut / "metadata.yaml").read_text())["rosbag2_bagfile_information"]
    assert written["message_count"] == 200


def test_in_a_split_bag_only_the_broken_file_is_rewritten(tmp_path: Path) -> None:
    bag = notes_bag(tmp_path / "show", 10)
    shutil.copy(mcap_of(notes_bag(tmp_path / "more", 100, finish=False)), bag / "show_1.mcap")
    (bag / "metadata.yaml").unlink()  # as a killed recorder of split files leaves it
    result = repair(bag)
    assert [f.file.name for f in result.files] == ["show_1.mcap"]
    assert result.messages == 110
    assert len(list(messages(bag))) == 110


def test_one_file_can_be_mended_alone(cut: Path) -> None:
    result = repair(mcap_of(cut))
    assert (result.messages, result.metadata_written) == (200, False)


def test_a_bag_that_is_being_recorded_is_refused(tmp_path: Path) -> None:
    writer = BagWriter(tmp_path / "show")
    with pytest.raises(UserError, match=r"show_0\.mcap is being recorded: stop the recorder first"):
        repair(writer.folder)
    assert info(writer.folder).recording
    writer.close()
    assert not info(writer.folder).recording


def test_what_an_interrupted_mending_left_is_no_hindrance(cut: Path) -> None:
    (cut / "show_0.mcap.part").write_bytes(b"half a file")
    repair(cut)
    assert not list(cut.glob("*.part"))


def test_a_disk_without_room_leaves_the_bag_as_it_was(cut: Path) -> None:
    """The new file would be larger than this process may write: one line, nothing changed."""
    before = {p: p.read_bytes() for p in cut.iterdir()}
    script = f"""
import resource
from pathlib import Path
from descant.bags.repair import repair
from descant.errors import UserError
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
try:
    repair(Path({str(cut)!r}))
except UserError as error:
    print(error)
"""
    run = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60
    )
    assert run.stdout.strip() == f"cannot repair {cut}: File too large"
    assert {p: p.read_bytes() for p in cut.iterdir()} == before


TYPES = [topic("/x", "NoteEvent"), topic("/x", "PedalEvent"), topic("/x", "PedalEvent")]
TYPES[2] = replace(TYPES[2], definition=TYPES[2].definition + b"# of an older version\n")


def two_types(folder: Path) -> Path:
    """A file that was cut off with three types of messages on one topic, in turn."""
    bag = folder / "show"
    bag.mkdir()
    out = McapFile(bag / "show_0.mcap")
    channels = [out.add_topic(each) for each in TYPES]
    pedal = message("PedalEvent", stamp=START_NS, pedal=64, value=99)
    for number in range(9):
        data = note(number) if number % 3 == 0 else pedal
        out.write(channels[number % 3], time_ns(number), time_ns(number), data)
    out.flush()
    out.abandon()
    return bag


@pytest.mark.parametrize("keep", [True, False])
def test_types_that_share_a_topic_stay_apart(tmp_path: Path, keep: bool) -> None:
    bag = two_types(tmp_path)
    before = list(messages(bag))
    repair(bag, keep=keep)
    assert info(bag).damage == ()
    assert [(m.topic, m.log_time_ns, m.data) for m in messages(bag)] == [
        (m.topic, m.log_time_ns, m.data) for m in before
    ]
    assert {t.message_type: n for t, n in info(bag).topics.items()} == {
        "descant/msg/NoteEvent": 3,
        "descant/msg/PedalEvent": 6,
    }
    assert (len(read(bag).notes), len(read(bag).pedals)) == (3, 6)


def test_a_mended_file_that_lacks_messages_never_replaces_the_old_one(
    cut: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_all = McapFile.write
    monkeypatch.setattr(
        McapFile, "write", lambda self, *given: given[1] % 7 and write_all(self, *given)
    )
    before = {p: p.read_bytes() for p in cut.iterdir()}
    with pytest.raises(
        UserError, match=r"cannot repair .*show_0\.mcap: \d+ messages would be lost"
    ):
        repair(cut, keep=False)
    assert {p: p.read_bytes() for p in cut.iterdir()} == before


def test_a_bag_with_a_missing_file_is_never_made_complete(tmp_path: Path) -> None:
    bag = notes_bag(tmp_path / "show", 10)
    shutil.copy(mcap_of(notes_bag(tmp_path / "more", 100, finish=False)), bag / "show_2.mcap")
    (bag / "metadata.yaml").unlink()
    result = repair(bag)
    assert (result.messages, result.metadata_written) == (110, False)
    assert result.missing == ("missing: show_1.mcap",)
    assert "missing: show_1.mcap" in info(bag).damage
    assert not (bag / "metadata.yaml").exists()


def test_a_killed_repair_leaves_the_bag_and_its_leftovers_go(cut: Path) -> None:
    before = {p: p.read_bytes() for p in cut.iterdir()}
    script = f"""
import os, signal
from pathlib import Path
from descant.bags import repair
repair._replace = lambda *given, **more: os.kill(os.getpid(), signal.SIGKILL)
repair.repair(Path({str(cut)!r}))
"""
    subprocess.run([sys.executable, "-c", script], check=False, timeout=60)
    left = {p: p.read_bytes() for p in cut.iterdir() if p.is_file()}
    assert left == before
    assert len(list(cut.iterdir())) > len(before)
    repair(cut, keep=False)
    assert sorted(p.name for p in cut.iterdir()) == ["metadata.yaml", "show_0.mcap"]


def flip(path: Path) -> None:
    """Change one byte of the last chunk."""
    content = bytearray(path.read_bytes())
    content[content.rindex(b"\x28\xb5\x2f\xfd") + 40] ^= 0xFF
    path.write_bytes(content)


def hide(path: Path) -> None:
    """Give the last chunk of 50 messages a private opcode."""
    content = path.read_bytes()
    at = content.rindex(b"zstd", 0, content.rindex(b"\x28\xb5\x2f\xfd")) - 4 - 28 - 9
    assert content[at] == 6
    path.write_bytes(content[:at] + b"\x86" + content[at + 1 :])


def attach(path: Path) -> None:
    """Write the same bag with an attachment, cut off."""
    found = list(messages(path))
    with path.open("wb") as file:
        writer = Writer(file)
        writer.start("ros2", "test")
        writer.add_attachment(1, 1, "a.bin", "application/x", b"x" * 100_000)
        schema = writer.register_schema(NOTES.message_type, "ros2msg", NOTES.definition)
        channel = writer.register_channel("/notes", "cdr", schema)
        for each in found:
            writer.add_message(channel, each.log_time_ns, each.data, each.log_time_ns)
        writer.finish()
    path.write_bytes(path.read_bytes()[:-30])


@pytest.mark.parametrize("damage", [flip, hide, attach])
def test_an_original_with_more_than_is_recovered_is_kept(
    tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    bag = notes_bag(tmp_path / "show", 250)
    damage(mcap_of(bag))
    before = mcap_of(bag).read_bytes()
    [file] = repair(bag, keep=False).files
    assert file.original
    assert file.original.read_bytes() == before


def test_a_file_of_which_nothing_can_be_read_is_left_as_it_was(tmp_path: Path) -> None:
    bag = notes_bag(tmp_path / "show", 10)
    flip(mcap_of(bag))
    before = mcap_of(bag).read_bytes()
    with pytest.raises(UserError, match=r"show_0\.mcap: no message can be read \(its chunk"):
        repair(bag, keep=False)
    assert mcap_of(bag).read_bytes() == before


def test_fewer_messages_than_before_are_told(tmp_path: Path) -> None:
    bag = notes_bag(tmp_path / "show", 250)
    hide(mcap_of(bag))
    result = repair(bag)
    assert result.files[0].damage == "200 of its 250 messages can be read"
    assert result.lack == "metadata.yaml: 200 of its 250 messages can be read"


def test_a_file_that_is_no_mcap_file_leaves_the_others_to_be_repaired(tmp_path: Path) -> None:
    bag = notes_bag(tmp_path / "show", 10)
    (bag / "show_1.mcap").write_bytes(bytes(5_000))
    shutil.copy(mcap_of(notes_bag(tmp_path / "more", 100, finish=False)), bag / "show_2.mcap")
    (bag / "metadata.yaml").unlink()
    result = repair(bag)
    assert [file.file.name for file in result.files] == ["show_2.mcap"]
    assert result.missing == (f"not read: {bag / 'show_1.mcap'} is not an MCAP file",)
    assert (result.messages, result.metadata_written) == (110, False)


def test_a_bag_without_its_first_file_is_never_made_complete(tmp_path: Path) -> None:
    bag = notes_bag(tmp_path / "show", 10)
    mcap_of(bag).rename(bag / "show_1.mcap")
    (bag / "metadata.yaml").unlink()
    result = repair(bag.rename(tmp_path / "concert"))
    assert (result.missing, result.metadata_written) == (("missing: show_0.mcap",), False)
