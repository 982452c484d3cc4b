# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""A port that appears, disappears, stops sending and comes back, on a simulated clock."""

import pytest

from descant.piano.connection import PianoStatus, PortConnection
from descant.piano.settings import parse_midi_source

S = 1_000_000_000


class World:
    """What is plugged in, as the connection's clients see it."""

    def __init__(self, **ports):
        self.ports = ports  # backend -> names, or a text: why it does not answer
        self.now_ns = 100 * S
        self.told, self.heard, self.opened = [], [], []
        self.made = self.closed = self.lost = 0

    def connect(self, source, **options):
        connection = PortConnection(
            parse_midi_source(source),
            list(self.ports),
            lambda backend: FakeClient(self, backend),
            on_message=lambda data, now: self.heard.append((list(data), now)),
            on_lost=self._lose,
            on_report=self.told.append,
            **options,
        )
        connection.poll(self.now_ns)
        return connection

    def after(self, connection, seconds):
        """Poll twice a second for so long."""
        for _ in range(round(seconds * 2)):
            self.now_ns += S // 2
            connection.poll(self.now_ns)

    def _lose(self):
        self.lost += 1

    @property
    def statuses(self):
        return [report.status for report in self.told]


class FakeClient:
    def __init__(self, world, backend):
        self.world, self.backend = world, backend
        self.dead = False
        if isinstance(world.ports[backend], str):
            raise OSError(world.ports[backend])
        world.made += 1

    def names(self):
        found = self.world.ports[self.backend]
        return [] if self.dead or isinstance(found, str) else list(found)

    def open(self, name, heard):
        if name not in self.names():
            raise OSError(f"{name} is gone")
        self.world.opened.append(name)
        self.world.send = heard

    def open_virtual(self, name, heard):
        self.world.opened.append(f"virtual {name}")
        self.world.send = heard

    def is_present(self, name):
        return name in self.names() or f"virtual {name}" in self.world.opened

    def close(self):
        self.world.closed += 1
        self.dead = True


def test_a_port_is_found_by_a_part_of_its_name_whatever_the_case():
    world = World(alsa=["Midi Through:0", "YAMAHA Disklavier:USB MIDI 20:0"])
    connection = world.connect("port:disklavier")
    assert connection.report.status is PianoStatus.PLAYING
    assert connection.report.port == "YAMAHA Disklavier:USB MIDI 20:0"


def test_of_several_the_first_in_order_is_taken_and_the_others_are_named():
    world = World(alsa=["piano B", "piano A", "drums"])
    report = world.connect("port:piano").report
    assert report.port == "piano A"
    assert "the first of 2 matching ports; others: piano B" in report.message


def test_auto_takes_no_port_that_leads_back_into_the_computer():
    world = World(alsa=["Midi Through:Midi Through Port-0 14:0", "Z-Piano 24:0"])
    assert world.connect("auto").report.port == "Z-Piano 24:0"


def test_a_missing_port_is_reported_with_the_ports_found_and_awaited():
    world = World(alsa=["Midi Through 14:0"])
    connection = world.connect("port:Disklavier")
    assert connection.report.status is PianoStatus.WAITING
    assert (
        connection.report.message
        == "waiting for port:Disklavier; MIDI ports found: 'Midi Through 14:0'"
    )
    world.after(connection, 3)
    assert len(world.told) == 1  # said once
    world.ports["alsa"].append("Disklavier 20:0")
    world.after(connection, 0.5)
    assert world.statuses == [PianoStatus.WAITING, PianoStatus.PLAYING]


def test_without_alsa_jack_is_used_and_reported():
    world = World(alsa="no sequencer", jack=["a:Disklavier"])
    report = world.connect("auto").report
    assert report.message == "connected to 'a:Disklavier' (jack); no alsa (no sequencer)"


