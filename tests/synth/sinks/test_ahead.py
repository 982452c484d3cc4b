# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The thread that computes ahead, without a sound server."""

import os
from collections.abc import Iterator

import numpy as np
import pytest

from descant.synth.sinks import ahead
from descant.synth.sinks.ahead import AheadThread
from descant.synth.sinks.audio_ring import AudioRing
from support.node import wait_until

PERIOD = 256


@pytest.fixture
def ring() -> Iterator[AudioRing]:
    made = AudioRing(48_000)
    yield made
    made.free()


def pull(frames: int) -> tuple[np.ndarray, np.ndarray]:
    return np.ones(frames, np.float32), np.ones(frames, np.float32)


def thread(ring: AudioRing, failures: list[BaseException]) -> AheadThread:
    made = AheadThread(ring, pull, pulled=lambda: None, failed=failures.append)
    made.set_period(PERIOD, PERIOD + 1)
    return made


def test_it_fills_whole_periods_and_no_more(ring: AudioRing) -> None:
    failures: list[BaseException] = []
    made = thread(ring, failures)
    made.start()
    wait_until(lambda: ring.filled == 2 * PERIOD, "two periods")
    made.stop()
    assert (ring.filled, made.ahead, failures) == (2 * PERIOD, 2 * PERIOD, [])


@pytest.mark.parametrize("is_limited", [False, True])
def test_the_thread_that_starts_it_has_its_usual_priority_again(
    ring: AudioRing, monkeypatch: pytest.MonkeyPatch, is_limited: bool
) -> None:
    monkeypatch.setattr(ahead, "is_time_limited", lambda: is_limited)
    made = thread(ring, [])
    made.start()
    raised = os.sched_getscheduler(0) & os.SCHED_FIFO
    assert bool(raised) == (made.scheduling.startswith("SCHED_FIFO") and not is_limited)
    made.stop()
    assert os.sched_getscheduler(0) in (os.SCHED_OTHER, os.SCHED_OTHER | os.SCHED_RESET_ON_FORK)
