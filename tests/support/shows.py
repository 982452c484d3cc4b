# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""What each launch file must do, whoever launches it: one set of expectations for two drivers.

`tests/launch/test_shows.py` drives them with the project's launcher,
`tests/launch/launch_test_shows.py` with ROS's own and launch_testing.
"""

from __future__ import annotations

import math
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import soundfile

from descant import topics
from descant.msg import (
    NoteEvent,
    PianoState,
)
from support.midifiles import write_midi_file
from support.node import Listener

Messages = list[tuple[float, Sequence[int]]]
TIMEOUT_S = 60.0
QUIET_S = 1.0
TROUBLE = re.compile(r"Traceback|\[ERROR\]|\[FATAL\]|Segmentation", re.IGNORECASE)
ON, OFF, PEDAL, SOFT = 0x90, 0x80, 0xB0, 67


def strike(at: float, length: float, *keys: int) -> Messages:
    """Keys struck together and released after `length` seconds."""
    down = [(at, (ON, key, 80)) for key in keys]
    return down + [(at + length, (OFF, key, 64)) for key in keys]


def phrase(at: float) -> Messages:
    """A bass note and ten of the upper half: an episode and ten steps. 2 s."""
    upper = [strike(at + 0.2 + 0.15 * i, 0.1, 72 + i) for i in range(10)]
    return strike(at, 0.3, 36) + [message for one in upper for message in one]


def chord(at: float) -> Messages:
    """A left-hand chord held for 1.5 s with three notes above. 2 s."""
    above = [strike(at + 0.3 * i, 0.25, 72 + 2 * i) for i in range(1, 4)]
    return strike(at, 1.5, 40, 47, 52) + [message for one in above for message in one]


def gesture(at: float) -> Messages:
    """The soft pedal, twice. 0.4 s."""
    return [(at + 0.1 * i, (PEDAL, SOFT, value)) for i, value in enumerate((120, 0, 120, 0))]


PERFORMANCE = [
    *phrase(0.0), *gesture(2.2), *chord(3.0), *gesture(5.2),
    *chord(6.0), *gesture(8.2), *phrase(9.0),
]  # fmt: skip


@dataclass(frozen=True)
class Show:
    """A launch file, what is played to it, and what is expected."""

    name: str
    music: Messages
    parts: tuple[int, ...]
    families: tuple[str, ...]
    camera: bool

    @property
    def nodes(self) -> set[str]:
        """The nodes that must run."""
        everybody = {"recorder", "conductor", "synth", "learner", "stage", "piano"}
        return everybody | ({"camera"} if self.camera else set())

    def arguments(self, folder: Path) -> dict[str, str]:
        """What the launch file is given; the MIDI file is written into `folder`."""
        midi = write_midi_file(folder / f"{self.name}.mid", [sorted(self.music)])
        given = {
            "piano": f"file:{midi}", "sound": f"wav:{folder / 'sound.wav'}", "screen": "offscreen",
            "bag": str(folder / "bag"), "width": "320", "height": "180", "seed": "7",
        }  # fmt: skip
        return {**given, "camera": "keyboard"} if self.camera else given


SHOWS = {
    show.name: show
    for show in (
        Show("part1", phrase(0.0), (1,), ("cubic",), camera=False),
        Show("part2", chord(0.0), (2,), ("knot",), camera=False),
        Show("part3", chord(0.0), (3,), ("knot",), camera=True),
        Show("part4", phrase(0.0), (4,), ("cubic",), camera=True),
        Show("performance", PERFORMANCE, (1, 2, 3, 4), ("cubic", "knot"), camera=True),
    )
}


class Audience:
    """Hears and sees everything that a show says."""

    def __init__(self, ears: Listener, show: Show) -> None:
        self._ears, self._show = ears, show
        self._counted, self._since = -1, 0.0
        self._live: list[Any] = ears.collect(topics.NOTES)
        self._played: list[Any] = ears.collect(topics.PLAYED)
        self.pedals: list[Any] = ears.collect(topics.PEDALS)
        self.states: list[Any] = ears.collect(topics.LEARNER_STATE)
        self.episodes: list[Any] = ears.collect(topics.EPISODE)
        self.parts: list[Any] = ears.collect(topics.PART)
        self.piano: list[Any] = ears.collect(topics.PIANO_STATE)
        self.synth: list[Any] = ears.collect(topics.SYNTH_STATE)
        self.stage: list[Any] = ears.collect(topics.STAGE_STATE)
        self.pictures: list[Any] = ears.collect(topics.CAMERA_IMAGE)

    @property
    def notes(self) -> list[Any]:
        """Every note, once: the piano does not await the audience; blocks have the first ones."""
        blocked = [note for block in self._played for note in block.notes]
        return list({(n.id, n.kind): n for n in (*self._live, *blocked)}.values())

    def sees_it_through(self) -> None:
        """Wait for the topics, then for the end of the music, then for silence."""
        show, wait = self._show, self._ears.wait
        wait(lambda: bool(self.parts), "the conductor's word", TIMEOUT_S)
        wait(lambda: bool(self.synth), "the synth's state", TIMEOUT_S)
        wait(lambda: bool(self.stage), "the stage's state", TIMEOUT_S)
        if show.camera:
            wait(lambda: bool(self.pictures), "a picture", TIMEOUT_S)
        finished = PianoState.FINISHED
        wait(lambda: any(p.status == finished for p in self.piano), "the file's end", TIMEOUT_S)
        wait(lambda: len(self.notes) == self._count(ON) * 2, "all notes", TIMEOUT_S)
        wait(lambda: self.stage[-1].part == show.parts[-1], "the last part on stage", TIMEOUT_S)
        wait(lambda: self.stage[-1].frame_rate > 1.0, "frames", TIMEOUT_S)
        families = set(show.families)
        wait(lambda: {s.family for s in self.states} >= families, "states of every part", TIMEOUT_S)
        wait(self._quiet, "the last state", TIMEOUT_S)
        said = len(self.synth)
        wait(lambda: self.synth[-1].voices == 0 and len(self.synth) > said, "silence", TIMEOUT_S)

    def _quiet(self) -> bool:
        """Whether no state has come for a second: a topic that is found late brings its past."""
        if len(self.states) != self._counted:
            self._counted, self._since = len(self.states), time.monotonic()
        return time.monotonic() - self._since > QUIET_S

    def checks(self) -> None:
        """Every expectation on what was heard and seen."""
        self._checks_notes()
        self._checks_learning()
        assert [p.part for p in self.parts] == list(self._show.parts)
        assert self.synth[-1].held == 0
        assert all(s.canvas.startswith("offscreen") for s in self.stage)
        assert all((p.width, p.height) == (320, 180) for p in self.pictures)
        assert bool(self.pictures) is self._show.camera

    def _checks_notes(self) -> None:
        down = {n.id: n.key for n in self.notes if n.kind == NoteEvent.ON}
        up = {n.id: n.key for n in self.notes if n.kind == NoteEvent.OFF}
        assert len(down) == self._count(ON)
        assert up == down

    def _checks_learning(self) -> None:
        """Each attempt goes from its start step by step, and ends nearer its target."""
        families = {s.family for s in self.states}
        assert families == set(self._show.families), families
        assert all(math.isfinite(s.loss) and s.loss >= 0.0 for s in self.states)
        attempts: dict[tuple[int, int], list[Any]] = {}
        for state in self.states:
            attempts.setdefault((state.episode, state.attempt), []).append(state)
        assert len(attempts) == len(self._show.parts)
        for states in attempts.values():
            steps = [s.step for s in states]
            assert steps[0] == 0
            assert {b - a for a, b in pairwise(steps)} <= {0, 1}  # 0: it has converged, and rests
            assert len(states) > 10
            assert states[-1].loss < states[0].loss

    def _count(self, kind: int) -> int:
        return sum(1 for _, message in self._show.music if message[0] == kind)


def checks_shutdown(show: Show, exits: dict[str, int], output: str, folder: Path) -> None:
    """What is left after ctrl-c: exit codes by node, all output, the WAV file and the bag."""
    assert exits == dict.fromkeys(show.nodes, 0), output
    assert not TROUBLE.search(output), output
    samples, rate = soundfile.read(folder / "sound.wav")
    assert len(samples) > rate
    assert abs(samples).max() > 0.05  # a state of the synth may be missed, its sound may not
    assert [p.suffix for p in sorted((folder / "bag").iterdir())] == [".mcap", ".yaml"]
