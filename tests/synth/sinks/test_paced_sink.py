# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Sound in the time it takes, without a device."""

import time
from pathlib import Path

import numpy as np
import soundfile

from descant.synth.sinks.paced_sink import PacedSink
from support.node import wait_until

RATE, FRAMES = 48_000, 256


def test_it_pulls_as_fast_as_time_goes() -> None:
    sink = PacedSink(None, sample_rate=RATE, frames=FRAMES)
    assert sink.name == "none"
    start = time.monotonic()
    sink.start(lambda frames: tuple(np.zeros((2, frames), np.float32)))
    wait_until(lambda: sink.pulls * FRAMES > 0.3 * RATE, "0.3 s of sound")
    assert time.monotonic() - start > 0.28
    sink.close()


def test_it_catches_up_after_a_stall_and_leaves_nothing_out(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    sink = PacedSink(str(path), sample_rate=RATE, frames=FRAMES)
    assert sink.name == f"wav:{path}"
    pulled: list[float] = []

    def pull(frames: int) -> tuple[np.ndarray, np.ndarray]:
        pulled.append(time.monotonic())
        if len(pulled) == 10:
            time.sleep(0.3)
        block = np.full(frames, len(pulled) / 1_000.0, np.float32)
        return block, block

    start = time.monotonic()
    sink.start(pull)
    wait_until(lambda: len(pulled) >= 100, "100 blocks")
    assert pulled[99] - start < 99 * FRAMES / RATE + 0.25
    sink.close()
    heard, _ = soundfile.read(path)
    np.testing.assert_allclose(heard[::FRAMES, 0][:100], np.arange(1, 101) / 1_000.0, atol=1e-6)


def test_a_failure_of_the_pull_is_kept() -> None:
    sink = PacedSink(None, sample_rate=RATE, frames=FRAMES)

    def pull(_frames: int) -> tuple[np.ndarray, np.ndarray]:
        raise ValueError("no more")

    sink.start(pull)
    wait_until(lambda: sink.failure is not None, "the failure")
    assert sink.failure == "ValueError: no more"
    sink.close()
