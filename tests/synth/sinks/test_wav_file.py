# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""A WAV file that can be read at any moment."""

import errno
import os
import wave
from pathlib import Path

import numpy as np
import pytest
import soundfile

from descant.synth.sinks.wav_file import WavFile


def test_samples_come_back_to_24_bits(tmp_path: Path) -> None:
    samples = np.random.default_rng(1).uniform(-1, 1, (2, 5_000)).astype(np.float32)
    file = WavFile(tmp_path / "a.wav", 44_100)
    for start in range(0, 5_000, 250):
        file.write(*samples[:, start : start + 250])
    file.flush()
    file.close()
    heard, rate = soundfile.read(tmp_path / "a.wav", dtype="float64")
    assert rate == 44_100
    np.testing.assert_allclose(heard.T, samples, atol=2.0**-23)
    with wave.open(str(tmp_path / "a.wav")) as read:
        assert read.getparams()[:4] == (2, 3, 44_100, 5_000)


def test_what_is_too_large_stays_at_full_scale(tmp_path: Path) -> None:
    file = WavFile(tmp_path / "a.wav", 48_000)
    file.write(*np.array([[1.0, 2.0], [-1.0, -9.0]], np.float32))
    file.flush()
    file.close()
    heard, _ = soundfile.read(tmp_path / "a.wav")
    np.testing.assert_allclose(heard, [[1.0, -1.0], [1.0, -1.0]], atol=1e-6)


def test_it_can_be_read_while_it_grows(tmp_path: Path) -> None:
    file = WavFile(tmp_path / "a.wav", 48_000)
    assert soundfile.info(tmp_path / "a.wav").frames == 0
    for count in range(1, 4):
        file.write(*np.zeros((2, 24_000), np.float32))
        assert soundfile.info(tmp_path / "a.wav").frames == 24_000 * count
    file.close()


def test_what_was_written_before_the_disk_is_full_stays_readable(tmp_path: Path) -> None:
    file = WavFile(tmp_path / "a.wav", 48_000)
    file.write(*np.zeros((2, 24_000), np.float32))
    full = os.open("/dev/full", os.O_WRONLY)
    kept = os.dup(file.descriptor)
    os.dup2(full, file.descriptor)
    with pytest.raises(OSError, match="No space") as caught:
        file.write(*np.zeros((2, 24_000), np.float32))
    assert caught.value.errno == errno.ENOSPC
    file.close()
    os.close(full)
    os.close(kept)
    assert soundfile.info(tmp_path / "a.wav").frames == 24_000
