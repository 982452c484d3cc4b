# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Recording in the background: nothing waits for the disk, and a full one stops only the bag."""

import contextlib
import errno
import os
import re
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from io import FileIO
from pathlib import Path
from typing import Any

import pytest
from mcap.reader import make_reader

from descant.bags import mcapfile
from descant.bags.info import info
from descant.bags.progress import LOST_ON_THE_WAY, SLOW_DISK, SLOW_PROCESSOR, Phase
from descant.bags.reader import messages, read
from descant.bags.repair import repair
from descant.bags.settings import RecorderSettings
from descant.bags.thread import BagThread
from descant.bags.topics import RecordedTopic
from descant.bags.writer import BagWriter
from descant.errors import UserError
from support.bags import NOTES, mcap_of, note, time_ns
from support.node import wait_until

QUICK = RecorderSettings(flush=0.05, reserve=0)
BLOB = RecordedTopic("/blob", "x/msg/Blob", b"uint8[] data\n")


def put_notes(bag: BagThread, count: int, start: int = 0) -> None:
    for n in range(start, start + count):
        assert bag.put("/notes", time_ns(n), time_ns(n), note(n), bulky=False)


def test_what_was_put_is_in_the_closed_bag(tmp_path: Path) -> None:
    bag = BagThread(tmp_path / "show", QUICK)
    bag.add_topic(NOTES)
    put_notes(bag, 1_000)
    bag.close()
    assert bag.progress.phase is Phase.STOPPED
    assert bag.progress.messages == 1_000
    assert info(bag.progress.bag).damage == ()
    assert [n.id for n in read(bag.progress.bag).notes] == list(range(1_000))


def test_messages_can_be_read_while_the_bag_is_open(tmp_path: Path) -> None:
    bag = BagThread(tmp_path / "show", QUICK)
    bag.add_topic(NOTES)
    put_notes(bag, 10)
    wait_until(lambda: bag.progress.messages == 10, "ten messages on the disk")
    assert len(read(bag.progress.bag).notes) == 10
    put_notes(bag, 10, start=10)
    bag.close()
    assert len(read(bag.progress.bag).notes) == 20


def test_progress_tells_bytes_and_room(tmp_path: Path) -> None:
    bag = BagThread(tmp_path / "show", QUICK)
    bag.add_topic(NOTES)
    put_notes(bag, 10)
    wait_until(lambda: bag.progress.messages == 10, "ten messages on the disk")
    bag.close()
    progress = bag.progress
    assert progress.bytes == (progress.bag / "show_0.mcap").stat().st_size
    assert progress.free_bytes > 0


class Slow:
    """Holds the writing of the bag back until it is let go."""

    def __init__(self) -> None:
        self.free = threading.Event()
        self.writing = threading.Event()

    def wait(self) -> None:
        if threading.current_thread() is not threading.main_thread():
            self.writing.set()
            assert self.free.wait(60)


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Iterator[Slow]:
    """A slow disk, or with the parameter 'processor' a slow compression."""
    slow = Slow()

    class SlowFile(FileIO):
        def write(self, data: Any) -> int:
            slow.wait()
            return super().write(data)

    if getattr(request, "param", "disk") == "disk":
        monkeypatch.setattr(mcapfile, "FileIO", SlowFile)
    else:
        real = BagWriter.write

        def write(writer: BagWriter, *message: object) -> None:
            slow.wait()
            real(writer, *message)  # type: ignore[arg-type]

        monkeypatch.setattr(BagWriter, "write", write)
    yield slow
    slow.free.set()


@pytest.mark.parametrize(
    ("slow", "cause"), [("disk", SLOW_DISK), ("processor", SLOW_PROCESSOR)], indirect=["slow"]
)
def test_what_is_slow_costs_pictures_before_notes_and_is_named(
    tmp_path: Path, slow: Slow, cause: str
) -> None:
    """Pictures are refused from half of the queue on, notes only when it is full."""
    bag = BagThread(tmp_path / "show", RecorderSettings(flush=0.05, reserve=0, queue=1))
    bag.add_topic(NOTES)
    bag.add_topic(BLOB)
    put_notes(bag, 1)
    assert slow.writing.wait(60)
    time.sleep(0.1)  # so long it is slow
    picture = bytes(100_000)
    taken = sum(bag.put("/blob", n, n, picture, bulky=True) for n in range(20))
    assert taken == 5  # half of 1 MiB
    put_notes(bag, 500, start=1)
    assert bag.progress.message == f"15 messages missing: {cause}"
    bag.add_lost(2)
    assert bag.progress.message.endswith(f"; 2 messages missing: {LOST_ON_THE_WAY}")
    slow.free.set()
    bag.close()
    assert len(read(bag.progress.bag).notes) == 501
    assert (bag.progress.dropped, bag.progress.messages) == (17, 506)
    assert bag.progress.missing == {cause: 15, LOST_ON_THE_WAY: 2}


