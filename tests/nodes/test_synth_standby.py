# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Two real synths on a real JACK server: one is heard, and the other when that one is no more."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from diagnostic_msgs.msg import DiagnosticArray
from rclpy.parameter import Parameter, parameter_value_to_python
from rclpy.parameter_client import AsyncParameterClient
from std_srvs.srv import Trigger

from descant import topics
from descant.msg import Cue, SynthState
from descant.nodes.common.conversion import to_note_event
from descant.types import Note
from support.graph import domain_id
from support.jack import JackServer, jack_server, needs_jack
from support.jackrecorder import JackRecording, jack_recording
from support.node import Listener, NodeProcess, listener, node, wait_until
from support.sound import RATE

pytestmark = [pytest.mark.graph, pytest.mark.jack, pytest.mark.timeout(240), needs_jack]
PARAMETERS = {"sink": "jack", "standby": True, "decay_bass": 60.0, "decay_treble": 60.0}
AUDIBLE = 0.01
BUSY_S = 1.0  # what a busy machine adds; `bench/failover.py` has the figures


@dataclass
class Pair:
    """Both synths of one graph, and somebody who plays."""

    ears: Listener
    server: JackServer
    first: NodeProcess
    second: NodeProcess
    states: list[SynthState] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.states = self.ears.collect(topics.SYNTH_STATE)
        self.diagnostics: list[DiagnosticArray] = self.ears.collect(topics.DIAGNOSTICS)
        self.notes = self.ears.publisher(topics.NOTES)
        self.cues = self.ears.publisher(topics.CUE)
        for publisher in (self.notes, self.cues):
            self.ears.wait(lambda p=publisher: p.get_subscription_count() == 2, "both synths")

    def strike(self, *keys: int) -> None:
        for key in keys:
            self.notes.publish(to_note_event(Note(0, key, True, key, 100, 100 << 7)))

    def heard(self, recording: JackRecording, start: int = 0) -> np.ndarray:
        """The highest absolute sample of each since a frame."""
        return np.abs(recording.since(max(0, start))).max(axis=1, initial=0.0)

    def awaits(self, recording: JackRecording, *audible: bool) -> None:
        """Wait until those and no others are heard."""

        def there() -> bool:
            now = self.heard(recording, recording.frames - RATE // 10) > AUDIBLE
            return tuple(now) == audible

        wait_until(there, f"{audible} to be heard")

    def has_voices(self, name: str, count: int) -> None:
        """Wait until the diagnostics of a node say how many voices sound."""
        wanted = f"/{name}: sound"

        def said() -> bool:
            found = [s for array in self.diagnostics for s in array.status if s.name == wanted]
            return bool(found) and ("voices", str(count)) in {
                (value.key, value.value) for value in found[-1].values
            }

        self.ears.wait(said, f"{wanted} to have {count} voices")


@pytest.fixture
def pair() -> Iterator[Pair]:
    domain = domain_id()
    with jack_server() as server, pytest.MonkeyPatch.context() as patch:
        for name in ("JACK_DEFAULT_SERVER", "JACK_NO_START_SERVER"):
            patch.setenv(name, server.environment[name])
        with (
            listener(domain) as ears,
            node("synth", domain, PARAMETERS) as first,
        ):
            first.says("active;")
            with node("synth_standby", domain, PARAMETERS) as second:
                second.says("standby;")
                yield Pair(ears, server, first, second)


@pytest.fixture
def recording(pair: Pair) -> Iterator[JackRecording]:
    with jack_recording(pair.server, "descant:out_1", "descant_standby:out_1") as made:
        yield made


def test_the_other_is_heard_when_one_is_killed(pair: Pair, recording: JackRecording) -> None:
    pair.strike(60, 64)
    pair.awaits(recording, True, False)
    pair.ears.wait(lambda: any("active;" in s.message for s in pair.states), "the first's state")
    start = recording.frames
    pair.first.process.kill()
    pair.awaits(recording, False, True)
    both = np.abs(recording.since(start)).max(axis=0)
    loud = np.flatnonzero(both > 0.001)
    assert np.diff(loud).max() / RATE < BUSY_S
    pair.states.clear()
    pair.ears.wait(lambda: any(s.voices == 2 for s in pair.states), "the state of the second")


def test_one_that_stood_still_is_silent_afterwards(pair: Pair) -> None:
    """What is connected to a client that stands still is not run by JACK: each has its recorder."""
    with jack_recording(pair.server, "descant_standby:out_1") as second:
        pair.strike(60)
        pair.has_voices("synth", 1)
        os.kill(pair.first.process.pid, signal.SIGSTOP)
        pair.awaits(second, True)
        pair.second.says("active;")
        said = len(pair.first.output())
        os.kill(pair.first.process.pid, signal.SIGCONT)
        wait_until(lambda: "standby;" in pair.first.output()[said:], "its word")
    with jack_recording(pair.server, "descant:out_1", "descant_standby:out_1") as recording:
        pair.awaits(recording, False, True)
        pair.second.process.kill()
        pair.awaits(recording, True, False)


def test_one_that_ends_in_order_is_followed_at_once(pair: Pair, recording: JackRecording) -> None:
    pair.strike(60)
    pair.awaits(recording, True, False)
    assert pair.first.stop() == 0
    pair.awaits(recording, False, True)


@pytest.mark.parametrize("way", ["cue", "service"])
def test_a_panic_silences_both(pair: Pair, recording: JackRecording, way: str) -> None:
    pair.strike(60, 67)
    pair.awaits(recording, True, False)
    pair.has_voices("synth_standby", 2)
    if way == "cue":
        pair.cues.publish(Cue(command=Cue.PANIC))
    else:
        client = pair.ears.node.create_client(Trigger, "panic")
        pair.ears.wait(client.service_is_ready, "the service")
        answer = client.call_async(Trigger.Request())
        pair.ears.wait(answer.done, "its answer")
    pair.awaits(recording, False, False)
    pair.has_voices("synth_standby", 0)
    pair.first.process.kill()
    pair.second.says("active;")
    start = recording.frames
    wait_until(lambda: recording.frames > start + RATE, "a second of sound")
    assert not (pair.heard(recording, start) > 0.001).any()


def test_the_second_has_the_parameters_of_the_first(tmp_path: Path) -> None:
    """Those of a file for `synth`, and those that are set while they run."""
    file = tmp_path / "show.yaml"
    file.write_text("/**/synth:\n  ros__parameters: {voices: 7, level: -9.0}\n")
    domain = domain_id()
    arguments = ("--params-file", str(file))
    sink: dict[str, Any] = {"sink": "wav:/nowhere", "standby": True}
    with (
        listener(domain) as ears,
        node("synth", domain, {"sink": "none"}, *arguments),
        node("synth_standby", domain, sink, *arguments) as second,
    ):
        second.says("no standby: only JACK's output can be shared, not 'wav'")
        first, other = (
            AsyncParameterClient(ears.node, name) for name in ("synth", "synth_standby")
        )

        def values(*names: str) -> list[Any]:
            asked = other.get_parameters(list(names))
            ears.wait(asked.done, "its parameters")
            return [parameter_value_to_python(value) for value in asked.result().values]

        ears.wait(lambda: first.services_are_ready() and other.services_are_ready(), "both")
        assert values("voices", "level", "standby") == [7, -9.0, True]
        first.set_parameters([Parameter("level", value=-20.0)])
        ears.wait(lambda: values("level") == [-20.0], "the level to follow")
