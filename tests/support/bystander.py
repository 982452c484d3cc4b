# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""A participant that is none of ours, beside every node of the graph: it plays, and sends strange
things.
"""

from __future__ import annotations

import contextlib
import itertools
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from descant import topics
from descant.msg import (
    CameraState,
    Cue,
    NoteEvent,
    RecorderState,
)
from descant.nodes.common.conversion import to_note_event
from descant.types import Note
from support.graph import domain_id
from support.node import Listener, NodeProcess, listener, node

# Every topic that a node of the graph subscribes to; /played comes from a piano of its own.
TOPICS = [topic for topic in topics.TOPICS if topic.subscribers and topic != topics.PLAYED]
SAID = (topics.SYNTH_STATE, topics.STAGE_STATE, topics.CAMERA_STATE, topics.RECORDER_STATE)
WELL = {
    "/synth_state": lambda s: s.voices > 0 and -200.0 < s.peak <= 0.0,  # a NaN is neither
    "/stage_state": lambda s: s.frame_rate > 1.0 and s.part in range(1, 5),
    "/camera_state": lambda s: s.status == CameraState.SEEING and s.frame_rate > 1.0,
    "/recorder_state": lambda s: s.status == RecorderState.RECORDING,
}
SMALL = {"width": 160, "height": 90}
BASS, UPPER = 36, 67
FIRST_ID = 1 << 40
AGAIN_S = 2.0


class Bystander:
    """Publishes on every topic, and hears what the nodes say."""

    def __init__(self, ears: Listener, nodes: Sequence[NodeProcess]) -> None:
        self.ears, self.nodes = ears, nodes
        self.publishers = {topic.name: ears.publisher(topic) for topic in TOPICS}
        self.said: dict[str, list[Any]] = {topic.name: ears.collect(topic) for topic in SAID}
        self.states: list[Any] = ears.collect(topics.LEARNER_STATE)
        self.parts: list[Any] = ears.collect(topics.PART)
        self._id = itertools.count(FIRST_ID)

    def meet(self) -> None:
        """Wait until all nodes are there and say so."""
        names = {n.name for n in self.nodes}
        self.ears.wait(lambda: all(self.said.values()), "everybody's state")
        hears = self.ears.node.get_subscriptions_info_by_topic

        def listening() -> bool:
            return {i.node_name for i in hears("/notes")} >= names

        self.ears.wait(listening, "everybody on /notes")
        self.ears.wait(lambda: self.said["/stage_state"][-1].frame_rate > 1.0, "frames")

    def note(self, number: int, key: int, *, on: bool, time_ns: int | None = None) -> NoteEvent:
        """A note as it should be."""
        at = time.time_ns() if time_ns is None else time_ns
        return to_note_event(Note(at, number, on, key, 80, 80 << 7))

    def strike(self, *keys: int) -> list[int]:
        """Keys go down and up again; returns the notes' ids."""
        numbers = [next(self._id) for _ in keys]
        for on in (True, False):
            for number, key in zip(numbers, keys, strict=True):
                self.publishers["/notes"].publish(self.note(number, key, on=on))
        return numbers

    def cue(self, command: int, part: int = 0) -> None:
        """A word to the graph."""
        self.publishers["/cue"].publish(Cue(command=command, part=part))

    def go_to(self, part: int) -> None:
        """The conductor goes there when it is told."""
        heard = len(self.parts)
        self.cue(Cue.PART, part)
        wanted = f"part {part} by cue"

        def there() -> bool:
            return any(p.part == part and p.cause == "cue" for p in self.parts[heard:])

        self.ears.wait(there, wanted)

    def all_is_well(self) -> None:
        """Every node lives and does what it is there for: learns, sounds, shows, records."""
        self.go_to(1)
        self.learns()
        for topic, well in WELL.items():
            counted = len(self.said[topic])
            self._play_until(
                lambda s=self.said[topic], c=counted, w=well: any(w(m) for m in s[c:]),
                f"{topic} that is well",
            )
        self.cue(Cue.PANIC)
        silent = self.said["/synth_state"]
        self.ears.wait(lambda: silent[-1].voices == 0, "silence")
        assert [n.name for n in self.nodes if n.process.poll() is not None] == []

    def learns(self) -> None:
        """Play until the learner answers: a part that was said before may still be on its way."""
        heard = len(self.states)
        struck: set[int] = set()
        self._play_until(lambda: any(s.cause in struck for s in self.states[heard:]), "a step",
                         struck)  # fmt: skip

    def _play_until(
        self, condition: Callable[[], bool], what: str, struck: set[int] | None = None
    ) -> None:
        """Strike again and again: on a busy machine the sound of one note is soon over."""
        due = 0.0

        def held() -> bool:
            nonlocal due
            if time.monotonic() > due:
                ids = self.strike(BASS, UPPER)
                if struck is not None:
                    struck.update(ids)
                due = time.monotonic() + AGAIN_S
            return condition()

        self.ears.wait(held, what)

    def output(self) -> dict[str, list[str]]:
        """What each node has printed, in lines."""
        return {n.name: n.output().splitlines() for n in self.nodes}


@contextlib.contextmanager
def bystander(folder: Path) -> Iterator[Bystander]:
    """Every node but the piano, whose place is the bystander's, for the length of a block."""
    domain = domain_id()
    wanted = {
        "recorder": {"bag": str(folder / "bag"), "reserve": 0},
        "conductor": {},
        "learner": {"seed": 3},
        "synth": {"sink": f"wav:{folder / 'sound.wav'}"},
        "camera": {"source": "keyboard", **SMALL},
        "stage": {"canvas": "offscreen", **SMALL},
    }
    with contextlib.ExitStack() as stack:
        nodes = [stack.enter_context(node(n, domain, p)) for n, p in wanted.items()]
        one = Bystander(stack.enter_context(listener(domain, "bystander")), nodes)
        one.meet()
        yield one