def test_large_messages_have_chunks_of_their_own_that_cost_little(tmp_path: Path) -> None:
    """A picture is not compressed by zstd, which takes 7 to 29 ms for a raw one, nor are notes
    left uncompressed between pictures.
    """
    bag = BagThread(tmp_path / "show", RecorderSettings(flush=0.5, reserve=0))
    bag.add_topic(BLOB)
    bag.add_topic(NOTES)
    for n in range(10):
        bag.put("/blob", time_ns(n), time_ns(n), bytes([n]) * 100_000, bulky=True)
        put_notes(bag, 1, start=n)
    bag.close()
    with mcap_of(tmp_path / "show").open("rb") as file:
        summary = make_reader(file).get_summary()
        assert summary is not None
        assert [chunk.compression for chunk in summary.chunk_indexes] == ["zstd", "lz4"]
        found = [message.data[0] for _, _, message in make_reader(file).iter_messages(["/blob"])]
    assert found == list(range(10))
    assert [m.data[0] for m in messages(tmp_path / "show", ["/blob"])] == found
    assert len(read(tmp_path / "show").notes) == 10


def test_a_queue_that_fills_is_written_before_the_flush_is_due(tmp_path: Path) -> None:
    bag = BagThread(tmp_path / "show", RecorderSettings(flush=0.5, reserve=0, queue=1))
    bag.add_topic(BLOB)
    since = time.monotonic()
    assert all(bag.put("/blob", n, n, bytes(100_000), bulky=True) for n in range(3))
    wait_until(lambda: bag.progress.messages == 3, "three pictures")
    assert time.monotonic() - since < 0.4 or os.getloadavg()[0] > 2.0
    bag.close()


@pytest.mark.parametrize("slow", ["processor"], indirect=True)
def test_the_queue_is_bounded_for_notes_too(tmp_path: Path, slow: Slow) -> None:
    bag = BagThread(tmp_path / "show", RecorderSettings(flush=0.05, reserve=0, queue=1))
    bag.add_topic(NOTES)
    taken = sum(bag.put("/notes", n, n, bytes(1_000), bulky=False) for n in range(2_000))
    assert 700 < taken < 1_049
    slow.free.set()
    bag.close()
    assert bag.progress.messages == taken


def test_recording_stops_in_order_before_the_disk_is_full(tmp_path: Path) -> None:
    """Less than the reserve is free: the bag is closed whole, and what comes later is refused."""
    bag = BagThread(tmp_path / "show", RecorderSettings(flush=0.05, reserve=1_000_000))
    bag.add_topic(NOTES)
    wait_until(lambda: bag.progress.phase is Phase.FAILED, "the recorder to notice")
    assert "less than the reserve of 1000000 MiB" in bag.progress.message
    assert not bag.put("/notes", 1, 1, note(1), bulky=False)
    bag.close()
    assert info(bag.progress.bag).damage == ()


FILL = f"""
import os, sys, time
sys.path.insert(0, {str(Path(__file__).parents[1])!r})
from pathlib import Path
from descant.bags.progress import Phase
from descant.bags.settings import RecorderSettings
from descant.bags.thread import BagThread
from descant.bags.topics import RecordedTopic
{{before}}
bag = BagThread(Path(sys.argv[1]), RecorderSettings(flush=0.05, reserve=0))
bag.add_topic(RecordedTopic("/blob", "x/msg/Blob", b"uint8[] data\\n"))
number = 0
while bag.progress.phase is Phase.RECORDING and number < 3000:
    bag.put("/blob", number, number, number.to_bytes(4, "little") + os.urandom(20_000), bulky=False)
    number += 1
    time.sleep(0.005)
bag.close()
print(bag.progress.phase.name, bag.progress.message, bag.progress.messages, sep="|")
"""


def fill(folder: Path, before: str = "") -> tuple[str, str, int]:
    """Record noise until the disk is full, in a process of its own."""
    run = subprocess.run(
        [sys.executable, "-c", FILL.format(before=before), str(folder)],
        capture_output=True, text=True, timeout=100, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    phase, message, count = run.stdout.strip().split("|")
    return phase, message, int(count)


def assert_repairable(bag: Path, count: int) -> None:
    """What was reported as written is in the file, cut back to a whole chunk; repair works."""
    assert info(bag).messages == count > 0
    assert info(bag).damage[0].endswith("it was cut off")
    assert repair(bag).messages == count
    assert info(bag).damage == ()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A real file system of 4 MiB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(disk)]
    mounted = subprocess.run(command, capture_output=True, text=True, check=False)
    if mounted.returncode != 0:
        pytest.skip(f"mounting a small disk is not permitted here: {mounted.stderr.strip()}")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


