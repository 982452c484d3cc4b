# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The synth's node as a real process: played over DDS, heard in a WAV file or over JACK."""

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile

from descant import topics
from descant.msg import Cue, SynthState
from descant.nodes.common.conversion import to_learner_state, to_note_event, to_pedal_event
from descant.synth.sinks.wav_recording import hidden
from descant.types import SUSTAIN, Note, Pedal
from support.graph import domain_id, graph_environment
from support.jack import LONG_PERIOD, jack_server, needs_jack
from support.jackrecorder import jack_recording
from support.node import Listener, listener, node
from support.sound import RATE, cents, jumps, partial_near, smoothest
from support.states import state

pytestmark = pytest.mark.graph

PIANO_THAT_DIES = """
import sys, time, rclpy
from descant import topics
from descant.msg import NoteEvent
from descant.nodes.common.endpoints import publisher
rclpy.init()
node = rclpy.create_node("piano")
leased = sys.argv[1] == "leased"
piano = publisher(node, topics.NOTES)
if leased:
    state = publisher(node, topics.PIANO_STATE)
while piano.get_subscription_count() < 1:
    time.sleep(0.02)
time.sleep(1.5)  # its first sign of life, after two thirds of the lease
piano.publish(NoteEvent(id=1, kind=NoteEvent.ON, key=60, velocity=100, velocity_14bit=12800))
print("played", flush=True)
time.sleep(600)
"""

SUSTAINED = {"sink": "none", "decay_bass": 60.0, "decay_treble": 60.0}
LEASE_S = 4.0  # the lease of 2 s, and what a busy machine adds


class Stage:
    """A piano, pedals, a learner and an audience around one synth."""

    def __init__(self, ears: Listener) -> None:
        self.ears = ears
        self.states: list[SynthState] = ears.collect(topics.SYNTH_STATE)
        self._topics = {
            "/notes": ears.publisher(topics.NOTES),
            "/pedals": ears.publisher(topics.PEDALS),
            "/learner_state": ears.publisher(topics.LEARNER_STATE),
            "/cue": ears.publisher(topics.CUE),
        }

    def meet(self) -> None:
        """Wait until the synth is there in both directions."""
        for topic, publisher in self._topics.items():
            self.ears.wait(lambda p=publisher: p.get_subscription_count() > 0, f"synth on {topic}")
        self.ears.wait(lambda: bool(self.states), "the synth's state")

    def on(self, note_id: int, key: int, velocity: int = 100, age_ms: float = 0.0) -> None:
        at = time.time_ns() - int(age_ms * 1e6)
        note = Note(at, note_id, True, key, velocity, velocity << 7)
        self._topics["/notes"].publish(to_note_event(note))

    def off(self, note_id: int, key: int) -> None:
        note = Note(time.time_ns(), note_id, False, key, 64, 64 << 7)
        self._topics["/notes"].publish(to_note_event(note))

    def sustain(self, value: int) -> None:
        pedal = Pedal(time.time_ns(), SUSTAIN, value)
        self._topics["/pedals"].publish(to_pedal_event(pedal))

    def learn(self, loss: float, *notes: int) -> None:
        message = to_learner_state(state(time.time_ns() / 1e6, loss, *notes), 1)
        self._topics["/learner_state"].publish(message)

    def panic(self) -> None:
        self._topics["/cue"].publish(Cue(command=Cue.PANIC))

    def sees(self, what: str, timeout_s: float = 30.0, **fields: object) -> SynthState:
        """Wait for a new state in which all `fields` are as given."""
        seen = len(self.states)
        self.ears.wait(
            lambda: any(
                all(getattr(s, k) == v for k, v in fields.items()) for s in self.states[seen:]
            ),
            what,
            timeout_s,
        )
        return self.states[-1]


@pytest.fixture
def domain() -> int:
    return domain_id()


@pytest.fixture
def stage(domain: int) -> Iterator[Stage]:
    with listener(domain) as ears:
        yield Stage(ears)


