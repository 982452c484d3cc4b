# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""A recording played again into a live graph: real nodes, real bags."""

from __future__ import annotations

import contextlib
import os
import pty
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from descant.bags.reader import read
from descant.bags.recording import Recording
from descant.msg import NoteEvent
from descant.performance.recompute import bits, verify
from descant.types import State
from support.graph import domain_id, graph_environment
from support.midifiles import write_midi_file
from support.node import node, wait_until
from support.replaying import Stage, performed, recorded_graph

pytestmark = [pytest.mark.graph, pytest.mark.timeout(240)]
DESCANT = Path(sys.executable).with_name("descant")
SEED = {"seed": 23, "learning_rate": 0.3}
LATE_STEPS = 6
IDS = {"time_ns", "cause", "notes"}
"""Fields of a state that are of their own performance: its stamps and the ids of its notes."""


def tune(folder: Path) -> Path:
    """Two seconds of part 1: bass notes, runs above, a pedal, and a key held to the end."""
    messages: list[tuple[float, tuple[int, ...]]] = [(0.0, (0xB0, 64, 90))]
    for index, key in enumerate((36, 64, 67, 71, 40, 72, 74, 60, 62, 65, 43, 69, 77, 81)):
        at = 0.05 + index * 0.14
        messages += [(at, (0xB0, 88, index)), (at, (0x90, key, 40 + 5 * index))]
        messages += [(at + 0.11, (0x80, key, 20 + index))]
    return write_midi_file(folder / "tune.mid", [[*messages, (2.1, (0x90, 62, 70))]])


def chords(folder: Path) -> Path:
    """Part 2, then the soft pedal's gesture, then part 3: chords that are held."""
    messages: list[tuple[float, tuple[int, ...]]] = []

    def chord(at: float, keys: tuple[int, ...], seconds: float) -> None:
        messages.extend((at + 0.01 * i, (0x90, key, 80)) for i, key in enumerate(keys))
        messages.extend((at + seconds + 0.01 * i, (0x80, key, 64)) for i, key in enumerate(keys))

    chord(0.1, (40, 47, 52), 0.7)
    messages += [(1.0 + 0.05 * i, (0xB0, 67, v)) for i, v in enumerate((127, 0, 127, 0))]
    chord(1.4, (41, 48, 53, 57), 0.6)
    return write_midi_file(folder / "chords.mid", [messages])


def states(recording: Recording) -> list[State]:
    return [entry.state for entry in recording.states]


def own(state: State) -> dict[str, Any]:
    """A state to the bit, without what belongs to its own performance."""
    return {n: bits(v) for n, v in zip(State._fields, state, strict=True) if n not in IDS}


def relative(recording: Recording) -> list[tuple[Any, ...]]:
    """Notes with their distances from the first in ns, and without their ids."""
    notes = recording.notes
    zero = notes[0].time_ns
    return [(n.time_ns - zero, n.on, n.key, n.velocity, n.velocity_14bit) for n in notes]


def assert_whole(recording: Recording) -> None:
    """Every id once, every release that of its onset, nothing left sounding."""
    down: dict[int, int] = {}
    ons = [note.id for note in recording.notes if note.on]
    assert len(set(ons)) == len(ons)
    for note in recording.notes:
        if note.on:
            down[note.id] = note.key
        else:
            assert down.pop(note.id) == note.key
    assert not down


def assert_same_learning(again: Recording, first: Recording) -> None:
    """The same notes to the nanosecond, and the same states but for the last of a chord.

    Where a busy machine brings a release to the learner later than its grace, a step or two more
    is made before it: that many, and no other difference, are allowed here.
    """
    assert relative(again) == relative(first)
    ours, theirs = ({(s.episode, s.step): own(s) for s in states(r)} for r in (again, first))
    for key in ours.keys() & theirs.keys():
        a, b = ({n: v for n, v in x[key].items() if n != "events"} for x in (ours, theirs))
        assert a == b
    assert len(ours.keys() & theirs.keys()) > 60
    assert len(ours.keys() ^ theirs.keys()) <= LATE_STEPS


def as_bag(bag: Path, **more: Any) -> dict[str, Any]:
    return {"source": f"bag:{bag}", **more}


