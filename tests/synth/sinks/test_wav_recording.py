# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""A recording becomes a WAV file of its name when it ends, and is never lost."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

from descant.synth.sinks import wav_recording
from descant.synth.sinks.base import SinkError
from descant.synth.sinks.wav_recording import WavRecording, aside, hidden
from support.smalldisk import fill, small_disk

RATE = 48_000
WRITER = """
import sys, numpy as np
from pathlib import Path
from descant.synth.sinks.wav_recording import WavRecording
file = WavRecording(Path(sys.argv[1]), 48_000)
block = np.full((2, 480), 0.25, np.float32)
for n in range(95):
    file.write(*block)
print("written", flush=True)
sys.stdin.read()
"""


def record(path: Path, count: int) -> None:
    recording = WavRecording(path, RATE)
    recording.write(*np.zeros((2, count), np.float32))
    recording.close()


def test_it_has_its_name_when_it_ends_and_the_older_one_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "show.wav"
    record(path, 100)
    recording = WavRecording(path, RATE)
    recording.write(*np.zeros((2, 200), np.float32))
    assert soundfile.info(path).frames == 100
    recording.close()
    assert soundfile.info(path).frames == 200
    record(path, 300)
    found = {p.name: soundfile.info(p).frames for p in path.parent.iterdir()}
    assert found == {"show.wav": 300, "show-1.wav": 100, "show-2.wav": 200}


def test_one_without_sound_leaves_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "show.wav"
    record(path, 100)
    WavRecording(path, RATE).close()
    assert [p.name for p in tmp_path.iterdir()] == ["show.wav"]
    assert soundfile.info(path).frames == 100


def test_killed_in_the_middle_it_loses_half_a_second_at_most(tmp_path: Path) -> None:
    path = tmp_path / "show.wav"
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == b"written\n"
        with pytest.raises(SinkError, match=r"show\.wav: another synthesiser is recording it"):
            WavRecording(path, RATE)
        os.kill(writer.pid, signal.SIGKILL)
    left = soundfile.read(hidden(path))[0]
    assert 0.45 <= len(left) / RATE <= 0.95
    np.testing.assert_allclose(left, 0.25, atol=1e-6)
    record(path, 100)
    found = {p.name: soundfile.info(p).frames for p in tmp_path.iterdir()}
    assert found == {"show.wav": 100, "show-1.wav": len(left)}


def test_what_is_no_file_is_never_moved(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.wav")
    (tmp_path / "folder.wav").mkdir()
    before = sorted(tmp_path.iterdir())
    for path in (*before, Path("/dev/null")):
        with pytest.raises(SinkError, match=r"cannot write .*: it is no file"):
            WavRecording(path, RATE)
    assert sorted(tmp_path.iterdir()) == before


def test_a_link_stays_and_its_target_is_written(tmp_path: Path) -> None:
    link = tmp_path / "link.wav"
    link.symlink_to("show.wav")
    record(link, 100)
    assert link.is_symlink()
    assert soundfile.info(tmp_path / "show.wav").frames == 100


def test_an_older_file_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "show.wav"
    for text in ("first", "second", "third"):
        aside(path)
        path.write_text(text)
    assert (tmp_path / "show-1.wav").read_text() == "first"
    assert (tmp_path / "show-2.wav").read_text() == "second"
    aside(tmp_path / "nothing.wav")


def test_a_place_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SinkError, match=r"cannot write .*a\.wav: File exists"):
        WavRecording(tmp_path / "file" / "a.wav", RATE)
    with pytest.raises(SinkError, match=r"cannot write .*a\.wav: "):
        WavRecording(Path("/proc/a.wav"), RATE)


def test_a_file_that_is_full_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wav_recording, "MOST_SAMPLES", 40_000)
    recording = WavRecording(tmp_path / "a.wav", RATE)
    recording.write(*np.zeros((2, 30_000), np.float32))
    with pytest.raises(SinkError, match=r"a\.wav is full: a WAV file ends at 4 GB"):
        recording.write(*np.zeros((2, 30_000), np.float32))
    recording.close()
    assert soundfile.info(tmp_path / "a.wav").frames == 30_000


def test_a_full_disk_is_one_line_and_keeps_the_sound_before_it(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 20_000) as disk:
        recording = WavRecording(disk / "show.wav", RATE)
        recording.write(*np.zeros((2, 24_000), np.float32))
        filler = fill(disk, leave=8)
        with pytest.raises(SinkError, match=r"show\.wav: No space left on device"):
            recording.write(*np.zeros((2, 24_000), np.float32))
        recording.close()
        assert soundfile.info(disk / "show.wav").frames == 24_000
        with pytest.raises(SinkError, match="less than 16 MB are free"):
            WavRecording(disk / "show.wav", RATE)
        filler.unlink()
        record(disk / "show.wav", 100)
        assert sorted(p.name for p in disk.iterdir()) == ["show-1.wav", "show.wav"]
