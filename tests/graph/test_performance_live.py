# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The whole performance live: part after part, with every node in its own process."""

import json
import os
import subprocess
import time
from collections import Counter
from collections.abc import Iterator

import pytest

from descant.bags.reader import read
from descant.bags.recording import Recording
from descant.msg import Cue, NoteEvent
from descant.performance.recompute import verify
from support.concert import DESCANT
from support.graph import graph_environment
from support.jack import needs_jack
from support.show import Show, bar, performance, soft_pedal

pytestmark = [pytest.mark.graph, pytest.mark.jack, needs_jack, pytest.mark.timeout(240)]


@pytest.fixture(scope="module")
def show(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Show]:
    """One performance for all tests of this file, which begin by going to their part."""
    with performance(tmp_path_factory.mktemp("live"), "seed:=5") as running:
        yield running


@pytest.fixture(scope="module")
def recording(show: Show) -> Recording:
    """The end: what was recorded."""
    assert show.concert.stop() == 0
    return read(show.concert.bag)


def say(show: Show, *words: str) -> None:
    """`descant cue ..`, as a person types it."""
    environment = {**os.environ, **graph_environment(show.concert.domain)}
    subprocess.run([str(DESCANT), "cue", *words], env=environment, check=True, timeout=60)


def families(show: Show, since: float) -> list[str]:
    """Function families of the states since then."""
    return [state.family for _, state in show.watch.said("/learner_state", since)]


def test_it_begins_with_part_1(show: Show) -> None:
    first = show.watch.said("/part")[0][1]
    assert (first.part, first.start, first.cause) == (1, 0, "launch")


def test_the_gesture_goes_on_and_the_next_note_is_of_the_new_part(show: Show) -> None:
    show.go_to(1)
    show.play(bar())
    before = show.part()
    show.press(presses=2)
    show.wait(lambda: show.part().start == before.start + 1, "the next part")
    assert (show.part().part, show.part().cause) == (2, "soft pedal")
    show.settled(2)
    since = time.monotonic()
    with show.playing():  # chords, of which one makes a knot
        show.wait(lambda: families(show, since), "states of part 2")
    assert set(families(show, since)) == {"knot"}
    show.falls_silent()


def test_single_presses_do_not_go_on(show: Show) -> None:
    show.go_to(1)
    before = show.part().start
    for _ in range(3):
        show.press(presses=1)
        show.piano.play([(0.5, (0xD0, 0))])  # a pause, beyond the window of 400 ms
    show.watch.cue(Cue.RESTART)
    show.wait(lambda: show.part().cause == "cue" and show.part().start > before, "the restart")
    assert (show.part().part, show.part().start) == (1, before + 1)


def test_words_on_the_command_line_reach_everybody(show: Show) -> None:
    say(show, "part", "3")
    show.settled(3)
    show.wait(lambda: show.watch.newest("/stage_state").camera_delay > 0.0, "the camera's picture")
    say(show, "next")
    show.settled(4)


def test_panic_silences_what_is_held(show: Show) -> None:
    mark = show.mark()
    show.piano.note_on(60)
    show.wait(lambda: show.sounds(mark), "the note")
    say(show, "panic")
    show.falls_silent()
    show.piano.note_off(60)
    mark = show.mark()
    show.piano.play([(0.0, (0x90, 64, 80)), (0.5, (0x80, 64, 64))])
    show.wait(lambda: show.sounds(mark), "the next note")


def test_there_is_no_next_part_after_the_fourth(show: Show) -> None:
    show.go_to(4)
    start = show.part().start
    show.press(presses=2)
    show.watch.cue(Cue.NEXT)
    show.watch.cue(Cue.RESTART)
    show.wait(lambda: show.part().start > start, "the restart")
    assert (show.part().part, show.part().start) == (4, start + 1)


def test_a_restart_begins_a_new_episode(show: Show) -> None:
    show.go_to(4)
    show.play(bar())
    show.wait(lambda: show.watch.newest("/learner_state").step >= 3, "three steps")
    episode = show.watch.newest("/learner_state").episode
    start = show.part().start
    show.watch.cue(Cue.RESTART)
    show.wait(lambda: show.part().start == start + 1, "the fresh start")
    show.settled(4)
    since = time.monotonic()
    show.play([(0.0, (0x90, 72, 80)), (0.3, (0x80, 72, 64))])  # no bass note: yet a start
    show.wait(lambda: show.watch.said("/learner_state", since), "a state")
    first = show.watch.said("/learner_state", since)[0][1]
    assert (first.episode, first.step) == (episode + 1, 0)
    assert first.cause == show.watch.said("/notes", since)[0][1].id  # the very next note


def test_a_change_with_keys_held_loses_no_note_and_leaves_none_sounding(show: Show) -> None:
    show.go_to(1)
    show.falls_silent()
    since = time.monotonic()
    held = [(0.0, (0x90, key, 80)) for key in (36, 43, 55, 67)]
    runs = [
        (0.02 * n + t, (status, 60 + n % 24, 70))
        for n in range(150)
        for t, status in ((0.0, 0x90), (0.3, 0x80))
    ]
    chords = [
        (0.35 + 0.7 * n + t, (status, key, 70))  # each held over a change of part
        for n in range(4)
        for key in (38, 41, 45)
        for t, status in ((0.0, 0x90), (0.6, 0x80))
    ]
    changes = [(t + 0.7 * n, m) for n in range(3) for t, m in soft_pedal(presses=2)]
    up = [(3.5, (0x80, key, 64)) for key in (36, 43, 55, 67)]
    played = sorted([*held, *runs, *chords, *changes, *up], key=lambda each: each[0])
    show.piano.play(played)
    expected = Counter((data[0] == 0x90, data[1]) for _, data in played if data[0] in (0x80, 0x90))

    def taken() -> Counter[tuple[bool, int]]:
        said = show.watch.said("/notes", since)
        return Counter((note.kind == NoteEvent.ON, note.key) for _, note in said)

    show.wait(
        lambda: taken() == expected,
        lambda: f"every note: missing {expected - taken()}, too many {taken() - expected}",
    )
    show.settled(4)
    show.falls_silent()
    assert show.watch.newest("/synth_state").held == 0
    assert show.watch.newest("/piano_state").held == 0
    assert [part.part for _, part in show.watch.said("/part", since)] == [2, 3, 4]


def test_the_recording_is_recomputed_to_the_bit_over_all_changes(
    show: Show, recording: Recording
) -> None:
    [verdict] = verify(recording)
    assert verdict.difference is None
    assert verdict.states > 100
    parts = [json.loads(entry.json)["part"] for entry in recording.settings]
    assert {1, 2, 3, 4} <= set(parts)
    last = recording.states[-1].state
    assert last.events <= len(recording.notes)
    checked = subprocess.run(
        [str(DESCANT), "verify", str(show.concert.bag)], capture_output=True, text=True, check=False
    )
    assert checked.stdout == f"identical ({verdict.states} states)\n"