@pytest.mark.parametrize("speed", [pytest.param(1.0, marks=pytest.mark.proof), 8.0])
def test_part_1_is_learned_again_to_the_bit_at_any_speed(tmp_path: Path, speed: float) -> None:
    first = performed(domain_id(), tmp_path / "first", {"source": f"file:{tune(tmp_path)}"}, SEED)
    again = performed(domain_id(), tmp_path / "again", as_bag(tmp_path / "first", speed=speed))
    assert [own(s) for s in states(again)] == [own(s) for s in states(first)]
    assert len(states(first)) == 15
    assert [(p.pedal, p.value) for p in again.pedals] == [(p.pedal, p.value) for p in first.pedals]
    if speed == 1.0:
        assert relative(again) == relative(first)
        zero, new_zero = first.notes[0].time_ns, again.notes[0].time_ns
        times = [s.time_ns - zero for s in states(first)]
        assert [s.time_ns - new_zero for s in states(again)] == times
    assert_whole(again)
    assert all(verdict.difference is None for verdict in verify(again))


def test_knots_and_parts_are_learned_again_to_the_bit_with_a_conductor(tmp_path: Path) -> None:
    """At speed 1: steps are made on a grid of the performance's time."""
    file = {"source": f"file:{chords(tmp_path)}"}
    first = performed(domain_id(), tmp_path / "first", file, {**SEED, "part": 2}, {"part": 2})
    again = performed(domain_id(), tmp_path / "again", as_bag(tmp_path / "first"), {}, {"part": 4})
    assert [part.number for part in first.parts] == [2, 3]
    assert [part.number for part in again.parts][-2:] == [2, 3]
    assert_same_learning(again, first)


@pytest.mark.proof
def test_without_a_conductor_the_replay_says_the_parts(tmp_path: Path) -> None:
    file = {"source": f"file:{chords(tmp_path)}"}
    first = performed(domain_id(), tmp_path / "first", file, {**SEED, "part": 2}, {"part": 2})
    again = performed(domain_id(), tmp_path / "again", as_bag(tmp_path / "first"))
    assert [part.number for part in again.parts] == [2, 3]
    assert_same_learning(again, first)


