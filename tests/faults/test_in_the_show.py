# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""One running performance: the sound's server killed and started again, and a flood of MIDI.

Its other faults: tests/graph/test_faults.py, tests/faults/test_frozen.py and test_disk_full.py.
"""

import contextlib
import time
from collections.abc import Iterator

import psutil
import pytest

from descant.bags.reader import damage, read
from descant.msg import NoteEvent, PianoState, SynthState
from descant.performance.recompute import verify
from support.fake_piano import FakePiano
from support.jack import LONG_PERIOD, JackServer, jack_server, needs_jack
from support.jackrecorder import jack_recording
from support.ordeal import (
    PICTURE_GOES_ON,
    Ordeal,
    Row,
    learning_goes_on,
    ordeal,
    sound_goes_on,
    tell,
)
from support.show import Show, performance

pytestmark = [
    pytest.mark.proof,
    pytest.mark.graph,
    pytest.mark.jack,
    needs_jack,
    pytest.mark.timeout(300),
]

OUTPUTS = ("descant:out_1", "descant:out_2")
FLOOD, FLOOD_RATE = 6_000, 2_000  # on and off; a second
KEYS = 70  # of the flood, one after the other
UPPER = 60  # a key from here on makes a step
BUSY_S = 90.0  # for what a busy machine is long about


@pytest.fixture(scope="module")
def later() -> Iterator[contextlib.ExitStack]:
    """What is closed when the performance is over."""
    with contextlib.ExitStack() as stack:
        yield stack


@pytest.fixture(scope="module")
def show(tmp_path_factory: pytest.TempPathFactory, later: contextlib.ExitStack) -> Iterator[Show]:
    with performance(tmp_path_factory.mktemp("show"), "seed:=6") as running:
        running.go_to(4)
        yield running


def notes(show: Show) -> list[tuple[int, int]]:
    """Id and kind of every note since the beginning."""
    return [(note.id, note.kind) for _, note in show.watch.said("/notes")]


def nothing_is_stuck(show: Show) -> None:
    """Every key that went down went up, and the learner has taken every note."""
    heard = notes(show)
    down = {number for number, kind in heard if kind == NoteEvent.ON}
    assert down == {number for number, kind in heard if kind == NoteEvent.OFF}
    last = show.watch.newest("/learner_state")
    assert heard.index((last.cause, NoteEvent.ON)) + 1 == last.events
    assert show.watch.newest("/piano_state").held == 0


def says(show: Show, topic: str, status: int, since: float) -> bool:
    """Whether `status` was said on `topic` since then."""
    return any(m.status == status for _, m in show.watch.said(topic, since))


def test_jack_killed_and_started_again(
    show: Show, later: contextlib.ExitStack, record_property: Row
) -> None:
    """The fake piano hangs on the same JACK and dies with it; both are taken back."""
    nodes = ("piano", "learner", "synth", "stage", "conductor", "recorder")
    pids = [show.concert.pid(node) for node in nodes]
    server = show.concert.server
    assert server is not None
    show.piano.play([(0.0, (0x90, key, 80)) for key in (40, 47, 72)])  # and they stay down
    show.wait(lambda: show.watch.newest("/synth_state").held >= 3, "the keys")
    killed = time.monotonic()
    server.kill()
    show.piano.unplug()
    ears_die(server)
    lost = show.wait(lambda: says(show, "/synth_state", SynthState.LOST, killed), "the loss")
    show.wait(lambda: says(show, "/piano_state", PianoState.LOST, killed), "the piano's loss")
    show.wait(lambda: show.watch.newest("/synth_state").held == 0, "the release", BUSY_S)
    again = later.enter_context(jack_server(name=server.name, period=LONG_PERIOD, waits=True))
    served = time.monotonic()
    show.concert.server, show.concert.piano = again, FakePiano(again.environment)
    show.wait(lambda: says(show, "/synth_state", SynthState.SOUNDING, served), "sound", BUSY_S)
    show.wait(lambda: says(show, "/piano_state", PianoState.PLAYING, served), "piano", BUSY_S)
    back = time.monotonic()
    show.concert.recording = later.enter_context(jack_recording(again, *OUTPUTS))
    with ordeal(show) as under:
        pass
    tell(record_property, f"jackd killed (noticed after {lost - killed:.1f} s)", back - served,
         under)  # fmt: skip
    assert [show.concert.pid(node) for node in nodes] == pids  # all have lived on
    pictures = [s.frame_rate for _, s in show.watch.said("/stage_state", killed)]
    assert min(pictures) > PICTURE_GOES_ON
    goes_on(show, under)


def ears_die(server: JackServer) -> None:
    """What listened at a server that is gone: its name would take the new one's wake-ups."""
    for child in psutil.Process().children():
        if {"-c", server.name} <= set(child.cmdline()):
            child.kill()


def goes_on(show: Show, under: Ordeal) -> None:
    """Ordinary playing sounds and is learned, and nothing is left of what was before."""
    sound_goes_on(under)
    learning_goes_on(under)
    nothing_is_stuck(show)


def test_a_flood_of_midi_arrives_and_passes(show: Show, record_property: Row) -> None:
    """2,000 notes a second for three seconds over the piano's cable."""
    before = len(notes(show))
    late = show.watch.newest("/synth_state").late_events
    flood = flood_of_midi()
    flooded = Ordeal(show)
    sent = show.piano.play(flood)
    ended = time.monotonic()
    show.wait(
        lambda: len(notes(show)) >= before + FLOOD,
        lambda: f"every note of it, not {len(notes(show)) - before}",
        BUSY_S,
    )
    arrived = time.monotonic() - ended
    show.wait(lambda: caught_up(show), "the learner", BUSY_S)
    took = time.monotonic() - ended
    flooded.end()
    with ordeal(show) as after:
        pass
    late = show.watch.newest("/synth_state").late_events - late
    rate = (FLOOD - 1) / ((sent[-1] - sent[0]) / 1e9)
    what = f"{FLOOD:,} notes at {rate:,.0f}/s, all there after {arrived:.1f} s, {late:,} late"
    tell(record_property, what, took, flooded)
    assert rate > FLOOD_RATE / 2
    goes_on(show, after)


def flood_of_midi() -> list[tuple[float, tuple[int, ...]]]:
    """Strokes, each until its key is struck again: something is always held."""
    messages = []
    for n in range(FLOOD // 2):
        key, at = 30 + n % KEYS, 2 * n / FLOOD_RATE
        messages.append((at, (0x90, key, 64)))
        messages.append((at + (2 * KEYS - 1) / FLOOD_RATE, (0x80, key, 64)))
    return sorted(messages)


def caught_up(show: Show) -> bool:
    """Whether the learner has answered the last key that was struck high enough."""
    high = [n.id for _, n in show.watch.said("/notes") if n.kind == NoteEvent.ON and n.key >= UPPER]
    return bool(show.watch.newest("/learner_state").cause >= high[-1])


def test_the_bag_is_whole_and_recomputed_to_the_bit(show: Show) -> None:
    count = len(notes(show))
    assert show.concert.stop() == 0
    assert damage(show.concert.bag) == []
    recording = read(show.concert.bag)
    assert len(recording.notes) >= count
    verdicts = verify(recording)
    assert [verdict.difference for verdict in verdicts] == [None]
    assert verdicts[0].states > FLOOD // 4
