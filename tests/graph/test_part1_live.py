# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Part 1 live, as a performer plays it: keys, graph, sound, recording."""

from collections.abc import Iterator

import numpy as np
import pytest

from descant.bags.reader import read
from descant.bags.recording import Recording
from descant.performance.recompute import verify
from descant.types import State
from support.concert import Concert, part1
from support.jack import needs_jack
from support.node import wait_until
from support.sound import RATE, cents, partial_near, smoothest

pytestmark = [pytest.mark.graph, pytest.mark.jack, needs_jack, pytest.mark.timeout(180)]

BASS = 40
MELODY = (62, 65, 69, 72, 74, 67)
HELD_S, REST_S = 0.9, 1.1
PARTIALS = 4
FREQUENCY = {key: 440.0 * 2 ** ((key - 69) / 12) for key in range(128)}
SILENCE = 1e-4  # -80 dBFS
BREATH_S = 0.1  # a silence at least so long parts two notes


def strokes(keys: tuple[int, ...]) -> list[tuple[float, tuple[int, ...]]]:
    """One key after the other, with silence behind each (the pedal's last word ends it)."""
    messages: list[tuple[float, tuple[int, ...]]] = []
    for index, key in enumerate(keys):
        start = index * (HELD_S + REST_S)
        messages += [(start, (0x90, key, 90)), (start + HELD_S, (0x80, key, 64))]
    return [*messages, (len(keys) * (HELD_S + REST_S), (0xB0, 64, 0))]


def sounds(signal: np.ndarray) -> list[np.ndarray]:
    """The stretches of sound that silence parts, in order."""
    loud = np.flatnonzero(np.abs(signal) > SILENCE)
    if not len(loud):
        return []
    breaks = np.flatnonzero(np.diff(loud) > BREATH_S * RATE)
    starts = [loud[0], *loud[breaks + 1]]
    ends = [*loud[breaks], loud[-1]]
    return [
        signal[a : b + 1]
        for a, b in zip(starts, ends, strict=True)
        if b - a > BREATH_S * RATE  # a hole that JACK left at the edge is no note
    ]


def levels(signal: np.ndarray) -> str:
    """Peaks of each tenth of a second in dBFS, for the message of a failed test."""
    tenths = [signal[i : i + RATE // 10] for i in range(0, len(signal), RATE // 10)]
    return " ".join(f"{20 * np.log10(np.abs(t).max() + 1e-9):.0f}" for t in tenths)


@pytest.fixture(scope="module")
def concert(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Concert]:
    with part1(tmp_path_factory.mktemp("live"), "screen:=none", "seed:=3") as running:
        running.ready()
        running.piano.play(strokes((BASS, *MELODY)))
        count = 1 + len(MELODY)
        wait_until(lambda: len(sounds(running.heard())) == count, lambda: levels(running.heard()))
        assert running.stop() == 0
        yield running


@pytest.fixture(scope="module")
def recording(concert: Concert) -> Recording:
    return read(concert.bag)


def tuning(recording: Recording, key: int) -> State:
    """The state that tunes the (only) note of `key`."""
    [note] = [n.id for n in recording.notes if n.on and n.key == key]
    return [entry.state for entry in recording.states if note in entry.state.notes][-1]


def test_each_note_is_recorded_with_its_state(concert: Concert, recording: Recording) -> None:
    assert [n.key for n in recording.notes if n.on][-7:] == [BASS, *MELODY]
    losses = [tuning(recording, key).loss for key in MELODY]
    assert losses == sorted(losses, reverse=True)
    assert len(set(losses)) >= 5


def test_overtones_lie_where_the_loss_puts_them(concert: Concert, recording: Recording) -> None:
    """Partial k >= 2 at k f (1 + L) within 2 cents, L from the bag; the fundamental at f."""
    heard = sounds(concert.heard())[1:]
    for key, sound in zip(MELODY, heard, strict=True):
        loss, f = tuning(recording, key).loss, FREQUENCY[key]
        steady = smoothest(sound[int(0.2 * RATE) :], int(0.45 * RATE))
        fundamental, _ = partial_near(steady, f)
        assert abs(cents(fundamental, f)) < 2.0
        for k in range(2, PARTIALS + 1):
            expected = k * f * (1.0 + min(loss, 1.0))
            measured, _ = partial_near(steady, expected)
            assert abs(cents(measured, expected)) < 2.0, (key, k, loss)


def test_the_recording_is_recomputed_to_the_bit(recording: Recording) -> None:
    [verdict] = verify(recording)
    assert verdict.difference is None
    assert verdict.states == len([n for n in recording.notes if n.on])
