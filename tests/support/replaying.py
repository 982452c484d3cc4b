# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""A small graph that is recorded: learner, conductor where wanted, recorder, and a player."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from descant import topics
from descant.bags.reader import read
from descant.bags.recording import Recording
from descant.msg import PianoState
from descant.nodes.common.endpoints import subscription
from support.node import Listener, NodeProcess, listener, node

RECORDED = {"learner", "recorder"}
SETTLED_S = 1.0


class Stage:
    """The nodes that listen, and what a test can wait for."""

    def __init__(self, domain: int, bag: Path, ears: Listener, everybody: set[str]) -> None:
        self.domain, self.bag, self.ears, self.everybody = domain, bag, ears, everybody
        self.notes: list[Any] = ears.collect(topics.NOTES)
        self.settings: list[Any] = ears.collect(topics.LEARNER_SETTINGS)
        self.states: list[Any] = []
        self._states = subscription(ears.node, topics.LEARNER_STATE, self.states.append)
        self.piano: list[Any] = ears.collect(topics.PIANO_STATE)

    def ready(self) -> None:
        """Wait until all listen to /notes, and the recorder hears the learner."""

        def there() -> bool:
            notes = self.ears.node.get_subscriptions_info_by_topic("/notes")
            states = self.ears.node.get_subscriptions_info_by_topic("/learner_state")
            recorded = "recorder" in {i.node_name for i in states}
            matched = self._states.get_publisher_count() > 0
            return {i.node_name for i in notes} >= self.everybody and recorded and matched

        self.ears.wait(there, f"{self.everybody} on /notes")
        self.ears.wait(lambda: bool(self.settings), "the learner's settings")

    def finished(self, timeout_s: float = 120.0) -> None:
        """Wait until what plays has played to its end."""
        self.ears.wait(
            lambda: bool(self.piano) and self.piano[-1].status == PianoState.FINISHED,
            "the end of the playing",
            timeout_s,
        )
        self.settled()

    def settled(self) -> None:
        """Wait until the learner has gone through what was played: nothing new for a second."""
        count, since = -1, time.monotonic()

        def quiet() -> bool:
            nonlocal count, since
            if len(self.states) != count:
                count, since = len(self.states), time.monotonic()
            return count > 0 and time.monotonic() - since > SETTLED_S

        self.ears.wait(quiet, "the learner", 90.0)


@contextlib.contextmanager
def recorded_graph(
    domain: int,
    bag: Path,
    learner: dict[str, Any] | None = None,
    conductor: dict[str, Any] | None = None,
) -> Iterator[Stage]:
    """Learner, recorder and, where its parameters are given, conductor, in their own processes."""
    with contextlib.ExitStack() as stack:
        recorder = stack.enter_context(node("recorder", domain, {"bag": bag}))
        everybody = set(RECORDED)
        others: list[NodeProcess] = [stack.enter_context(node("learner", domain, learner or {}))]
        if conductor is not None:
            others.append(stack.enter_context(node("conductor", domain, conductor)))
            everybody.add("conductor")
        ears = stack.enter_context(listener(domain))
        yield Stage(domain, bag, ears, everybody)
        for process in (*others, recorder):
            assert process.stop() == 0, process.output()


def performed(
    domain: int,
    bag: Path,
    piano: dict[str, Any],
    learner: dict[str, Any] | None = None,
    conductor: dict[str, Any] | None = None,
) -> Recording:
    """What a piano node with these parameters plays into such a graph, read from its bag."""
    with recorded_graph(domain, bag, learner, conductor) as graph:
        listeners = {"listeners": len(graph.everybody) + 1, "listeners_timeout": 60.0}
        with node("piano", domain, {**listeners, **piano}) as player:
            graph.ready()
            graph.finished()
            assert player.stop() == 0, player.output()
    return read(bag)
