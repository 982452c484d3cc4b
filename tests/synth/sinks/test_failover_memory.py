# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Two rings that share an output, without a sound server."""

import ctypes
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from descant.synth.sinks.audio_ring import CROSSFADE_S, TIMEOUT_S, AudioRing
from descant.synth.sinks.base import SinkError
from descant.synth.sinks.failover_memory import FailoverGroup, FailoverMemory

RATE, PERIOD = 48_000, 256
TIMEOUT, CROSSFADE = (round(s * RATE) for s in (TIMEOUT_S, CROSSFADE_S))
GET_BUFFER = ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.c_void_p, ctypes.c_uint32)
STEP = 0.0288
"""The largest step of the sine that both play."""


class Synth:
    """A ring that plays a sine, as a synth of a graph would."""

    def __init__(self, folder: Path, graph: str = "0 /", *, is_second: bool = False) -> None:
        self.memory = FailoverMemory(FailoverGroup(graph, is_second), folder)
        self.ring = AudioRing(RATE)
        self.ring.share(self.memory.address, self.memory.new_number())

    def play(self, at: int, *, filled: bool = True) -> np.ndarray:
        """A period from frame `at` on."""
        if filled:
            sine = np.sin(2 * np.pi * 220 / RATE * np.arange(at, at + PERIOD)).astype(np.float32)
            self.ring.write(sine, -sine)
        left, right = (np.zeros(PERIOD, np.float32) for _ in range(2))
        self.ring.play(left, right)
        np.testing.assert_array_equal(right, -left)
        return left


Pair = tuple[Synth, Synth]


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Pair]:
    synths = Synth(tmp_path), Synth(tmp_path, is_second=True)
    yield synths
    for synth in synths:
        synth.ring.free()


def heard(pair: Pair, periods: int, start: int = 0, **plays: Callable[[int], bool]) -> np.ndarray:
    """Each one's sound, in two rows; `first`, `second`: whether it plays in a period."""
    out = np.zeros((2, periods * PERIOD), np.float32)
    for number in range(periods):
        span = slice(number * PERIOD, (number + 1) * PERIOD)
        for row, (name, synth) in enumerate(zip(("first", "second"), pair, strict=True)):
            if plays.get(name, lambda _: True)(number):
                out[row, span] = synth.play((start + number) * PERIOD)
    return out


def silent_frames(sound: np.ndarray) -> int:
    """The longest run of frames that are nearly 0."""
    loud = np.flatnonzero(np.abs(sound) > 0.001)
    return int(np.diff(loud).max())


def largest_step(sound: np.ndarray) -> float:
    return float(np.abs(np.diff(sound, prepend=0.0)).max())


def test_one_is_heard_and_the_other_is_silent(pair: Pair) -> None:
    first, second = heard(pair, 40)
    assert np.abs(first[CROSSFADE * 2 :]).max() > 0.99
    assert not second.any()
    assert (pair[0].ring.is_active, pair[1].ring.is_active) == (True, False)
    assert largest_step(first) < STEP * 1.1


def test_the_other_is_heard_when_one_plays_no_more(pair: Pair) -> None:
    _, second = heard(pair, 60, first=lambda number: number < 20)
    silence = np.flatnonzero(second)[0] - 20 * PERIOD
    assert TIMEOUT - PERIOD <= silence <= TIMEOUT + PERIOD
    assert largest_step(second) < STEP * 1.1
    np.testing.assert_array_equal(second[-PERIOD:], first_sine(59))
    assert pair[1].ring.is_active


def first_sine(period: int) -> np.ndarray:
    frames = np.arange(period * PERIOD, (period + 1) * PERIOD)
    return np.sin(2 * np.pi * 220 / RATE * frames).astype(np.float32)


def test_one_that_stood_still_is_silent_from_its_first_period_on(pair: Pair) -> None:
    first, second = heard(pair, 80, first=lambda number: number < 20 or number >= 60)
    assert not first[20 * PERIOD :].any()
    assert np.abs(second[-PERIOD:]).max() > 0.99
    assert (pair[0].ring.is_active, pair[1].ring.is_active) == (False, True)