def test_without_a_midi_system_one_report_and_the_first_that_starts_is_used():
    world = World(alsa="no sequencer", jack="server not running")
    connection = world.connect("auto")
    assert connection.report.message == (
        "waiting for auto: no MIDI system available: no alsa (no sequencer);"
        " no jack (server not running)"
    )
    world.after(connection, 5)
    assert len(world.told) == 1
    world.ports["jack"] = ["a:Disklavier"]
    world.after(connection, 2.5)
    assert connection.report.port == "a:Disklavier"


def test_an_unplugged_port_is_lost_at_the_next_poll_and_opened_again_by_name():
    world = World(alsa=["Disklavier 20:0"])
    connection = world.connect("port:Disklavier")
    world.ports["alsa"] = []
    world.after(connection, 0.5)
    assert (world.lost, connection.report.status) == (1, PianoStatus.LOST)
    assert "'Disklavier 20:0' is lost" in connection.report.message
    world.after(connection, 10)
    assert world.lost == 1
    world.ports["alsa"] = ["Disklavier 24:0"]  # the client number is another one now
    world.after(connection, 2.5)
    assert connection.report == world.told[-1]
    assert connection.report.port == "Disklavier 24:0"
    assert world.statuses == [PianoStatus.PLAYING, PianoStatus.LOST, PianoStatus.PLAYING]


def test_a_server_that_dies_and_starts_again_gets_a_new_client():
    world = World(jack=["a:Disklavier"])
    connection = world.connect("auto")
    world.ports["jack"] = "server not running"
    world.after(connection, 3)
    assert connection.report.status is PianoStatus.LOST
    world.ports["jack"] = ["a:Disklavier"]
    world.after(connection, 2.5)
    assert connection.report.status is PianoStatus.PLAYING
    assert (world.made, world.closed) == (2, 1)


def test_active_sensing_is_no_note_and_its_silence_is_a_loss():
    world = World(alsa=["Disklavier"])
    connection = world.connect("auto")
    for _ in range(6):
        world.send([0xFE], world.now_ns)
        world.after(connection, 0.5)
    assert world.heard == []
    assert connection.report.status is PianoStatus.PLAYING
    last_ns = world.now_ns - S // 2
    while connection.report.status is PianoStatus.PLAYING:
        world.after(connection, 0.5)
    assert S < world.now_ns - last_ns <= 2 * S
    assert world.lost == 1
    assert "sends no active sensing" in connection.report.message


def test_a_silent_piano_is_opened_anew_and_back_with_its_first_message():
    world = World(alsa=["Disklavier"])
    connection = world.connect("auto")
    world.send([0xFE], world.now_ns)
    world.after(connection, 6)
    assert world.lost == 1
    assert len(world.opened) > 1  # the same name may be a new device
    world.send([0x90, 60, 1], world.now_ns)
    world.after(connection, 0.5)
    assert connection.report.status is PianoStatus.PLAYING
    assert world.heard == [([0x90, 60, 1], world.now_ns - S // 2)]


def test_silence_means_nothing_for_a_piano_that_sends_no_active_sensing():
    world = World(alsa=["Disklavier"])
    connection = world.connect("auto")
    world.send([0x90, 60, 1], world.now_ns)
    world.after(connection, 60)
    assert connection.report.status is PianoStatus.PLAYING


def test_a_process_that_stood_still_does_not_blame_the_piano():
    world = World(alsa=["Disklavier"])
    connection = world.connect("auto")
    world.send([0xFE], world.now_ns)
    world.now_ns += 30 * S  # suspended
    connection.poll(world.now_ns)
    assert connection.report.status is PianoStatus.PLAYING


def test_a_virtual_port_is_opened_once_and_stays_open_in_silence():
    world = World(alsa="no sequencer", jack=["other"])
    connection = world.connect("virtual:descant")
    world.send([0xFE], world.now_ns)
    world.after(connection, 5)
    assert world.opened == ["virtual descant"]
    assert connection.report.status is PianoStatus.LOST


@pytest.mark.parametrize("wanted", ["port:x", "virtual:x"])
def test_closing_leaves_every_midi_system(wanted):
    world = World(alsa=["x"], jack=["x"])
    connection = world.connect(wanted)
    connection.close()
    assert world.made == world.closed > 0
