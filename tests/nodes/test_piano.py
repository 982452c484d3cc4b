# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The piano node as a real process: a fake piano on a real port, real files, real subscribers."""

import contextlib
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from descant import topics
from descant.decoding import from_note_event, stamp_ns
from descant.msg import NoteEvent, PedalEvent, PianoState
from descant.nodes.common.endpoints import watch_liveliness
from descant.piano.midifile import load
from support.fake_piano import fake_piano
from support.graph import domain_id
from support.jack import LONG_PERIOD, jack_server, needs_jack
from support.midifiles import write_midi_file
from support.node import listener, node
from support.performances import performance

pytestmark = pytest.mark.graph
NOTICED_WITHIN_S = 2.0
BUSY_S = 8.0  # what a machine adds on which others are at work


@pytest.fixture
def jack(monkeypatch):
    with jack_server(period=LONG_PERIOD) as server:
        monkeypatch.setenv("JACK_DEFAULT_SERVER", server.name)
        monkeypatch.setenv("JACK_NO_START_SERVER", "1")
        yield server


class Ears:
    """What a listener on the piano's three topics has heard, in order."""

    def __init__(self, node_listener):
        self.wait = node_listener.wait
        self.notes = node_listener.collect(topics.NOTES)
        self._pedals = node_listener.collect(topics.PEDALS)
        self.states = node_listener.collect(topics.PIANO_STATE)

    def wait_status(self, status, timeout_s=30.0):
        self.wait(lambda: self.status == status, f"status {status}", timeout_s)

    def wait_for(self, piano):
        """Until the node is connected to this piano, and JACK lets its messages through.

        After a connection is made, JACK loses what is sent in the next periods, which on a busy
        machine are long: the soft pedal, which no test asks for, knocks until it is heard.
        """
        self.wait_status(PianoState.PLAYING)
        before = len(self._pedals)

        def answered():
            piano.control(PedalEvent.SOFT, 0)
            return len(self._pedals) > before

        self.wait(answered, "the first sound of the piano")

    @property
    def pedals(self):
        return [pedal for pedal in self._pedals if pedal.pedal != PedalEvent.SOFT]

    @property
    def status(self):
        return self.states[-1].status if self.states else None

    @property
    def heard(self):
        return [(note.kind, note.key) for note in self.notes]


@pytest.fixture
def domain():
    return domain_id()


@pytest.fixture
def ears(domain):
    with listener(domain) as node_listener:
        yield Ears(node_listener)


ON, OFF = NoteEvent.ON, NoteEvent.OFF
SUSTAIN_DOWN = (0xB0, 64, 100)


@needs_jack
@pytest.mark.jack
def test_what_is_played_arrives_as_it_was_played(jack, domain, ears):
    with fake_piano(jack.environment) as piano, node("piano", domain, {"source": "port:disk"}):
        ears.wait_for(piano)
        assert ears.states[-1].port.endswith(":Disklavier")
        before_ns = time.time_ns()
        piano.control(88, 5)
        piano.note_on(60, 100)
        piano.control(64, 71)
        piano.send((0x90, 60, 0))
        ears.wait(lambda: len(ears.notes) == 2 and ears.pedals, "two notes and a pedal")
        on, off = ears.notes
        assert (on.kind, on.key, on.velocity, on.velocity_14bit) == (ON, 60, 100, 12_805)
        assert (off.kind, off.key, off.velocity) == (OFF, 60, 64)
        assert off.id == on.id
        assert on.id >> 32 == pytest.approx(time.time(), abs=120)
        assert (ears.pedals[0].pedal, ears.pedals[0].value) == (PedalEvent.SUSTAIN, 71)
        assert before_ns < stamp_ns(on) <= stamp_ns(off) < time.time_ns()


