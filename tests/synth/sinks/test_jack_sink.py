# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The synth's JACK client on a real server: its ring, its connections, its end."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import jack
import numpy as np
import pytest

from descant.arrays import Samples
from descant.synth.sinks import jack_sink
from descant.synth.sinks.base import SinkError
from descant.synth.sinks.jack_sink import JackSink
from support.jack import JackServer, jack_server, needs_jack
from support.jackrecorder import jack_recording
from support.node import wait_until
from support.sound import RATE

pytestmark = [pytest.mark.jack, needs_jack]
PORTS = ("descant:out_1", "descant:out_2")
LEVEL = 0.25


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[JackServer]:
    with jack_server(period=1024) as made:
        for name in ("JACK_DEFAULT_SERVER", "JACK_NO_START_SERVER"):
            monkeypatch.setenv(name, made.environment[name])
        yield made


@pytest.fixture
def sink(server: JackServer) -> Iterator[JackSink]:
    made = JackSink(0.05)
    yield made
    made.close()


def steady(frames: int) -> tuple[Samples, Samples]:
    return np.full(frames, LEVEL, np.float32), np.full(frames, -LEVEL, np.float32)


def maintained(sink: JackSink, text: str) -> None:
    def told() -> bool:
        sink.maintain()
        return text in sink.details

    wait_until(told, lambda: f"{text!r} in {sink.details!r}")


def another_card(channels: int) -> Any:
    """A client that looks like a sound card that was plugged in."""
    card = jack.Client("card", no_start_server=True)
    for number in range(1, channels + 1):
        card.inports.register(f"playback_{number}", is_physical=True, is_terminal=True)
    card.activate()
    return card


def test_what_is_pulled_is_heard(server: JackServer, sink: JackSink) -> None:
    sink.start(steady)
    assert "computed 64.0 ms ahead" in sink.details  # 50 ms in whole periods of 21.3
    with jack_recording(server, *PORTS) as recording:
        wait_until(lambda: recording.frames > RATE // 2, "half a second of sound")
        left, right = recording.samples()[:, -1024:]
    np.testing.assert_array_equal(right, -left)
    assert np.abs(left).max() == np.float32(LEVEL)
    sink.maintain()
    assert sink.pulls > 10


def test_it_is_connected_to_the_card_and_says_so(sink: JackSink) -> None:
    sink.start(steady)
    maintained(sink, "connected to system:playback_1, system:playback_2")


def test_a_refused_connection_is_made_later(
    sink: JackSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect, refusals = sink._client.connect, [1, 1, 1]

    def refusing(*ports: object) -> None:
        if refusals:
            refusals.pop()
            raise jack.JackErrorCode("refused", -1)
        connect(*ports)

    monkeypatch.setattr(sink._client, "connect", refusing)
    sink.start(steady)
    maintained(sink, "connected to system:playback_1, system:playback_2")
    assert not refusals


def test_other_connections_are_left_alone_until_a_card_comes_or_goes(sink: JackSink) -> None:
    sink.start(steady)
    maintained(sink, "connected to system:playback_1, system:playback_2")
    for port in sink._ports:
        port.disconnect()
    for _ in range(3):
        sink.maintain()  # by hand, so it stays so
    assert sink.details.endswith("not connected")
    card = another_card(2)
    try:
        for ours, theirs in zip(sink._ports, card.inports, strict=True):
            sink._client.connect(ours, theirs)
        maintained(sink, "connected to card:playback_1, card:playback_2")
    finally:
        card.close()
    maintained(sink, "connected to system:playback_1, system:playback_2")


def test_what_fails_in_the_thread_is_told(sink: JackSink) -> None:
    def broken(_: int) -> tuple[Samples, Samples]:
        raise RuntimeError("no more sound")

    sink.start(broken)
    wait_until(lambda: sink.failure == "no more sound", "the failure")


def test_without_the_c_part_the_callback_is_python_and_it_is_said(
    server: JackServer, sink: JackSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(_: int) -> None:
        raise SinkError("audio_ring.so is not built")

    monkeypatch.setattr(jack_sink, "AudioRing", missing)
    sink.start(steady)
    assert "computed in JACK's callback: audio_ring.so is not built" in sink.details
    with jack_recording(server, *PORTS) as recording:
        wait_until(lambda: recording.frames > RATE // 2, "half a second of sound")
        assert np.abs(recording.samples()).max() == np.float32(LEVEL)


def test_by_default_each_period_is_computed_in_the_callback(server: JackServer) -> None:
    sink = JackSink(0.0)
    sink.start(steady)
    assert sink.details.startswith("computed in JACK's callback; ")
    with jack_recording(server, *PORTS) as recording:
        wait_until(lambda: recording.frames > RATE // 4, "sound")
        assert np.abs(recording.samples()).max() == np.float32(LEVEL)
    sink.close()


def test_a_stalled_thread_is_a_gap_without_a_click(server: JackServer, sink: JackSink) -> None:
    stalls, stalled = False, False

    def stalling(frames: int) -> tuple[Samples, Samples]:
        nonlocal stalled
        if stalls and not stalled:
            stalled = True
            time.sleep(0.5)
        return steady(frames)

    sink.start(stalling)
    with jack_recording(server, *PORTS) as recording:
        wait_until(lambda: recording.frames > 0, "sound")
        stalls = True
        wait_until(lambda: stalled, "the stall")
        pulls = sink.pulls
        wait_until(lambda: sink.pulls > pulls + 10, "sound after it")
        left = np.trim_zeros(recording.samples()[0], "f")  # from its connection on
    sink.maintain()
    assert sink.gaps >= 1
    assert np.abs(left).min() == 0.0
    assert np.abs(np.diff(left)).max() < 2 * LEVEL * np.pi / (0.005 * RATE)
