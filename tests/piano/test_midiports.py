# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Real ports of a real JACK server, and what happens when it dies."""

import subprocess
import sys
import threading

import pytest

from descant.errors import UserError
from descant.piano.midiports import PortClient, backends
from support.fake_piano import fake_piano
from support.jack import LONG_PERIOD, jack_server, needs_jack
from support.node import wait_until

pytestmark = [pytest.mark.jack, needs_jack]


@pytest.fixture
def jack(monkeypatch):
    with jack_server(period=LONG_PERIOD) as server:
        monkeypatch.setenv("JACK_DEFAULT_SERVER", server.name)
        monkeypatch.setenv("JACK_NO_START_SERVER", "1")
        yield server


def test_an_unknown_backend_is_refused_with_those_there_are():
    with pytest.raises(UserError, match=r"no backend 'winmm'; available: .*jack"):
        backends("winmm")


def test_messages_arrive_with_their_time_active_sensing_included(jack):
    client, heard = PortClient("jack"), []
    with fake_piano(jack.environment) as piano:
        (name,) = client.names()
        client.open(name, lambda data, now: heard.append((data, now)))
        wait_until(lambda: piano.control(1, 0) and heard, "JACK to carry the new connection")
        sent = piano.note_on(60, 100)
        piano.active_sensing()
        wait_until(lambda: heard[-1][0] == [0xFE], "the last message")
    client.close()
    assert [data for data, _ in heard[-2:]] == [[0x90, 60, 100], [0xFE]]
    assert abs(heard[-2][1] - sent) < 1e9  # one clock


def test_a_slow_receiver_delays_no_other_client(monkeypatch):
    """JACK waits for every client before it plays on: nobody's work may be done in its thread."""
    stuck, release, heard = threading.Event(), threading.Event(), []

    def slow(_data, _now):
        stuck.set()
        release.wait()

    with jack_server(period=LONG_PERIOD, waits=True) as server:
        monkeypatch.setenv("JACK_DEFAULT_SERVER", server.name)
        with fake_piano(server.environment) as piano:
            at_work, beside = PortClient("jack"), PortClient("jack")
            try:
                for client, take in ((at_work, slow), (beside, lambda data, _: heard.append(data))):
                    (name,) = [name for name in client.names() if name.endswith(piano.port)]
                    client.open(name, take)
                wait_until(lambda: piano.control(1, 0) and stuck.is_set(), "the first message")
                # JACK gives a client that stands still some 13 s.
                wait_until(
                    lambda: piano.note_on(60, 99) and [0x90, 60, 99] in heard, "the note", 6.0
                )
            finally:
                release.set()
                at_work.close()
                beside.close()


def test_one_dropped_message_does_not_stop_the_port(jack, caplog):
    client, heard = PortClient("jack"), []

    def fails(data, _now):
        if data[2] == 13:
            raise RuntimeError("no luck")
        heard.append(data)

    with fake_piano(jack.environment) as piano:
        (name,) = client.names()
        client.open(name, fails)
        wait_until(lambda: piano.control(1, 0) and heard, "JACK to carry the new connection")
        piano.note_on(60, 13)
        piano.note_on(60, 14)
        wait_until(lambda: [0x90, 60, 14] in heard, "the message after it")
    client.close()
    assert "was dropped: [144, 60, 13]" in caplog.text
    assert [0x90, 60, 13] not in heard


def test_a_port_that_went_is_no_longer_there(jack):
    client = PortClient("jack")
    with fake_piano(jack.environment) as piano:
        (name,) = client.names()
        client.open(name, lambda _data, _now: None)
        assert client.is_present(name)
        piano.unplug()
        wait_until(lambda: not client.is_present(name), "the port to go")
        with pytest.raises(OSError, match="no longer exists"):
            client.open(name, lambda _data, _now: None)
    client.close()


def test_a_server_that_dies_leaves_no_ports_and_no_harm(jack, capfd):
    client, witness = PortClient("jack"), PortClient("jack")
    witness.open_virtual("inlet", lambda _data, _now: None)
    assert witness.is_present("inlet")
    with fake_piano(jack.environment):
        assert client.names()
        jack.kill()
        wait_until(lambda: not client.names(), "the ports to go")
        wait_until(lambda: not witness.is_present("inlet"), "the virtual port to go")
    client.close()
    witness.close()
    with pytest.raises(OSError, match="JACK server not running"):
        PortClient("jack")
    with jack_server(name=jack.name, period=LONG_PERIOD), fake_piano(jack.environment) as piano:
        again = PortClient("jack")
        assert [name for name in again.names() if name.endswith(piano.port)]
        again.close()


RAIN = """
import sys, time
from descant.piano.midiports import PortClient
for _ in range(8):
    client, heard = PortClient("jack"), []
    (name,) = [name for name in client.names() if name.endswith("Disklavier")]
    client.open(name, lambda data, now: heard.append(data))
    while len(heard) < 5:
        time.sleep(0.001)
    client.close()
print("survived")
"""


def test_closing_in_the_midst_of_a_rain_of_notes_neither_crashes_nor_hangs(jack):
    # rtmidi with a callback does either here, every time.
    with fake_piano(jack.environment) as piano:
        child = subprocess.Popen(
            [sys.executable, "-c", RAIN],
            env=jack.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        try:
            while child.poll() is None:
                piano.play([(i / 1000, (0x90, 20 + i % 88, i % 2)) for i in range(300)])
            assert child.stdout.read() == "survived\n"
            assert child.returncode == 0
        finally:
            child.kill()
            child.wait()
            child.stdout.close()
