# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The time of day set an hour on and an hour back, under nodes that perform.

As a program sees it, DDS's own threads among them: support/settable_clock.c. The clock of this
machine is left alone.
"""

import shutil
import struct
import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from descant import topics
from descant.decoding import stamp_ns
from descant.msg import NoteEvent
from support.graph import domain_id
from support.midifiles import write_midi_file
from support.node import listener, node

COMPILER = shutil.which("cc")
pytestmark = [
    pytest.mark.graph,
    pytest.mark.skipif(COMPILER is None, reason="needs a C compiler, for a clock that can be set"),
]

SOURCE = Path(__file__).parents[1] / "support" / "settable_clock.c"
HOUR_S = 3_600
MELODY = (62, 65, 69, 72)
STEP_S, PAUSE_S = 0.25, 3.0  # a bar; then nothing wakes a node but its own timers
MORE = {"states": 4, "piano": 4, "synth": 20}  # messages that follow, of each kind
SetClock = Callable[[int], None]


@pytest.fixture
def set_clock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SetClock:
    """Sets the clock of every process started from here, so many seconds from the true time."""
    library, added = tmp_path / "clock.so", tmp_path / "clock"
    assert COMPILER is not None
    subprocess.run(
        [COMPILER, "-shared", "-fPIC", "-O2", "-o", library, SOURCE, "-ldl", "-lpthread"],
        check=True,
    )
    added.write_bytes(struct.pack("q", 0))
    monkeypatch.setenv("LD_PRELOAD", str(library))
    monkeypatch.setenv("SETTABLE_CLOCK", str(added))

    def set_by(seconds: int) -> None:
        with added.open("r+b") as file:
            file.write(struct.pack("q", seconds * 10**9))

    return set_by


def test_a_clock_that_is_set_stops_nothing(set_clock: SetClock, tmp_path: Path) -> None:
    bar = [(0.0, (0x90, 40, 80)), (PAUSE_S, (0x80, 40, 64))]
    bar += [(n * STEP_S / 4, (0x90, key, 70)) for n, key in enumerate(MELODY)]
    bar += [((n + 1) * STEP_S / 4, (0x80, key, 64)) for n, key in enumerate(MELODY)]
    music = write_midi_file(tmp_path / "bar.mid", [sorted(bar)])
    domain = domain_id()
    playing = {"source": f"file:{music}", "loop": True, "awaited": "learner synth test_listener"}
    with (
        listener(domain) as ears,
        node("learner", domain) as learner,
        node("synth", domain, {"sink": "none"}) as synth,
        node("piano", domain, playing) as piano,
    ):
        notes = ears.collect(topics.NOTES)
        said = {
            "states": ears.collect(topics.LEARNER_STATE),
            "piano": ears.collect(topics.PIANO_STATE),
            "synth": ears.collect(topics.SYNTH_STATE),
        }
        for seconds in (0, HOUR_S, -HOUR_S, 0):
            set_clock(seconds)
            wanted = {name: len(said[name]) + more for name, more in MORE.items()}
            ears.wait(
                lambda wanted=wanted: all(len(said[n]) >= count for n, count in wanted.items()),
                f"what follows a clock {seconds} s from the true time",
            )
        assert [one.stop() for one in (piano, synth, learner)] == [0, 0, 0]
    stamps = np.array([stamp_ns(note) for note in notes]) / 1e9
    assert np.diff(stamps).max() < 2 * PAUSE_S  # no hour lies between two notes
    assert np.diff(stamps).min() >= 0.0
    struck = [note.key for note in notes if note.kind == NoteEvent.ON]
    assert struck == ([40, *MELODY] * len(struck))[: len(struck)]
    assert {note.id for note in notes if note.kind == NoteEvent.ON} == {n.id for n in notes}


def test_a_learner_that_begins_after_the_clock_was_set_back_knows_the_past(
    set_clock: SetClock, tmp_path: Path
) -> None:
    """What it hears first was sent an hour ahead of its own time, and is past all the same."""
    strokes = [(n * STEP_S / 4, (0x90, key, 70)) for n, key in enumerate((40, *MELODY))]
    music = write_midi_file(tmp_path / "bar.mid", [strokes])
    domain, count = domain_id(), 2 * len(strokes)  # what is still down at the end is released
    set_clock(0)
    with node("piano", domain, {"source": f"file:{music}", "loop": False}) as piano:
        piano.says("has ended")
        set_clock(-HOUR_S)
        with listener(domain) as ears:
            states = ears.collect(topics.LEARNER_STATE)
            with node("learner", domain) as learner:
                learner.says(f"caught up with {count} notes played before the start")
                ears.wait(lambda: len(states) > 0, "its state")
                assert learner.stop() == 0
        assert piano.stop() == 0
    steps = len(MELODY)
    assert [(state.events, state.step) for state in states] == [(len(strokes), steps)]
