# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The whole performance, live: every node in its own process, and all that they say.

with performance(folder) as show:
    show.go_to(3)
    with show.playing():
        show.kill("learner")
"""

from __future__ import annotations

import contextlib
import json
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from descant import topics
from descant.msg import (
    Cue,
    Part,
)
from descant.nodes.common.conversion import to_header
from descant.nodes.common.endpoints import subscription
from support.concert import PROBE, Concert, live
from support.fake_piano import FakePiano
from support.node import Listener
from support.sound import RATE

# `graph.launch.xml` starts these; with a stage of few pixels, since it is not looked at.
NODES = ("piano", "conductor", "learner", "synth", "camera", "stage", "recorder")
HEAR_THE_PIANO = frozenset({"conductor", "learner", "synth", "stage", "recorder"})
SMALL = ("screen:=offscreen", "width:=160", "height:=90")
PICTURES = (topics.CAMERA_IMAGE, topics.CAMERA_COMPRESSED, topics.CAMERA_INFO)
NOT_COLLECTED = (topics.PLAYED, topics.EPISODE, topics.CUE, *PICTURES)
TOPICS = {topic.name: topic for topic in topics.TOPICS if topic not in NOT_COLLECTED}
SILENCE = 1e-4  # -80 dBFS
BLOCK = RATE // 100
SOON_S = 40.0  # for what takes a second or two where nothing else runs
STEP_S = 0.3  # from note to note while `playing`
MELODY = (62, 65, 69, 72)
CHORD = (40, 44, 47)

Messages = list[tuple[float, Any]]


class Watch:
    """Listens to the graph in a thread; every message with when it came (`time.monotonic`)."""

    def __init__(self, domain: int) -> None:
        self._ears = Listener(domain)
        self._said: dict[str, Messages] = {topic: [] for topic in TOPICS}
        self._subscriptions = {
            name: subscription(self._ears.node, topic, self._taker(name))
            for name, topic in TOPICS.items()
        }
        self._cues = self._ears.publisher(topics.CUE)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._spin, name="watch", daemon=True)
        self._thread.start()

    def said(self, topic: str, since: float = 0.0) -> Messages:
        """What was said on `topic` since then, in order: (time, message)."""
        return [entry for entry in list(self._said[topic]) if entry[0] >= since]

    def newest(self, topic: str) -> Any:
        """The newest message on `topic`, None before any."""
        said = self._said[topic]
        return said[-1][1] if said else None

    def hears(self, topic: str) -> bool:
        """Whether somebody publishes `topic` for us."""
        return self._subscriptions[topic].get_publisher_count() > 0

    def listeners(self, topic: str) -> set[str]:
        """Names of the nodes that listen to `topic`."""
        there = self._ears.node.get_subscriptions_info_by_topic(topic)
        return {info.node_name for info in there}

    def cue(self, command: int, part: int = 0) -> None:
        """Say a word to the graph."""
        self._cues.publish(Cue(header=to_header(time.time_ns()), command=command, part=part))

    def close(self) -> None:
        """Leave the graph."""
        self._stop.set()
        self._thread.join()
        self._ears.close()

    def _taker(self, topic: str) -> Callable[[Any], None]:
        return lambda message: self._said[topic].append((time.monotonic(), message))

    def _spin(self) -> None:
        while not self._stop.is_set():
            with contextlib.suppress(AssertionError):
                self._ears.wait(self._stop.is_set, "the end", 0.5)


class Show:
    """A running performance, and what can be done to it."""

    def __init__(self, concert: Concert, watch: Watch) -> None:
        self.concert, self.watch = concert, watch
        self.began = time.monotonic()

    @property
    def piano(self) -> FakePiano:
        """The piano that is plugged in."""
        return self.concert.piano

    def ready(self) -> None:
        """Wait until every node is there, hears and is heard, from the first note on."""
        self.wait(lambda: all(map(self.watch.hears, ("/notes", "/pedals"))), "the piano")
        self.concert.ready()
        states = [topic for topic in TOPICS if topic.endswith("_state")]

        def told() -> bool:
            if not self.watch.newest("/learner_state"):  # it speaks when it is played to
                self.piano.play([(0.0, (0x90, PROBE, 30)), (0.1, (0x80, PROBE, 64))])
            return all(self.watch.newest(topic) for topic in states)

        self.wait(told, "everybody's state")
        self.wait(lambda: {"conductor", "synth"} <= self.watch.listeners("/cue"), "/cue")
        self.wait(lambda: self.watch.newest("/stage_state").frame_rate > 1.0, "frames")
        self.wait(lambda: self.watch.newest("/stage_state").camera_age < 1.0, "camera pictures")

    def wait(
        self,
        condition: Callable[[], Any],
        what: str | Callable[[], str],
        timeout_s: float = SOON_S,
    ) -> float:
        """Wait for `condition`; returns when it held (`time.monotonic`).

        `what` may be a function: it is called after the wait, and says what there was instead.
        """
        deadline = time.monotonic() + timeout_s
        while not condition():
            if time.monotonic() > deadline:
                missed = what if isinstance(what, str) else what()
                raise AssertionError(f"waited {timeout_s} s in vain for {missed}; {self.output()}")
            time.sleep(0.01)
        return time.monotonic()

    def output(self) -> str:
        """The last lines that the nodes have printed."""
        return "\n".join(["the nodes said:", *self.concert.output().splitlines()[-30:]])

    def part(self) -> Part:
        """What the conductor has said last."""
        return self.watch.newest("/part")

    def settled(self, part: int) -> None:
        """Wait until conductor, learner and stage are all in `part`."""
        self.wait(lambda: self.part().part == part, f"part {part} of the conductor")
        self.wait(lambda: self._learned() == (part, self.part().start), f"part {part}, learner")
        self.wait(lambda: self.watch.newest("/stage_state").part == part, f"part {part}, stage")

    def go_to(self, part: int) -> None:
        """A cue for `part`, and everybody follows."""
        start = self.part().start
        self.watch.cue(Cue.PART, part)
        self.wait(lambda: self.part().start > start, "the conductor's answer")
        self.settled(part)

    def _learned(self) -> tuple[int, int]:
        settings = json.loads(self.watch.newest("/learner_settings").settings)
        return settings["part"], settings["start"]

    def play(self, events: list[tuple[float, tuple[int, ...]]]) -> None:
        """Play and wait until every note of it has come."""
        arrived = len(self.watch.said("/notes"))
        arrived += sum(data[0] in (0x80, 0x90) for _, data in events)
        self.piano.play(events)
        self.wait(lambda: len(self.watch.said("/notes")) >= arrived, "the notes")

    def press(self, *, presses: int) -> None:
        """Full presses of the soft pedal, 120 ms apart; they have arrived. Two are the gesture."""
        movements = soft_pedal(presses=presses)
        arrived = len(self.watch.said("/pedals")) + len(movements)
        self.piano.play(movements)
        self.wait(lambda: len(self.watch.said("/pedals")) >= arrived, "the pedal")

    @contextlib.contextmanager
    def playing(self) -> Iterator[None]:
        """Chords on the left, a melody on the right, until the end of the block; then no key."""
        stop, failures = threading.Event(), []

        def play() -> None:
            try:
                while not stop.is_set():
                    self.piano.play(bar())
            except Exception as error:  # told below, in the test's own thread
                failures.append(error)

        thread = threading.Thread(target=play, name="pianist", daemon=True)
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join()
        if failures:
            raise failures[0]

    def mark(self) -> int:
        """Now, in frames of the sound that was heard."""
        assert self.concert.recording is not None
        return self.concert.recording.frames

    def heard(self, since: int) -> np.ndarray:
        """The left channel from `mark` on (or up to a period before it)."""
        assert self.concert.recording is not None
        return self.concert.recording.since(since)[0].astype(np.float64)

    def late_s(self, since: int) -> np.ndarray:
        """By how much each of JACK's periods since a mark came late."""
        assert self.concert.recording is not None
        return self.concert.recording.late_s(since)

    def sounds(self, since: int) -> bool:
        """Whether anything was heard from `mark` on."""
        heard = self.heard(since)
        return bool(len(heard)) and float(np.abs(heard).max()) > SILENCE

    def falls_silent(self, seconds: float = 0.5, timeout_s: float = SOON_S) -> None:
        """Wait until nothing has been heard for so long: no note is left sounding."""
        length = int(seconds * RATE)
        mark = self.mark()

        def silent() -> bool:
            heard = self.heard(max(mark, self.mark() - length))
            return len(heard) >= length and float(np.abs(heard).max()) < SILENCE

        self.wait(silent, "silence", timeout_s)


