# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""A million random bytes from the piano's cable: no note is made up, none stays down."""

import random
import subprocess
import sys
from collections.abc import Sequence

import pytest

from descant import topics
from descant.msg import NoteEvent, PianoState
from descant.piano.decoder import MidiDecoder
from descant.types import PEDALS, Event, Note
from support.graph import domain_id
from support.jack import LONG_PERIOD, jack_server, needs_jack
from support.node import listener, node

pytestmark = [pytest.mark.graph, pytest.mark.jack, pytest.mark.timeout(120)]

BYTES = 1_000_000
OVER_JACK = 50_000
LONGEST = 12  # bytes of a message

# Random events straight into JACK's buffer, past the checks of rtmidi's own output; then every key
# of the channels it has used goes up, as a piano that is well says it.
NOISE = """
import random, sys, threading, jack
server, count = sys.argv[1], int(sys.argv[2])
client = jack.Client("noise", no_start_server=True, servername=server)
port = client.midi_outports.register("Disklavier")
chance, done = random.Random(7), threading.Event()
left, last = count, iter(())
@client.set_process_callback
def process(frames):
    global left, last
    port.clear_buffer()
    if not port.connections:
        return
    for offset in range(0, frames, 16):
        if left > 0:
            data = chance.randbytes(chance.randint(1, 12))
            if chance.random() < 0.5:  # like a note or a pedal
                data = bytes((chance.randint(0x80, 0xBF), *chance.randbytes(2)))
            left -= len(data)
            if left <= 0:
                last = iter([b"\\xf7", *(bytes((0xB0 | c, 123, 0)) for c in range(16)),
                             b"\\x90\\x40\\x40", b"\\x80\\x40\\x40"])
        else:
            data = next(last, None)
            if data is None:
                done.set()
                return
        try:
            port.write_midi_event(offset, data)
        except jack.JackError:  # this period's buffer is full
            return
with client:
    done.wait()
    sys.stdin.read()
"""


def noise(seed: int, count: int) -> list[bytes]:
    """Messages of `count` random bytes in all; half begin as a note or controller does."""
    chance, messages, left = random.Random(seed), [], count
    while left > 0:
        data = chance.randbytes(chance.randint(0, LONGEST))
        if chance.random() < 0.5:
            data = bytes((chance.randint(0x80, 0xBF), *data[:2]))
        messages.append(data)
        left -= len(data)
    return messages


def check(events: Sequence[Event]) -> None:
    """Every key goes down once before it goes up, and in the end none is down."""
    down: dict[int, int] = {}
    for event in events:
        if not isinstance(event, Note):
            assert event.pedal in PEDALS
            assert 0 <= event.value <= 127
            continue
        assert 0 <= event.key <= 127
        assert 0 <= event.velocity <= 127
        assert 0 <= event.velocity_14bit <= 16_383
        if event.on:
            assert event.key not in down
            down[event.key] = event.id
        else:
            assert down.pop(event.key) == event.id
    assert not down


def test_a_million_random_bytes_are_decoded_or_passed_over() -> None:
    decoder = MidiDecoder(run_ns=1_800_000_000_000_000_000)
    messages = noise(5, BYTES)
    events = [e for n, data in enumerate(messages) for e in decoder.feed(data, n)]
    events += decoder.release_all(len(messages))
    assert sum(map(len, messages)) >= BYTES
    assert len(events) > 10_000
    assert decoder.malformed > 10_000
    assert decoder.held == 0
    check(events)


@needs_jack
@pytest.mark.proof
def test_random_bytes_at_a_real_port_leave_no_key_down(monkeypatch: pytest.MonkeyPatch) -> None:
    domain = domain_id()
    with jack_server(period=LONG_PERIOD) as server, listener(domain) as ears:
        for name in ("JACK_DEFAULT_SERVER", "JACK_NO_START_SERVER"):
            monkeypatch.setenv(name, server.environment[name])
        notes: list[NoteEvent] = ears.collect(topics.NOTES)
        ears.collect(topics.PEDALS)
        states: list[PianoState] = ears.collect(topics.PIANO_STATE)
        with (
            node("piano", domain, {"source": "port:Disklavier", "backend": "jack"}) as piano,
            subprocess.Popen(
                [sys.executable, "-c", NOISE, server.name, str(OVER_JACK)],
                env=server.environment,
                stdin=subprocess.PIPE,
            ) as child,
        ):
            try:
                last = (NoteEvent.OFF, 0x40)
                ears.wait(
                    lambda: (
                        len(notes) > 100
                        and (notes[-1].kind, notes[-1].key) == last
                        and states[-1].held == 0
                    ),
                    "the last note, and no key down",
                    60.0,
                )
            finally:
                child.kill()
            assert piano.stop() == 0
            assert "Traceback" not in piano.output()
            assert len(piano.output().splitlines()) < 20
