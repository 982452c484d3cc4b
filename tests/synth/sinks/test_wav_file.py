"""A WAV file that can be read at any moment."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

from descant.synth.sinks.base import SinkError
from descant.synth.sinks.wav_file import WavFile, aside
from support.node import wait_until

WRITER = """
import sys, numpy as np
from pathlib import Path
from descant.synth.sinks.wav_file import WavFile
file = WavFile(Path(sys.argv[1]), 48_000)
block = np.full((2, 480), 0.25, np.float32)
for n in range(95):
    file.write(*block)
print("written", flush=True)
sys.stdin.read()
"""


def test_samples_come_back_to_24_bits(tmp_path: Path) -> None:
    samples = np.random.default_rng(1).uniform(-1, 1, (2, 5_000)).astype(np.float32)
    file = WavFile(tmp_path / "deep" / "a.wav", 44_100)
    for start in range(0, 5_000, 250):
        file.write(*samples[:, start : start + 250])
    file.close()
    heard, rate = soundfile.read(tmp_path / "deep" / "a.wav", dtype="float64")
    assert rate == 44_100
    np.testing.assert_allclose(heard.T, samples, atol=2.0**-23)


def test_what_is_too_large_stays_at_full_scale(tmp_path: Path) -> None:
    file = WavFile(tmp_path / "a.wav", 48_000)
    file.write(*np.array([[1.0, 2.0], [-1.0, -9.0]], np.float32))
    file.close()
    heard, _ = soundfile.read(tmp_path / "a.wav")
    np.testing.assert_allclose(heard, [[1.0, -1.0], [1.0, -1.0]], atol=1e-6)


def test_killed_in_the_middle_it_loses_half_a_second_at_most(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == b"written\n"
        os.kill(writer.pid, signal.SIGKILL)
    heard, _ = soundfile.read(path)
    assert 0.45 <= len(heard) / 48_000 <= 0.95
    np.testing.assert_allclose(heard, 0.25, atol=1e-6)


def test_it_can_be_read_while_it_grows(tmp_path: Path) -> None:
    file = WavFile(tmp_path / "a.wav", 48_000)
    assert soundfile.info(tmp_path / "a.wav").frames == 0
    for _ in range(3):
        file.write(*np.zeros((2, 24_000), np.float32))
    wait_until(lambda: soundfile.info(tmp_path / "a.wav").frames == 72_000, "all frames", 5.0)
    file.close()


def test_an_older_file_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "show.wav"
    for text in ("first", "second", "third"):
        aside(path)
        path.write_text(text)
    assert (tmp_path / "show-1.wav").read_text() == "first"
    assert (tmp_path / "show-2.wav").read_text() == "second"
    assert aside(tmp_path / "nothing.wav") is None


def test_a_place_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SinkError, match=r"cannot write .*a\.wav: "):
        WavFile(tmp_path / "file" / "a.wav", 48_000)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="/dev/full is Linux's")
def test_a_full_disk_is_one_line(tmp_path: Path) -> None:
    file = WavFile(tmp_path / "a.wav", 48_000)
    full = Path("/dev/full").open("wb")  # noqa: SIM115 -- closed with the file
    os.dup2(full.fileno(), file._file.fileno())
    full.close()
    with pytest.raises(SinkError, match="No space left on device"):
        file.write(*np.zeros((2, 48_000), np.float32))
    file.close()
