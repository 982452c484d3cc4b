# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Apply what a recording has besides notes and pedals to the graph: parameters and parts."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from rclpy.node import Node
from rclpy.publisher import Publisher

from descant import topics
from descant.decoding import from_part
from descant.msg import Cue
from descant.msg import Part as PartMessage
from descant.nodes.common.clock import steady_timer
from descant.nodes.common.conversion import to_header, to_part
from descant.nodes.common.endpoints import (
    all_matched,
    full_name,
    publisher,
    publisher_nodes,
    subscriber_nodes,
    subscription,
)
from descant.nodes.common.remote_parameters import TIMEOUT_S, RemoteParameters
from descant.parameters import Value
from descant.plain_text import plain
from descant.programme.layers import described
from descant.replay.timeline import LearnerParameters
from descant.types import Part

DISCOVERY_S = 5.0
SETTLED_S = 0.7  # without a new node for this long discovery counts as complete
MATCH_S = 2.0
POLL_S = 0.01
GESTURES = ("soft pedal", "key ")
"""Causes of a part that the graph's conductor finds by itself in the notes and pedals played."""

Overrides = Mapping[str, Mapping[str, Value]]


class GraphReplayContext:
    """The `ReplayContext` of a running graph.

    With `as_recorded` the learner's parameters and the part follow the recording. `overrides` (node
    -> name -> value) hold instead of what was recorded. With `settle` discovery is awaited first.
    All methods but the constructor belong to the thread that plays.
    """

    def __init__(
        self,
        node: Node,
        epoch_ns: int,
        *,
        as_recorded: bool,
        overrides: Overrides | None = None,
        settle: bool = False,
    ) -> None:
        self._node, self._epoch_ns = node, epoch_ns
        self._as_recorded, self._settle = as_recorded, settle
        self._overrides = {name: values for name, values in (overrides or {}).items() if values}
        self._learner = RemoteParameters(node, "learner")
        self._others = [RemoteParameters(node, n) for n in self._overrides if n != "learner"]
        self._cues = publisher(node, topics.CUE)
        self._own_parts: Publisher | None = None  # of /part, where no conductor publishes it
        self._parameters: LearnerParameters | None = None
        self._part: Part | None = None  # the recorded part
        self._start: int | None = None  # the learner's parameter at first; None without a learner
        self._starts = 0  # parts published here
        self._graph_part: Part | None = None  # the last one on /part
        self._due: tuple[float, Part] | None = None  # when a part must have been on /part
        self._warned = False
        subscription(node, topics.PART, self._on_part, topics.LATCHED)
        steady_timer(node, SETTLED_S / 2, self._check_part)

    def prepare(self) -> None:
        """Wait until the graph is discovered; warn about missing and additional nodes."""
        if self._settle:
            self._await_graph()
            notes = full_name(self._node, topics.NOTES)
            others = sorted(publisher_nodes(self._node, topics.NOTES))
            if others:
                self._warn(f"{notes} has another publisher: {', '.join(others)}; both are played")
            if not subscriber_nodes(self._node, topics.NOTES):
                self._warn(
                    f"no subscriber on {notes}: is a performance running in this namespace and"
                    " ROS_DOMAIN_ID?"
                )
        for other in self._others:
            self._set(other, self._overrides[other.name], "set")

    def apply(self, event: LearnerParameters | Part, monotonic_ns: int) -> None:
        """Set parameters or change the part; the learner has begun the first part on return."""
        if isinstance(event, LearnerParameters):
            self._apply_parameters(event)
        elif self._as_recorded:
            self._apply_part(event, monotonic_ns + self._epoch_ns)

    def _apply_parameters(self, parameters: LearnerParameters) -> None:
        before, self._parameters = self._parameters, parameters
        if before is not None and before.own == parameters.own:
            return
        first = before is None
        values = dict(self._overrides.get("learner", {}))
        if self._as_recorded:
            # At first the part has begun, later it may be about to: its own values come with it.
            values = json.loads(parameters.effective if first else parameters.own) | values
        if values and self._learner.is_available():
            self._set(self._learner, values, "set as recorded" if self._as_recorded else "set")
        elif values and first:
            self._warn("no learner in the graph: only notes and pedals are played")

    def _set(self, node: RemoteParameters, values: Mapping[str, Any], verb: str) -> None:
        before = node.get(list(values)) if node.is_available() else {}
        if not before:
            self._warn(f"no {node.name} in the graph: its parameters are not set")
            return
        changes = {n: v for n, v in values.items() if before.get(n) != v}
        reason = node.set(changes) if changes else ""
        if reason:
            self._warn(f"the {node.name}'s parameters could not be set: {reason}")
            return
        changed = ", ".join(f"{n} {before.get(n)} -> {v}" for n, v in changes.items())
        self._node.get_logger().info(plain(f"{node.name} {verb}: {changed or 'no change needed'}"))

    def _apply_part(self, part: Part, time_ns: int) -> None:
        before, self._part = self._part, part
        if before is not None and (part.number, part.start) == (before.number, before.start):
            return
        opening = before is None
        if opening:
            self._find_conductor()
        if self._own_parts is not None:
            self._publish_part(self._own_parts, part, time_ns)
        elif opening or not part.cause.startswith(GESTURES):
            self._publish_cue(part.number)
        else:
            self._due = (time.monotonic() + SETTLED_S, part)
        if opening and self._start is not None:
            self._await_part(part.number, self._start)

    def _find_conductor(self) -> None:
        if self._learner.is_available():
            self._start = self._learner.get(["start"]).get("start")
        if publisher_nodes(self._node, topics.PART):
            _wait(lambda: all_matched(self._node, self._cues, topics.CUE), MATCH_S)
            return
        self._own_parts = parts = publisher(self._node, topics.PART)
        _wait(lambda: all_matched(self._node, parts, topics.PART), MATCH_S)

    def _publish_part(self, parts: Publisher, part: Part, time_ns: int) -> None:
        self._starts += 1
        start = (self._start or 0) + self._starts
        parts.publish(to_part(replace(part, time_ns=time_ns, start=start)))

    def _publish_cue(self, number: int) -> None:
        now_ns = time.monotonic_ns() + self._epoch_ns
        self._cues.publish(Cue(header=to_header(now_ns), command=Cue.PART, part=number))

    def _await_part(self, number: int, start: int) -> None:
        """Wait until the learner has begun the part: else the first note could be faster."""

        def begun() -> bool:
            now = self._learner.get(["part", "start"])
            return now.get("part") == number and now.get("start") != start

        if not _wait(begun, TIMEOUT_S):
            self._warn(f"the learner has not begun part {number}")

    def _on_part(self, message: PartMessage) -> None:
        self._graph_part = from_part(message)

    def _check_part(self) -> None:
        """Send a cue for a part that the conductor, with other gestures, has not begun."""
        self._compare_programmes()
        due = self._due
        if due is None or time.monotonic() < due[0]:
            return
        self._due = None
        if self._graph_part is None or self._graph_part.number != due[1].number:
            self._publish_cue(due[1].number)

    def _compare_programmes(self) -> None:
        """Warn once where the learner plays a part by other parameters than the recorded ones."""
        ours, theirs = self._part, self._graph_part
        if self._warned or self._own_parts or ours is None or theirs is None:
            return
        recorded, playing = described(ours), described(theirs)
        self._warned = ours.number == theirs.number and any(
            recorded.parameter("learner", name) != playing.parameter("learner", name)
            for name in {*recorded.learner, *playing.learner}
        )
        if self._warned:
            self._warn(
                f"part {ours.number} of the graph's programme is not that of the recording: "
                "the learner's states will differ"
            )

    def _await_graph(self) -> None:
        known, since = (-1, -1), time.monotonic()

        def settled() -> bool:
            nonlocal known, since
            subscribers = subscriber_nodes(self._node, topics.NOTES)
            spaces = [space for _, space in self._node.get_node_names_and_namespaces()]
            now = (spaces.count(self._node.get_namespace()), len(subscribers))
            if now != known:
                known, since = now, time.monotonic()
            return bool(subscribers) and time.monotonic() - since > SETTLED_S

        _wait(settled, DISCOVERY_S)

    def _warn(self, text: str) -> None:
        self._node.get_logger().warning(plain(text))


def _wait(condition: Callable[[], bool], timeout_s: float) -> bool:
    deadline = time.monotonic() + timeout_s
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(POLL_S)
    return True