@needs_jack
@pytest.mark.jack
def test_an_unplugged_piano_is_noticed_releases_all_and_is_taken_back(jack, domain, ears):
    with node("piano", domain, {"source": "port:Disklavier"}) as process:
        with fake_piano(jack.environment) as piano:
            ears.wait_for(piano)
            piano.note_on(60)
            piano.note_on(64)
            piano.send(SUSTAIN_DOWN)
            ears.wait(lambda: len(ears.notes) == 2 and ears.pedals, "the held notes")
            piano.unplug()
            unplugged = time.monotonic()
            ears.wait_status(PianoState.LOST)
            noticed = time.monotonic() - unplugged
        ears.wait(lambda: len(ears.notes) == 4 and len(ears.pedals) == 2, "the releases")
        assert noticed < NOTICED_WITHIN_S + BUSY_S
        assert ears.heard == [(ON, 60), (ON, 64), (OFF, 60), (OFF, 64)]
        assert [note.id for note in ears.notes[2:]] == [note.id for note in ears.notes[:2]]
        assert ears.pedals[-1].value == 0
        assert ears.states[-1].held == 0
        process.says("is lost: all keys released")
        with fake_piano(jack.environment) as piano:
            ears.wait_for(piano)
            piano.note_on(72)
            ears.wait(lambda: len(ears.notes) == 5, "a note of the piano that is back")


@needs_jack
@pytest.mark.jack
def test_active_sensing_that_ceases_is_a_loss_and_its_return_is_noticed(jack, domain, ears):
    with (
        fake_piano(jack.environment, sensing=True) as piano,
        node("piano", domain, {"source": "auto"}),
    ):
        ears.wait_for(piano)
        piano.active_sensing()  # at least one is heard
        piano.note_on(60)
        ears.wait(lambda: len(ears.notes) == 1, "the note")
        piano.keep_sensing(on=False)
        ceased = time.monotonic()
        ears.wait_status(PianoState.LOST)
        assert time.monotonic() - ceased < NOTICED_WITHIN_S + BUSY_S
        assert "sends no active sensing" in ears.states[-1].message
        ears.wait(lambda: ears.heard == [(ON, 60), (OFF, 60)], "the release")
        piano.keep_sensing(on=True)
        ears.wait_status(PianoState.PLAYING)


@needs_jack
@pytest.mark.jack
def test_the_death_of_jack_neither_kills_nor_hangs_it(jack, domain, ears):
    with node("piano", domain, {"source": "auto"}) as process:
        with fake_piano(jack.environment) as piano:
            ears.wait_for(piano)
            piano.note_on(60)
            ears.wait(lambda: len(ears.notes) == 1, "the note")
            jack.kill()
            ears.wait_status(PianoState.LOST)
        ears.wait(lambda: ears.heard == [(ON, 60), (OFF, 60)], "the release")
        with jack_server(name=jack.name, period=LONG_PERIOD), fake_piano(jack.environment) as piano:
            ears.wait_for(piano)
            piano.note_on(61)
            ears.wait(lambda: len(ears.notes) == 3, "a note over the new server")
            assert process.stop() == 0


@needs_jack
@pytest.mark.jack
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_stop_releases_held_keys_before_it_leaves(jack, domain, ears, number):
    with fake_piano(jack.environment) as piano, node("piano", domain) as process:
        ears.wait_for(piano)
        piano.play([(0, (0x90, 60, 9)), (0, (0x90, 61, 9)), (0, SUSTAIN_DOWN)])
        ears.wait(lambda: len(ears.notes) == 2 and ears.pedals, "the held notes")
        process.process.send_signal(number)
        assert process.wait() == 0
        ears.wait(lambda: len(ears.notes) == 4 and len(ears.pedals) == 2, "the releases")
        assert ears.heard[2:] == [(OFF, 60), (OFF, 61)]


VISITOR = """
import rtmidi, time
output = rtmidi.MidiOut(rtmidi.API_UNIX_JACK, name="visitor")
ports = output.get_ports()
output.open_port(next(i for i, port in enumerate(ports) if port.endswith(":inlet")))
while True:
    output.send_message([0x90, 60, 77])
    time.sleep(0.05)
"""


@needs_jack
@pytest.mark.jack
def test_others_can_connect_to_a_virtual_port(jack, domain, ears):
    with node("piano", domain, {"source": "virtual:inlet"}):
        ears.wait_status(PianoState.PLAYING)
        visitor = subprocess.Popen([sys.executable, "-c", VISITOR], env=jack.environment)
        try:
            ears.wait(lambda: (ON, 60) in ears.heard, "the visitor's note")
        finally:
            visitor.kill()
            visitor.wait()