@pytest.fixture(scope="module")
def bag(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A recording of `tune`."""
    folder = tmp_path_factory.mktemp("recorded")
    performed(domain_id(), folder / "first", {"source": f"file:{tune(folder)}"}, SEED)
    return folder / "first"


class Terminal:
    """`descant replay` with somebody at its keys."""

    def __init__(self, domain: int, bag: Path, *arguments: str) -> None:
        self.keys, terminal = pty.openpty()
        self._printed = b""
        self.process = subprocess.Popen(
            [str(DESCANT), "replay", str(bag), *arguments],
            env=graph_environment(domain), stdin=terminal, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
        os.close(terminal)
        assert self.process.stdout is not None
        os.set_blocking(self.process.stdout.fileno(), False)

    def press(self, key: bytes) -> None:
        os.write(self.keys, key)

    def output(self) -> str:
        assert self.process.stdout is not None
        self._printed += self.process.stdout.read() or b""
        return self._printed.decode(errors="replace")

    def says(self, text: str) -> None:
        wait_until(lambda: text in self.output(), lambda: f"{text!r} in {self.output()}")

    def end(self) -> int:
        """Wait for its end; everything it printed can still be read."""
        wait_until(lambda: (self.output() and False) or self.process.poll() is not None,
                   lambda: f"the end of {self.output()}", 90.0)  # fmt: skip
        return int(self.process.returncode)


@contextlib.contextmanager
def replay(domain: int, bag: Path, *arguments: str) -> Iterator[Terminal]:
    terminal = Terminal(domain, bag, *arguments)
    try:
        yield terminal
    finally:
        if terminal.process.poll() is None:
            terminal.process.kill()
            terminal.process.wait()
        os.close(terminal.keys)


@contextlib.contextmanager
def graph(folder: Path, **learner: Any) -> Iterator[Stage]:
    with recorded_graph(domain_id(), folder / "again", learner) as running:
        running.ears.wait(lambda: bool(running.settings), "the learner")
        yield running


def sounding(notes: list[Any]) -> set[int]:
    """Ids of the notes that are on."""
    held: set[int] = set()
    for note in notes:
        (held.add if note.kind == NoteEvent.ON else held.discard)(note.id)
    return held


def test_the_command_sets_the_learner_plays_and_ends(tmp_path: Path, bag: Path) -> None:
    with graph(tmp_path) as running, replay(running.domain, bag, "--speed", "4") as terminal:
        assert terminal.end() == 0, terminal.output()
        assert (
            "learner set as recorded: seed 1 -> 23, learning_rate 0.4 -> 0.3" in terminal.output()
        )
    again = read(tmp_path / "again")
    assert [own(s) for s in states(again)] == [own(s) for s in states(read(bag))]
    assert_whole(again)


@pytest.mark.proof
def test_other_parameters_can_be_set_and_the_learners_own_kept(tmp_path: Path, bag: Path) -> None:
    arguments = ("--keep-parameters", "--set", "learner.loss=mae", "--speed", "8")
    with graph(tmp_path, seed=5) as running, replay(running.domain, bag, *arguments) as terminal:
        assert terminal.end() == 0, terminal.output()
        assert "learner set: loss mse -> mae" in terminal.output()
    last = read(tmp_path / "again").settings[-1].json
    assert '"seed": 5' in last
    assert '"loss": "mae"' in last


def test_space_pauses_with_everything_released_and_goes_on(tmp_path: Path, bag: Path) -> None:
    with graph(tmp_path) as running, replay(running.domain, bag, "--speed", "0.5") as terminal:
        running.ears.wait(lambda: len(running.notes) >= 7, "a few notes")
        terminal.press(b" ")
        terminal.says("paused")
        running.ears.wait(lambda: not sounding(running.notes), "silence")
        heard = len(running.notes)
        terminal.press(b" ")
        running.ears.wait(lambda: len(running.notes) > heard, "the next note")
        assert terminal.end() == 0, terminal.output()
    again = read(tmp_path / "again")
    assert_whole(again)
    ons = [n.key for n in again.notes if n.on]
    assert ons == [n.key for n in read(bag).notes if n.on]
    values = [p.value for p in again.pedals if p.pedal == 64]
    assert values == [90, 0, 90, 0]  # up in the pause, and as it stood afterwards


def test_arrows_jump_and_nothing_is_left_sounding(tmp_path: Path, bag: Path) -> None:
    with graph(tmp_path) as running, replay(running.domain, bag, "--loop") as terminal:
        running.ears.wait(lambda: len(running.notes) >= 5, "a few notes")
        terminal.press(b"\x1b[D")  # 10 s back: to the beginning
        running.ears.wait(lambda: [n.key for n in running.notes].count(36) >= 3, "the beginning")
        running.ears.wait(lambda: len(running.notes) > 36, "the next round")
        terminal.press(b"q")
        assert terminal.end() == 0, terminal.output()
        running.ears.wait(lambda: not sounding(running.notes), "silence")
    assert_whole(read(tmp_path / "again"))


def test_a_replay_that_is_interrupted_leaves_nothing_sounding(tmp_path: Path, bag: Path) -> None:
    with graph(tmp_path) as running, replay(running.domain, bag, "--start", "1") as terminal:
        running.ears.wait(lambda: bool(sounding(running.notes)), "a note")
        terminal.process.send_signal(signal.SIGINT)
        assert terminal.end() == 0, terminal.output()
        running.ears.wait(lambda: not sounding(running.notes), "silence")
        assert running.notes[0].key in (62, 60, 65)  # from 1 s on


@pytest.mark.proof
def test_it_says_that_there_is_no_learner_and_another_piano(bag: Path) -> None:
    domain = domain_id()
    with (
        node("piano", domain, {"source": "virtual:x", "backend": "jack"}) as piano,
        replay(domain, bag, "--speed", "8") as terminal,
    ):
        assert terminal.end() == 0, terminal.output()
        assert "/notes has another publisher: piano; both are played" in terminal.output()
        assert "no learner in the graph: only notes and pedals are played" in terminal.output()
        assert piano.process.poll() is None