def test_they_change_as_often_as_one_dies(pair: Pair) -> None:
    rounds = [
        heard(pair, 40, **{name: lambda number: number < 5})
        for name in ("first", "second", "first", "second")
    ]
    both = np.concatenate(rounds, axis=1).sum(axis=0)
    assert silent_frames(both[CROSSFADE:]) <= TIMEOUT + 3 * PERIOD


def test_one_whose_ring_stays_empty_is_active_no_more(pair: Pair) -> None:
    heard(pair, 20)
    sounds = [
        (pair[0].play(0, filled=False), pair[1].play(number * PERIOD)) for number in range(20, 50)
    ]
    assert pair[1].ring.is_active
    assert np.abs(sounds[-1][1]).max() > 0.99


def test_one_that_leaves_is_followed_without_a_gap(pair: Pair) -> None:
    heard(pair, 20)
    pair[0].ring.release()
    first, second = heard(pair, 20, start=20)
    both = first + second
    assert not pair[0].ring.is_active
    assert silent_frames(both) < RATE / 220  # a sine is near 0 twice a period of its own
    assert np.abs(np.diff(both)).max() < STEP * 1.1
    assert np.abs(both).max() < 1.01


def test_a_server_that_stands_still_changes_nothing(pair: Pair) -> None:
    """The count is watched in periods, so no time passes while none is played."""
    heard(pair, 20)
    first, second = heard(pair, 20, start=2_000)
    assert not second.any()
    assert np.abs(first[PERIOD:]).max() > 0.99


def test_the_buffers_of_one_that_stands_still_are_overwritten(pair: Pair) -> None:
    """JACK 2 plays them again in each period, until the server removes the client."""
    buffers = np.zeros((2, PERIOD), np.float32)
    address = {1: buffers[0].ctypes.data, 2: buffers[1].ctypes.data}
    get_buffer = GET_BUFFER(lambda port, _frames: address[port])
    second = pair[1].ring
    second.connect(ctypes.cast(get_buffer, ctypes.c_void_p).value or 0, 3, 4)
    second.set_other_ports(1, 2)
    sound = []
    for number in range(18):
        at = number * PERIOD
        if number < 10:
            buffers[0] = pair[0].play(at)
            buffers[1] = -buffers[0]
        assert not pair[1].play(at).any()
        sound.append(buffers[0].copy())
        np.testing.assert_array_equal(buffers[1], -buffers[0])
    assert np.abs(sound[9]).max() > 0.99
    np.testing.assert_array_equal(sound[10], sound[9])  # one period: it may run behind this one
    assert sound[11].any()  # what was played last, backwards, fades out
    assert abs(sound[11][0] - sound[10][-1]) < STEP
    assert np.abs(np.diff(sound[11])).max() < 2 * STEP
    assert not np.any(sound[12:])


def test_graphs_do_not_meet(tmp_path: Path) -> None:
    pair = Synth(tmp_path, "1 /"), Synth(tmp_path, "1 /hall", is_second=True)
    first, second = heard(pair, 20)
    assert np.abs(first).max() > 0.99
    assert np.abs(second).max() > 0.99


def test_a_panic_is_received_by_the_other_alone(pair: Pair) -> None:
    first, second = (synth.memory for synth in pair)
    assert not second.panic_received()
    first.send_panic()
    assert not first.panic_received()
    assert second.panic_received()
    assert not second.panic_received()


def test_a_link_in_its_place_is_refused(tmp_path: Path) -> None:
    made = FailoverMemory(FailoverGroup("0 /", is_second=False), tmp_path)
    assert made.is_current
    (path,) = tmp_path.iterdir()
    assert path.stat().st_mode & 0o777 == 0o600
    path.rename(tmp_path / "elsewhere")
    path.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(
        SinkError, match=r"descant_failover_\d+_\w+: Too many levels of symbolic links"
    ):
        FailoverMemory(FailoverGroup("0 /", is_second=True), tmp_path)
    assert not made.is_current