@pytest.mark.slow
def test_a_really_full_disk_stops_the_recording_and_the_bag_mends(
    small_disk: Path, tmp_path: Path
) -> None:
    phase, message, count = fill(small_disk / "show")
    assert (phase, message) == ("FAILED", "the disk is full: No space left on device")
    # Copied to where there is room for the repaired file.
    bag = tmp_path / "show"
    bag.mkdir()
    (bag / "show_0.mcap").write_bytes((small_disk / "show" / "show_0.mcap").read_bytes())
    assert_repairable(bag, count)


def test_a_disk_that_is_full_from_the_start_is_a_failure_not_an_end(small_disk: Path) -> None:
    filler = (small_disk / "filler").open("wb", buffering=0)
    with filler, contextlib.suppress(OSError):
        while True:
            filler.write(bytes(1 << 16))
    bag = BagThread(small_disk / "show", QUICK)
    wait_until(lambda: bag.progress.phase is Phase.FAILED, "the recorder to notice")
    assert bag.progress.message == "the disk is full: No space left on device"
    bag.close()


def test_a_file_that_may_not_grow_stops_the_recording_and_the_bag_mends(tmp_path: Path) -> None:
    limit = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))"
    phase, message, count = fill(tmp_path / "show", before=limit)
    assert (phase, message) == ("FAILED", "cannot write: File too large")
    assert_repairable(tmp_path / "show", count)


def test_a_place_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UserError, match=r"cannot create the bag .*show: Not a directory"):
        BagThread(tmp_path / "file" / "show", QUICK)


