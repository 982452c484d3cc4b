"""Playing in time: exact on a clock of the test's own, close on the real one."""

import threading
import time
from pathlib import Path

import pytest

from descant.errors import UserError
from descant.piano.midifile import MidiFile, TimedMessage, load
from descant.piano.player import MidiPlayer, make_wait, messages_from
from support.performances import performance

MS = 1_000_000


class Clock:
    """A clock that stands still but while it is waited on; `late` is how late each wait returns."""

    def __init__(self, *, stop_ns=None, late=0):
        self.now, self.stop_ns, self.late = 1_000 * MS, stop_ns, late

    def __call__(self):
        return self.now

    def wait(self, until_ns):
        if self.stop_ns is not None and until_ns > self.stop_ns:
            self.now = self.stop_ns
            return False
        self.now = max(self.now, until_ns + self.late)
        return True


def file_of(*messages):
    timed = tuple(TimedMessage(ms * MS, bytes(data)) for ms, data in messages)
    return MidiFile(Path("x.mid"), timed, timed[-1].time_ns)


SCALE = file_of((0, (0x90, 60, 1)), (100, (0x90, 62, 1)), (250, (0x90, 64, 1)))


def play(file, clock, **options):
    """(milliseconds since the start, key or controller, or None for a release) of all that came."""
    heard = []
    began = clock.now
    player = MidiPlayer(
        file,
        clock=clock,
        wait=clock.wait,
        send=lambda data, now: heard.append(((now - began) / MS, data[1])),
        release_all=lambda now: heard.append(((now - began) / MS, None)),
        **options,
    )
    return heard, player.run(), player


def test_every_message_comes_at_its_time_and_all_is_released_at_the_end():
    heard, ended, player = play(SCALE, Clock())
    assert heard == [(0, 60), (100, 62), (250, 64), (250, None)]
    assert ended
    assert player.position_ns == player.duration_ns == 250 * MS


def test_twice_the_speed_takes_half_the_time():
    heard, _, _ = play(SCALE, Clock(), speed=2.0)
    assert heard == [(0, 60), (50, 62), (125, 64), (125, None)]


def test_a_late_message_delays_none_of_the_following():
    heard, _, _ = play(SCALE, Clock(late=7 * MS))
    assert heard[:3] == [(7, 60), (107, 62), (257, 64)]


def test_a_start_in_the_middle_skips_what_was_before():
    heard, _, _ = play(SCALE, Clock(), start=0.1)
    assert heard == [(0, 62), (150, 64), (150, None)]


def test_a_start_in_the_middle_has_the_pedals_as_they_stand_there():
    file = file_of(
        (0, (0xB0, 64, 127)), (10, (0xB0, 67, 40)), (20, (0xB0, 64, 50)), (90, (0x90, 60, 1))
    )
    messages = messages_from(file.messages, 50 * MS)
    assert [(m.time_ns // MS, *m.data) for m in messages] == [
        (50, 0xB0, 64, 50),
        (50, 0xB0, 67, 40),
        (90, 0x90, 60, 1),
    ]


def test_a_loop_releases_everything_at_the_seam_and_goes_on_without_drift():
    clock = Clock(stop_ns=1_000 * MS + 460 * MS)
    heard, ended, _ = play(SCALE, clock, loop=True, start=0.1)
    assert heard == [
        (0, 62),
        (150, 64),
        (150, None),
        (150, 62),
        (300, 64),
        (300, None),
        (300, 62),
        (450, 64),
        (450, None),
        (450, 62),
        (460, None),  # stopped: what is held goes up
    ]
    assert not ended


def test_a_stop_releases_at_once():
    heard, ended, player = play(SCALE, Clock(stop_ns=1_050 * MS))
    assert heard == [(0, 60), (50, None)]
    assert not ended
    assert player.position_ns == 50 * MS


def test_a_start_behind_the_end_is_the_users_mistake():
    with pytest.raises(UserError, match=r"x\.mid: cannot start at 3 s: the file is 0\.2 s long"):
        play(SCALE, Clock(), start=3.0)


def test_the_real_clock_keeps_the_time_of_a_real_performance():
    file = load(performance("liszt-etude-1"))
    stop, lateness = threading.Event(), []
    began = time.monotonic_ns()
    player = MidiPlayer(
        file,
        clock=time.monotonic_ns,
        wait=make_wait(stop),
        send=lambda _data, now: lateness.append(now - began),
        release_all=lambda _now: None,
        speed=10.0,
    )
    cpu = time.thread_time()
    assert player.run()
    cpu = time.thread_time() - cpu
    late = sorted(at - m.time_ns // 10 for at, m in zip(lateness, file.messages, strict=True))
    assert late[0] > -10_000  # never early, but for the rounding of the division
    assert late[len(late) // 2] < 50 * MS  # 0.2 ms where nothing else runs
    assert cpu < 1.0  # of 4.5 s: it sleeps, it does not spin


def test_a_wait_ends_when_told():
    stop = threading.Event()
    threading.Timer(0.05, stop.set).start()
    assert not make_wait(stop)(time.monotonic_ns() + 60 * 10**9)
