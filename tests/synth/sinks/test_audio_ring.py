# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The ring between the synthesiser's thread and the audio callback, without a sound server."""

import threading
import time
from collections.abc import Iterator

import numpy as np
import pytest

from descant.synth.sinks import audio_ring
from descant.synth.sinks.audio_ring import FADE_S, SIZE, AudioRing
from descant.synth.sinks.base import SinkError

RATE, PERIOD = 48_000, 256
FADE = int(FADE_S * RATE)


@pytest.fixture
def ring() -> Iterator[AudioRing]:
    made = AudioRing(RATE)
    yield made
    made.free()


def sine(frames: int, start: int = 0) -> np.ndarray:
    """220 Hz; its largest step is 0.0288."""
    return np.sin(2 * np.pi * 220 / RATE * np.arange(start, start + frames)).astype(np.float32)


def play(ring: AudioRing, periods: int = 1, period: int = PERIOD) -> np.ndarray:
    out = np.full((2, periods * period), np.nan, np.float32)
    for number in range(periods):
        left, right = (np.zeros(period, np.float32) for _ in range(2))
        ring.play(left, right)
        out[:, number * period : (number + 1) * period] = left, right
    return out


def write(ring: AudioRing, samples: np.ndarray) -> int:
    return ring.write(samples, -samples)


def largest_step(samples: np.ndarray) -> float:
    return float(np.abs(np.diff(samples, prepend=0.0)).max())


def test_samples_come_out_as_they_went_in_behind_a_fade(ring: AudioRing) -> None:
    samples = sine(40 * PERIOD)
    assert write(ring, samples) == len(samples)
    left, right = play(ring, 40)
    np.testing.assert_array_equal(left[FADE:], samples[FADE:])
    np.testing.assert_array_equal(right, -left)
    assert ring.filled == ring.gaps == ring.missing == 0
    assert ring.periods == 40


def test_it_goes_round_many_times(ring: AudioRing) -> None:
    samples = sine(5 * SIZE)
    heard = []
    for start in range(0, len(samples), 3 * PERIOD):
        write(ring, samples[start : start + 3 * PERIOD])
        heard.append(play(ring, 3)[0])
    np.testing.assert_array_equal(np.concatenate(heard)[FADE : len(samples)], samples[FADE:])


def test_no_more_is_taken_than_there_is_room(ring: AudioRing) -> None:
    assert write(ring, sine(SIZE + 1)) == SIZE
    assert write(ring, sine(1)) == 0
    play(ring)
    assert write(ring, sine(SIZE)) == PERIOD


@pytest.mark.parametrize("missing", [1, 17, PERIOD - 1, PERIOD])
def test_an_empty_ring_is_a_fade_and_no_step(ring: AudioRing, missing: int) -> None:
    samples = sine(20 * PERIOD)
    write(ring, samples[: 10 * PERIOD - missing])
    before = play(ring, 10)[0]
    gap = play(ring, 4)[0]
    write(ring, samples[: 10 * PERIOD])
    after = play(ring, 8)[0]
    heard = np.concatenate([before, gap, after])
    assert largest_step(heard) < 0.03 + 1.6 / FADE  # the sine's own, and the fade's
    assert not gap[2 * PERIOD :].any()
    assert ring.gaps == 1
    assert ring.missing == missing + 4 * PERIOD
    np.testing.assert_array_equal(after[FADE:], samples[FADE : 8 * PERIOD])


def test_gaps_in_the_midst_of_fades_are_no_steps_either(ring: AudioRing) -> None:
    """One period at a time, and then none: each fade-in is cut short by a fade-out."""
    heard = []
    for number in range(60):
        if number % 3 == 0:
            write(ring, sine(64, 64 * number))
        heard.append(play(ring, period=64)[0])
    assert ring.gaps == 20
    assert np.abs(heard).max() > 0.1
    assert largest_step(np.concatenate(heard)) < 0.06 + 3.2 / FADE


def test_nothing_is_a_gap_before_the_first_sample(ring: AudioRing) -> None:
    assert not play(ring, 5).any()
    assert ring.gaps == ring.missing == 0


def test_the_writer_waits_for_the_callback(ring: AudioRing) -> None:
    assert ring.wait(1, 0.0)
    write(ring, sine(2 * PERIOD))
    assert not ring.wait(2 * PERIOD, 0.01)
    timer = threading.Timer(0.05, play, (ring,))
    began = time.monotonic()
    timer.start()
    assert ring.wait(2 * PERIOD, 30.0)
    assert time.monotonic() - began < 20.0
    timer.join()


def test_two_threads_lose_nothing(ring: AudioRing) -> None:
    samples = sine(200 * PERIOD)

    def produce() -> None:
        for start in range(0, len(samples), PERIOD):
            while not ring.wait(4 * PERIOD, 1.0):
                pass
            write(ring, samples[start : start + PERIOD])

    thread = threading.Thread(target=produce)
    thread.start()
    heard = []
    while len(heard) < 200:
        if ring.filled >= PERIOD:
            heard.append(play(ring)[0])
    thread.join()
    np.testing.assert_array_equal(np.concatenate(heard)[FADE:], samples[FADE:])
    assert ring.gaps == 0


def test_a_library_that_is_not_built_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audio_ring, "LIBRARY", "unknown.so")
    with pytest.raises(SinkError, match=r"unknown\.so is not built"):
        audio_ring.library.__wrapped__()