def soft_pedal(*, presses: int) -> list[tuple[float, tuple[int, ...]]]:
    """Full presses, 120 ms apart."""
    ways = [(0.12 * n + t, (0xB0, 67, v)) for n in range(presses) for t, v in ((0, 127), (0.06, 0))]
    return [(0.0, (0xB0, 67, 0)), *ways]


def bar() -> list[tuple[float, tuple[int, ...]]]:
    """Four notes of melody over a chord, 1.2 s; all keys are up at the end."""
    events: list[tuple[float, tuple[int, ...]]] = []
    for index, key in enumerate(MELODY):
        start = index * STEP_S
        events += [(start, (0x90, key, 90)), (start + 0.8 * STEP_S, (0x80, key, 64))]
    end = len(MELODY) * STEP_S - 0.05
    for key in CHORD:
        events += [(0.01, (0x90, key, 70)), (end, (0x80, key, 64))]
    return sorted(events, key=lambda event: event[0])


def longest_silence(signal: np.ndarray) -> float:
    """Seconds of the longest stretch without sound, in steps of 10 ms."""
    blocks = np.abs(signal[: len(signal) // BLOCK * BLOCK].reshape(-1, BLOCK)).max(axis=1)
    loud = np.flatnonzero(blocks > SILENCE)
    edges = np.concatenate([[-1], loud, [len(blocks)]])
    return float(np.diff(edges).max() - 1) / 100.0


@contextlib.contextmanager
def performance(folder: Path, *arguments: str, camera: str = "keyboard") -> Iterator[Show]:
    """`descant launch performance`, recorded, with a fake piano and a small stage off-screen."""
    words = (f"camera:={camera}", *SMALL, *arguments)
    with live(folder, "performance", *words, everybody=HEAR_THE_PIANO) as concert:
        watch = Watch(concert.domain)
        try:
            show = Show(concert, watch)
            show.ready()
            yield show
        finally:
            watch.close()