def test_the_disk_itself_is_asked_for_now_and_then(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """fsync runs beside the writing, so that a disk that takes its time holds nothing up."""
    asked, answer = threading.Event(), threading.Event()
    real = os.fsync

    def fsync(descriptor: int) -> None:
        if threading.current_thread() is not threading.main_thread():
            asked.set()
            answer.wait(60)
        real(descriptor)

    bag = BagThread(tmp_path / "show", RecorderSettings(flush=0.05, sync=0.1, reserve=0))
    monkeypatch.setattr(os, "fsync", fsync)
    bag.add_topic(NOTES)
    assert asked.wait(60)
    put_notes(bag, 10)
    wait_until(lambda: bag.progress.messages == 10, "ten messages, though fsync still waits")
    answer.set()
    bag.close()
    assert len(read(bag.progress.bag).notes) == 10


def test_a_bag_is_complete_before_the_disk_is_asked_for_at_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A launcher kills a recorder whose fsync takes longer than it waits."""
    bag = BagThread(tmp_path / "show", RecorderSettings(flush=0.05, sync=0.0, reserve=0))
    bag.add_topic(NOTES)
    put_notes(bag, 10)
    damage: list[tuple[str, ...]] = []
    monkeypatch.setattr(os, "fsync", lambda _: damage.append(info(tmp_path / "show").damage))
    bag.close()
    assert damage
    assert not any(damage)


def delete(folder: Path) -> None:
    shutil.rmtree(folder)


def delete_the_file(folder: Path) -> None:
    (folder / f"{folder.name}_0.mcap").unlink()


def truncate_the_file(folder: Path) -> None:
    os.truncate(folder / f"{folder.name}_0.mcap", 0)


def truncate_half(folder: Path) -> None:
    file = folder / f"{folder.name}_0.mcap"
    os.truncate(file, file.stat().st_size // 2)


def rename(folder: Path) -> None:
    folder.rename(folder.with_name("kept"))


def replace_it(folder: Path) -> None:
    """As another recorder does that finds the name free."""
    rename(folder)
    BagWriter(folder).close()


def replace_the_file(folder: Path) -> None:
    (folder / "new").write_bytes(b"other")
    (folder / "new").replace(folder / f"{folder.name}_0.mcap")


def describe_another(folder: Path) -> None:
    (folder / "metadata.yaml").write_text("another recorder's\n")


def write_another(folder: Path) -> None:
    with (folder / "other_0.mcap").open("wb", buffering=0) as other:
        for _ in range(200):
            other.write(b"x")
            threading.Event().wait(0.01)


@pytest.mark.parametrize(
    ("happens", "told", "kept"),
    [
        (delete, "show_0.mcap was deleted while it was recorded", None),
        (delete_the_file, "show_0.mcap was deleted while it was recorded", None),
        (truncate_the_file, "show_0.mcap was truncated while it was recorded", None),
        (truncate_half, "show_0.mcap was truncated while it was recorded", None),
        (
            rename,
            "show_0.mcap was moved while it was recorded; it is now .*kept/show_0.mcap",
            "kept",
        ),
        (replace_it, "show_0.mcap was moved while it was recorded", "kept"),
        (replace_the_file, "show_0.mcap was deleted while it was recorded", None),
        (describe_another, "another program changed metadata.yaml in .*show", "show"),
        (write_another, "another program writes into .*show: other_0.mcap", "show"),
    ],
)
def test_a_bag_that_was_taken_away_is_told_within_a_second_and_what_is_left_of_it(
    tmp_path: Path, happens: Callable[[Path], None], told: str, kept: str | None
) -> None:
    bag = BagThread(tmp_path / "show", QUICK)
    bag.add_topic(NOTES)
    put_notes(bag, 10)
    wait_until(lambda: bag.progress.messages == 10, "ten messages on the disk")
    happens(tmp_path / "show")
    since = time.monotonic()
    wait_until(lambda: bag.progress.phase is Phase.FAILED, "the recorder to notice")
    assert time.monotonic() - since < 1.0 or os.getloadavg()[0] > 2.0
    assert re.search(told, bag.progress.message)
    assert bag.progress.lost
    assert bag.progress.messages == (10 if kept else 0)
    if kept:
        assert len(read(tmp_path / kept).notes) == 10
        [file] = (tmp_path / kept).glob("show_0.mcap")
        assert info(file).damage == ()
    bag.close()
    again = BagThread(tmp_path / "show", QUICK, [tmp_path / "show"])
    assert again.progress.bag == tmp_path / "show-2"
    again.close()


def test_a_truncated_file_is_not_filled_with_zeros(tmp_path: Path) -> None:
    """What is written next would begin behind the gap."""
    bag = BagThread(tmp_path / "show", RecorderSettings(flush=0.2, reserve=0))
    bag.add_topic(NOTES)
    put_notes(bag, 10)
    wait_until(lambda: bag.progress.messages == 10, "ten messages on the disk")
    truncate_the_file(tmp_path / "show")
    put_notes(bag, 10)
    bag.close()
    assert (bag.progress.phase, bag.progress.messages) == (Phase.FAILED, 0)
    assert (tmp_path / "show" / "show_0.mcap").stat().st_size == 0


def test_the_last_word_counts_what_is_there(tmp_path: Path) -> None:
    """Deleted at the very end, between two looks at it."""
    bag = BagThread(tmp_path / "show", RecorderSettings(flush=0.5, reserve=0))
    bag.add_topic(NOTES)
    put_notes(bag, 10)
    delete(tmp_path / "show")
    bag.close()
    assert (bag.progress.phase, bag.progress.messages) == (Phase.FAILED, 0)


def test_metadata_that_cannot_be_written_is_a_warning_and_tried_again(tmp_path: Path) -> None:
    bag = BagThread(tmp_path / "show", QUICK)
    file = tmp_path / "show" / "metadata.yaml"
    file.unlink()
    file.mkdir()  # in its way
    bag.add_topic(NOTES)
    put_notes(bag, 10)
    wait_until(lambda: bag.progress.warning != "", "the warning")
    assert bag.progress.warning == "metadata.yaml cannot be written: Is a directory"
    put_notes(bag, 10, start=10)
    wait_until(lambda: bag.progress.messages == 20, "messages all the same")
    assert bag.progress.phase is Phase.RECORDING
    file.rmdir()
    wait_until(lambda: bag.progress.warning == "", "another trial")
    bag.close()
    assert bag.progress.message == "closed"
    assert info(tmp_path / "show").damage == ()


def test_metadata_that_was_deleted_is_written_again(tmp_path: Path) -> None:
    bag = BagThread(tmp_path / "show", QUICK)
    file = tmp_path / "show" / "metadata.yaml"
    file.unlink()
    wait_until(file.exists, "metadata.yaml")
    bag.close()
    assert bag.progress.phase is Phase.STOPPED


def test_an_error_of_the_disk_itself_ends_the_recording(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The system tells it once, to the thread that calls fsync."""

    def fsync(descriptor: int) -> None:
        if threading.current_thread() is not threading.main_thread():
            raise OSError(errno.EIO, "Input/output error")

    bag = BagThread(tmp_path / "show", RecorderSettings(flush=0.05, sync=0.1, reserve=0))
    monkeypatch.setattr(os, "fsync", fsync)
    wait_until(lambda: bag.progress.phase is Phase.FAILED, "the failure")
    assert bag.progress.message == "cannot write: Input/output error"
    bag.close()
