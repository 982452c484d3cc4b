# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""descant demo, on the real graph."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import mido
import pytest
from click.testing import CliRunner

from descant import resources
from descant.bags.reader import read
from descant.commands.demo import SEED, command, farewell
from descant.demo.folder import DemoFolder
from descant.errors import UserError
from descant.learner.settings import LearnerSettings
from descant.types import LearningStatus
from support.graph import domain_id
from support.recordings import perform

PART1 = Path(__file__).resolve().parents[2] / "share" / "midi" / "part1.mid"


@pytest.fixture
def short(tmp_path: Path) -> Path:
    """A bass note and two bars above, 2.4 s."""
    track = mido.MidiTrack()
    track.append(mido.Message("control_change", control=64, value=100, time=100))
    for key, pause in ((34, 100), (75, 200), (77, 200), (84, 200), (82, 200)):
        track.append(mido.Message("note_on", note=key, velocity=60, time=pause))
        track.append(mido.Message("note_off", note=key, velocity=40, time=180))
    track.append(mido.Message("control_change", control=64, value=0, time=300))
    track.append(mido.MetaMessage("end_of_track", time=200))
    midi = mido.MidiFile(type=0, ticks_per_beat=500, tracks=[track])
    path = tmp_path / "short.mid"
    midi.save(path)
    return path


def start(midi: Path, folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "descant.cli", "demo", "--midi", midi, "-o", folder,
         "--domain", str(domain_id())],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )  # fmt: skip


def processes_that_mention(text: str) -> list[str]:
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = path.read_bytes().decode(errors="replace").replace("\0", " ")
        except OSError:
            continue
        if text in words and str(os.getpid()) != path.parent.name:
            found.append(words)
    return found


def is_gone(text: str, timeout_s: float = 30.0) -> bool:
    deadline = time.monotonic() + timeout_s
    while processes_that_mention(text):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


@pytest.mark.graph
@pytest.mark.skipif(sys.platform != "linux", reason="looks at processes in /proc")
def test_a_performance_becomes_a_wav_a_bag_and_a_picture(tmp_path, short):
    folder = DemoFolder(tmp_path / "demo")
    demo = start(short, folder.path)
    said, _ = demo.communicate(timeout=110)
    assert demo.returncode == 0, said + folder.log.read_text()
    lines = said.strip().splitlines()[-3:]
    assert [line.split()[0] for line in lines] == ["sound", "picture", "your"]
    recording = read(folder.bag)
    assert [note.key for note in recording.notes if note.on] == [34, 75, 77, 84, 82]
    assert [recorded.state.step for recorded in recording.states] == [0, 1, 2, 3, 4]
    assert folder.wav.stat().st_size > 48_000 * 2
    assert folder.picture.read_bytes().startswith(b"\x89PNG")
    assert "all ended" in folder.log.read_text()
    assert is_gone(str(folder.path))


@pytest.mark.graph
@pytest.mark.skipif(sys.platform != "linux", reason="looks at processes in /proc")
def test_ctrl_c_stops_everything_in_order(tmp_path, short):
    folder = DemoFolder(tmp_path / "demo")
    demo = start(short, folder.path)
    deadline = time.monotonic() + 60
    while not (folder.log.exists() and "piano" in folder.log.read_text()):
        assert time.monotonic() < deadline
        assert demo.poll() is None, demo.communicate()[0]
        time.sleep(0.05)
    demo.send_signal(signal.SIGINT)
    said, _ = demo.communicate(timeout=60)
    assert demo.returncode == 130, said
    assert "Traceback" not in said
    assert "all ended" in folder.log.read_text()
    assert is_gone(str(folder.path))


def test_the_bundled_improvisation_ends_in_tune():
    """The climax rests within its cascade, the last episode on the first note of the last chord."""
    recording = perform(PART1, LearnerSettings(seed=SEED))
    last: dict[int, tuple[int, LearningStatus]] = {}
    for state in (recorded.state for recorded in recording.states):
        last[state.episode] = (state.step, state.status)
    rested = {episode: step for episode, (step, status) in last.items() if status.value == 1}
    assert rested == {5: 21, 7: 26}


def test_a_broken_midi_file_is_one_line_and_nothing_is_started(tmp_path):
    broken = tmp_path / "broken.mid"
    broken.write_bytes(b"MThd but not for long")
    result = CliRunner().invoke(command, ["--midi", str(broken), "-o", str(tmp_path / "demo")])
    assert isinstance(result.exception, UserError)
    assert "broken.mid" in str(result.exception)
    assert not (tmp_path / "demo").exists()


def test_a_folder_with_other_things_in_it_is_left_alone(tmp_path):
    (tmp_path / "thesis.txt").write_text("mine")
    result = CliRunner().invoke(command, ["--midi", str(PART1), "-o", str(tmp_path)])
    assert isinstance(result.exception, UserError)
    assert "thesis.txt" in str(result.exception)
    assert [p.name for p in tmp_path.iterdir()] == ["thesis.txt"]


def test_without_ros_it_says_what_is_missing(monkeypatch, tmp_path):
    monkeypatch.setattr(resources.importlib.util, "find_spec", lambda _name: None)
    result = CliRunner().invoke(command, ["-o", str(tmp_path / "demo")])
    assert isinstance(result.exception, UserError)
    assert str(result.exception).startswith("'demo' needs the ROS graph, and rclpy is missing")


def test_the_last_words_are_three_lines(tmp_path):
    lines = farewell(DemoFolder(tmp_path))
    assert [text in line for text, line in zip(
        (str(tmp_path / "part1.wav"), str(tmp_path / "part1.png"), "launch part1 piano:=file:"),
        lines,
        strict=True,
    )] == [True, True, True]  # fmt: skip