def test_what_is_played_is_in_the_file_and_what_is_learned_in_its_overtones(
    domain: int, stage: Stage, tmp_path: Path
) -> None:
    path = tmp_path / "a.wav"
    with node("synth", domain, {"sink": f"wav:{path}"}) as synth:
        stage.meet()
        for number, (key, loss) in enumerate([(57, 0.4), (69, 0.02)], start=1):
            stage.on(number, key)
            stage.learn(loss, number)
            stage.sees("the note", held=1)
            start = soundfile.info(hidden(path)).frames
            stage.ears.wait(
                lambda s=start: soundfile.info(hidden(path)).frames > s + 2 * RATE, "2 s of sound"
            )
            stage.off(number, key)
            stage.sees("its end", voices=0)
            part = soundfile.read(hidden(path))[0].sum(axis=1)[start + RATE // 2 : start + 2 * RATE]
            fundamental = 220.0 * 2 ** ((key - 57) / 12)
            assert abs(cents(partial_near(part, fundamental)[0], fundamental)) < 0.5
            for k in (2, 3, 4):
                expected = k * fundamental * (1 + loss)
                assert abs(cents(partial_near(part, expected)[0], expected)) < 2.0
        assert synth.stop() == 0


def test_its_state_says_what_it_does(domain: int, stage: Stage) -> None:
    with node("synth", domain, {"sink": "none", "voices": 2}):
        stage.meet()
        stage.on(1, 60)
        stage.sustain(127)
        said = stage.sees("a held note", held=1, voices=1)
        assert (said.status, said.sink, said.sample_rate) == (SynthState.SILENT, "none", 48_000.0)
        stage.ears.wait(lambda: -40.0 < stage.states[-1].peak < 0.0, "a level")
        stage.off(1, 60)
        for number in (2, 3):
            stage.on(number, 60 + number)
        said = stage.sees("a stolen voice", stolen=1, held=2)
        stage.on(4, 80, age_ms=100.0)
        stage.ears.wait(lambda: stage.states[-1].late_events > said.late_events, "a late note")


def test_panic_silences_without_a_click(domain: int, stage: Stage, tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    with node("synth", domain, {"sink": f"wav:{path}"}) as synth:
        stage.meet()
        stage.sustain(127)
        for number, key in enumerate((48, 55, 60, 64), start=1):
            stage.on(number, key)
        stage.sees("a chord", held=4)
        start = soundfile.info(hidden(path)).frames
        stage.ears.wait(
            lambda: soundfile.info(hidden(path)).frames > start + RATE, "a second of sound"
        )
        stage.panic()
        stage.sees("silence", voices=0, held=0)
        synth.says("/cue: panic, every note is silenced: from /test_listener\n")
        assert synth.stop() == 0
    heard = soundfile.read(path)[0].sum(axis=1)
    last = np.flatnonzero(heard)[-1]
    steady = jumps(heard[last - 4_800 : last - 600])
    first, second = jumps(heard[last - 600 : last + 600])
    assert first <= 1.05 * steady[0]
    assert second <= 2.0 * steady[1]


def dies(domain: int, stage: Stage, kind: str, timeout_s: float) -> float:
    """A piano plays a note and dies; seconds until the synth has released it."""
    with subprocess.Popen(
        [sys.executable, "-c", PIANO_THAT_DIES, kind],
        env=graph_environment(domain),
        stdout=subprocess.PIPE,
    ) as piano:
        try:
            stage.sees("the note", held=1)
        finally:
            piano.kill()
    died = time.monotonic()
    stage.sees("the release", timeout_s, held=0)
    return time.monotonic() - died


def test_a_piano_that_dies_leaves_no_note_hanging(domain: int, stage: Stage) -> None:
    with node("synth", domain, SUSTAINED) as synth:
        stage.meet()
        assert dies(domain, stage, "leased", 30.0) < LEASE_S
        synth.says("the piano is lost: its notes are released")


@pytest.mark.proof
def test_a_dead_publisher_without_a_lease_is_missed_when_the_graph_forgets_it(
    domain: int, stage: Stage
) -> None:
    with node("synth", domain, SUSTAINED):
        stage.meet()
        assert dies(domain, stage, "unleased", 60.0) > LEASE_S


@pytest.mark.jack
@needs_jack
def test_jack_killed_and_started_again_sounds_again(
    domain: int, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    with jack_server() as server:
        for name in ("JACK_DEFAULT_SERVER", "JACK_NO_START_SERVER"):
            monkeypatch.setenv(name, server.environment[name])
        with node("synth", domain) as synth:
            stage.meet()
            synth.says("sound goes to jack")
            server.kill()
            lost = stage.sees("the loss", timeout_s=5.0, status=SynthState.LOST)
            assert "JACK" in lost.message
            with jack_server(name=server.name, period=LONG_PERIOD, waits=True) as again:
                stage.sees("its return", status=SynthState.SOUNDING, sink="jack", restarts=1)
                with jack_recording(again, "descant:out_1") as recording:
                    stage.on(1, 69)
                    stage.ears.wait(
                        lambda: np.count_nonzero(recording.samples()) > 2 * RATE, "2 s of sound"
                    )
                    heard = recording.samples()[0].astype(float)
                assert synth.stop() == 0
    part = smoothest(heard[np.flatnonzero(heard)[0] + 4_800 :], RATE // 3)
    assert abs(cents(partial_near(part, 440.0)[0], 440.0)) < 2.0


@pytest.mark.parametrize(
    ("parameters", "line"),
    [
        ({"sink": "gramophone"}, "parameter 'sink' must be auto, jack"),
        ({"voices": 0}, "voices"),
        ({"detune": "mood"}, "no signal 'mood'"),
    ],
)
def test_a_wrong_parameter_is_one_line(
    domain: int, parameters: dict[str, object], line: str
) -> None:
    with node("synth", domain, parameters) as synth:
        assert synth.wait() == 2
        (said,) = [text for text in synth.output().splitlines() if text.startswith("error: ")]
        assert line in said
        assert "Traceback" not in synth.output()