def test_without_any_midi_system_it_waits_and_says_what_for(domain, ears, monkeypatch):
    monkeypatch.setenv("JACK_DEFAULT_SERVER", "descant-test-none")
    monkeypatch.setenv("JACK_NO_START_SERVER", "1")
    with node("piano", domain, {"source": "port:Disklavier", "backend": "jack"}) as process:
        ears.wait_status(PianoState.WAITING)
        assert "waiting for port:Disklavier: no MIDI system available" in ears.states[-1].message
        assert process.stop() == 0
        assert len(process.output().splitlines()) == 1  # no chatter of libraries


def test_a_file_plays_to_its_end_with_every_event_in_its_time(domain, ears):
    path = performance("liszt-etude-1")
    expected = [e for e in load(path).events() if hasattr(e, "key")]
    speed = 10.0
    parameters = {"source": f"file:{path}", "speed": speed, "listeners": 1}
    with node("piano", domain, parameters):
        ears.wait_status(PianoState.FINISHED)
        ears.wait(lambda: len(ears.notes) == len(expected), "all notes")
        assert ears.states[-1].position == ears.states[-1].duration == pytest.approx(45.2, abs=0.1)
        assert ears.states[-1].held == 0
    played = [from_note_event(note) for note in ears.notes]
    assert [(n.on, n.key, n.velocity) for n in played] == [
        (n.on, n.key, n.velocity) for n in expected
    ]
    assert [n.id - played[0].id for n in played] == [n.id - expected[0].id for n in expected]
    late = [
        (p.time_ns - played[0].time_ns) - (e.time_ns - expected[0].time_ns) / speed
        for p, e in zip(played, expected, strict=True)
    ]
    late.sort()
    assert late[len(late) // 2] == pytest.approx(0, abs=50e6)  # ns; busy machines sleep long


def test_the_bundled_performance_plays_by_its_bare_name(domain, ears):
    with node("piano", domain, {"source": "file:performance.mid", "listeners": 1}) as process:
        process.says("midi/performance.mid' (13")
        ears.wait(lambda: len(ears.notes) > 4, "its first notes")
        assert ears.heard[0] == (ON, 38)


def test_who_comes_late_gets_a_short_file_in_blocks_at_once(domain, tmp_path):
    path = write_midi_file(tmp_path / "x.mid", [[(i / 100, (0x90, 60 + i, 9)) for i in range(40)]])
    with node("piano", domain, {"source": f"file:{path}", "loop": False}) as process:
        process.says("has ended")
        with listener(domain) as late:
            ears, blocks = Ears(late), late.collect(topics.PLAYED)
            late.wait(lambda: sum(len(b.notes) for b in blocks) == 80, "all that was played")
            assert not ears.notes
            assert [block.first for block in blocks if block.notes] == [0, 32, 64]
            ears.wait_status(PianoState.FINISHED)


def test_a_file_waits_for_its_listeners(domain, tmp_path):
    path = write_midi_file(tmp_path / "x.mid", [[(0, (0x90, 60, 9)), (0.1, (0x80, 60, 9))]])
    with node("piano", domain, {"source": f"file:{path}", "listeners": 1}) as process:
        process.says("waiting for subscribers of /notes: 0 of 1")
        with listener(domain) as first:
            notes = first.collect(topics.NOTES)
            first.wait(lambda: len(notes) == 2, "both notes")


def test_a_file_waits_for_those_it_is_told_to_wait_for(domain, tmp_path):
    path = write_midi_file(tmp_path / "x.mid", [[(0, (0x90, 60, 9)), (0.1, (0x80, 60, 9))]])
    with node("piano", domain, {"source": f"file:{path}", "awaited": "ear eye"}) as process:
        process.says("waiting for subscribers of /notes: ear, eye")
        with listener(domain, "ear") as ear, listener(domain, "eye") as eye:
            ears = [one.collect(topics.NOTES, topics.LIVE) for one in (ear, eye)]
            for one, notes in zip((ear, eye), ears, strict=True):
                one.wait(lambda notes=notes: len(notes) == 2, "both notes")


def test_who_does_not_come_is_waited_for_no_longer_than_asked(domain, tmp_path):
    path = write_midi_file(tmp_path / "x.mid", [[(0, (0x90, 60, 9))]])
    parameters = {"source": f"file:{path}", "awaited": "nobody", "listeners_timeout": 0.5}
    with node("piano", domain, parameters) as process:
        process.says("timeout after 0.5 s: no subscribers of /notes: nobody")
        process.says("has ended")


def test_a_stop_in_the_middle_of_a_file_releases_what_is_held(domain, ears, tmp_path):
    path = write_midi_file(tmp_path / "x.mid", [[(0, (0x90, 60, 9)), (600, (0x80, 60, 9))]])
    with node("piano", domain, {"source": f"file:{path}", "listeners": 1}) as process:
        ears.wait(lambda: ears.heard == [(ON, 60)], "the held note")
        assert process.stop() == 0
        ears.wait(lambda: ears.heard == [(ON, 60), (OFF, 60)], "its release")


MISTAKES = (
    ({"source": "file:{folder}/broken.mid"}, "broken.mid: byte 0: not a MIDI file"),
    ({"source": "file:{folder}/absent.mid"}, "absent.mid: No such file"),
    ({"source": "bag:{folder}/one.mid"}, "one.mid is not a bag: "),
    ({"source": "file:shaw.mid"}, "shaw.mid: No such file; bundled: part1.mid, performance"),
    ({"source": "disklavier"}, "parameter 'source' must be port:NAME PART"),
    ({"speed": "100.0"}, "speed"),
    ({"backend": "oss"}, "parameter 'backend' must be one of auto, alsa, jack"),
    ({"source": "file:{folder}/one.mid", "start": "9.0"}, "one.mid: cannot start at 9 s"),
)


def test_a_users_mistake_is_one_line_and_status_2(domain, tmp_path):
    (tmp_path / "broken.mid").write_bytes(b"no music")
    write_midi_file(tmp_path / "one.mid", [[(0, (0x90, 60, 9)), (1, (0x80, 60, 9))]])
    with contextlib.ExitStack() as stack:
        started = []
        for parameters, expected in MISTAKES:
            values = {name: value.format(folder=tmp_path) for name, value in parameters.items()}
            started.append((stack.enter_context(node("piano", domain, values)), expected))
        for process, expected in started:
            assert process.wait(60.0) == 2
            [line] = process.output().splitlines()
            assert expected in line


def test_what_is_odd_in_a_file_is_one_warning(domain, tmp_path):
    path = tmp_path / "PIANO001.FIL"
    write_midi_file(path, [[(0, (0x90, 60, 9)), (1, (0x80, 60, 9))]])
    path.write_bytes(bytes(128) + path.read_bytes())
    with node("piano", domain, {"source": f"file:{path}"}) as process:
        process.says(f"{path}: 128 bytes before its header passed over")
        process.says("has ended")
        assert process.output().count("passed over") == 1


def test_a_killed_piano_is_missed_within_its_lease(domain, ears, tmp_path):
    path = write_midi_file(tmp_path / "x.mid", [[(0, (0x90, 60, 9)), (600, (0x80, 60, 9))]])
    alive = []
    with listener(domain) as watcher:
        watch_liveliness(watcher.node, topics.PIANO_STATE, lambda e: alive.append(e.alive_count))
        with node("piano", domain, {"source": f"file:{path}"}) as process:
            watcher.wait(lambda: alive[-1:] == [1], "a piano that lives")
            process.kill()
            killed = time.monotonic()
            watcher.wait(lambda: alive[-1] == 0, "its death to be noticed")
            assert time.monotonic() - killed < NOTICED_WITHIN_S + BUSY_S


def test_loop_can_be_set_while_it_plays(domain, ears, tmp_path):
    path = write_midi_file(tmp_path / "x.mid", [[(0, (0x90, 60, 9)), (0.2, (0x80, 60, 9))]])
    parameters = {"source": f"file:{path}", "loop": True}
    with node("piano", domain, parameters) as process, listener(domain) as setter:
        ears.wait(lambda: len(ears.notes) >= 6, "three rounds")
        _set_parameter(setter, "piano", "loop", value=False)
        process.says("has ended")


def _set_parameter(setter, name, parameter, *, value):
    from rclpy.parameter import Parameter
    from rclpy.parameter_client import AsyncParameterClient

    client = AsyncParameterClient(setter.node, name)
    setter.wait(client.services_are_ready, "the parameter services")
    future = client.set_parameters([Parameter(parameter, value=value)])
    setter.wait(future.done, "the answer")
    assert future.result().results[0].successful


def test_the_node_is_installed_where_ros_looks_for_it():
    assert (Path(sys.prefix) / "lib" / "descant" / "piano").is_file()
