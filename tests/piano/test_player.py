# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Playing in time: exact on a simulated clock, close on the real one."""

import time
from pathlib import Path

import pytest

from descant.errors import UserError
from descant.piano.decoder import MidiDecoder
from descant.piano.midifile import MidiFile, TimedMessage, load
from descant.piano.playback import MidiFileSource, file_timeline
from descant.piano.player import Player, ReleaseAll
from descant.piano.settings import PianoSettings
from descant.piano.sources import SourceCallbacks
from descant.types import NANOSECONDS
from support.midifiles import write_midi_file
from support.odd_midi_files import ODD_FILES
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


def play(file, clock, *, start=0.0, **options):
    """(milliseconds since the start, key or controller, or None for a release) of all that came."""
    heard = []
    began = clock.now

    def send(due):
        at = (clock.now - began) / MS
        heard.extend((at, None if isinstance(e, ReleaseAll) else e[1]) for _, e in due)

    player = Player(file_timeline(file), start_ns=round(start * NANOSECONDS), **options)
    send(player.start(clock.now))
    while (next_ns := player.next_ns) is not None:
        if not clock.wait(next_ns):
            send(player.stop(clock.now))
            return heard, False, player
        send(player.due(clock.now))
    return heard, True, player


def test_every_message_comes_at_its_time_and_all_is_released_at_the_end():
    heard, ended, player = play(SCALE, Clock())
    assert heard == [(0, 60), (100, 62), (250, 64), (250, None)]
    assert ended
    assert player.position_ns(0) == file_timeline(SCALE).duration_ns == 250 * MS


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
    player = Player(file_timeline(file), start_ns=50 * MS)
    messages = player.start(50 * MS) + player.due(90 * MS)
    messages = [m for m in messages if not isinstance(m.event, ReleaseAll)]
    assert [(m.time_ns // MS, *m.event) for m in messages] == [
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
    assert player.position_ns(0) == 50 * MS


def test_a_start_behind_the_end_is_the_users_mistake():
    with pytest.raises(UserError, match=r"x\.mid: cannot start at 3 s: its end is at 0\.2 s"):
        play(SCALE, Clock(), start=3.0)


def source(path, on_message, **settings):
    callbacks = SourceCallbacks(on_message, lambda _now: None, lambda _report: None, set)
    return MidiFileSource(PianoSettings(source=f"file:{path}", **settings), callbacks)


def wait_until(condition, timeout_s=60.0):
    deadline = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.01)


def test_the_real_clock_keeps_the_time_of_a_real_performance():
    file = load(performance("liszt-etude-1"))
    sent, cpu = [], []

    def on_message(_data, now):
        sent.append(now)
        cpu.append(time.thread_time())

    player = source(file.path, on_message, speed=10.0)
    began = time.monotonic_ns()
    player.start()
    wait_until(lambda: player.ended)
    player.close()
    late = sorted(at - began - m.time_ns // 10 for at, m in zip(sent, file.messages, strict=True))
    assert late[0] > -10_000  # never early, but for the rounding of the division
    assert late[len(late) // 2] < 50 * MS  # 0.2 ms where nothing else runs
    assert cpu[-1] < 1.0  # of 4.5 s: it sleeps, it does not spin


def test_a_wait_ends_when_it_is_stopped(tmp_path):
    path = write_midi_file(tmp_path / "x.mid", [[(0, (0x90, 60, 9)), (60, (0x80, 60, 9))]])
    sent = []
    player = source(path, lambda data, _now: sent.append(data))
    player.start()
    wait_until(lambda: sent)
    began = time.monotonic()
    player.close()
    assert time.monotonic() - began < 2.0
    assert len(sent) == 1


def test_a_jump_restores_the_pedals_of_each_channel_and_minds_resets():
    moves = [
        (0, (0xB0, 64, 100)), (10, (0xB1, 64, 50)), (20, (0xB1, 67, 90)), (30, (0xB1, 121, 0)),
        (40, (0xB1, 67, 80)), (50, (0xB2, 121, 0)), (60, (0x90, 60, 1)), (90, (0x80, 60, 1)),
    ]  # fmt: skip
    timeline = file_timeline(file_of(*moves))
    assert [event.event for event in timeline.events[3:5]] == [b"\xb1\x40\x00", b"\xb1\x43\x00"]
    assert timeline.opening(35 * MS) == (b"\xb0\x40\x64", b"\xb1\x40\x00", b"\xb1\x43\x00")
    assert timeline.opening(60 * MS)[-1] == b"\xb1\x43\x50"


def test_what_is_played_gives_the_events_of_the_file(tmp_path):
    """Whatever is odd in it: a node plays the timeline, a film is made of the events."""
    path = tmp_path / "odd.mid"
    for content in [c for kind in ODD_FILES.values() for c in kind.values()]:
        path.write_bytes(content)
        file = load(path)
        decoder, played = MidiDecoder(run_ns=0), []
        for time_ns, data in file_timeline(file).events:
            played += decoder.feed(data, time_ns)
        assert (*played, *decoder.release_all(file.duration_ns)) == file.events()


def test_a_source_tells_what_was_odd_in_its_file(tmp_path):
    path = tmp_path / "odd.mid"
    path.write_bytes(b"junk" + ODD_FILES["data over 127"]["key"])
    assert source(path, lambda _data, _now: None).remarks == (
        f"{path}: 4 bytes before its header passed over; 2 data bytes over 127 read as 127",
    )
