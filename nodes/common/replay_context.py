"""What a replay brings about besides notes and pedals: the learner's parameters, and the part."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from typing import Any

from rclpy.node import Node

from descant.learner.settings import LearnerSettings
from descant.msg import Cue
from descant.msg import Part as PartMessage
from descant.nodes.common import qos
from descant.nodes.common.clock import steady_timer
from descant.nodes.common.conversion import to_time
from descant.nodes.common.remote_parameters import PATIENCE_S, RemoteParameters
from descant.parameters import Value
from descant.replay.timeline import Parameters
from descant.types import Part

DISCOVERY_S = 5.0
SETTLED_S = 0.7  # nobody new for so long: all of the graph is known, as far as one can tell
MATCH_S = 2.0
POLL_S = 0.01
GESTURES = ("soft pedal", "key ")
"""Causes of a part that a conductor finds by itself, in the pedals and notes that are played."""

Overrides = Mapping[str, Mapping[str, Value]]


class GraphReplayContext:
    """`as_recorded`: the learner's parameters and the part follow the recording.

    `overrides` (room -> name -> value) hold instead of what was recorded. All methods but the
    constructor belong to the thread that plays.
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
        self._overrides = {room: values for room, values in (overrides or {}).items() if values}
        self._learner = RemoteParameters(node, "learner")
        self._others = [
            RemoteParameters(node, room) for room in self._overrides if room != "learner"
        ]
        self._cues = node.create_publisher(Cue, "/cue", qos.LIVE)
        self._conductor: str | None = None  # name of the node that says the part; '' for none
        self._own_parts: Any = None  # publisher of /part, where nobody else says it
        self._parameters: Parameters | None = None
        self._part: Part | None = None
        self._start = 0
        self._heard = 0  # the part that is played, by the conductor's word
        self._due: tuple[float, int] | None = None  # when which part must have been heard
        node.create_subscription(PartMessage, "/part", self._hear, qos.LATCHED)
        steady_timer(node, SETTLED_S / 2, self._look_after)

    def prepare(self) -> None:
        """Wait until the graph is known, and say what is missing or one too many."""
        if self._settle:
            self._await_graph()
            others = [n for n in self._names("publishers", "/notes") if n != self._own]
            if others:
                self._warn(f"/notes has another publisher: {', '.join(others)}; both are heard")
            if not [n for n in self._names("subscriptions", "/notes") if n != self._own]:
                self._warn("nobody listens to /notes: is a performance running on this domain?")
        for room in self._others:
            self._set(room, self._overrides[room.name], "set")

    def bring(self, what: Parameters | Part, monotonic_ns: int) -> None:
        """Set parameters, or say a part: the first one is known to the learner on return."""
        if isinstance(what, Parameters):
            self._bring_parameters(what)
        elif self._as_recorded:
            self._bring_part(what, monotonic_ns + self._epoch_ns)

    def _bring_parameters(self, what: Parameters) -> None:
        if what == self._parameters:
            return
        first, self._parameters = self._parameters is None, what
        own = dict(self._overrides.get("learner", {}))
        if self._as_recorded:
            values = LearnerSettings.of(json.loads(what.json) | own).values()
            own = {n: v for n, v in values.items() if n not in ("part", "start")} | own
        if own and self._learner.is_there():
            self._set(self._learner, own, "set as recorded" if self._as_recorded else "set")
        elif own and first:
            self._warn("no learner in the graph: only notes and pedals are played")

    def _set(self, room: RemoteParameters, values: Mapping[str, Any], word: str) -> None:
        before = room.get(list(values)) if room.is_there() else {}
        if not before:
            self._warn(f"no {room.name} in the graph: its parameters are not set")
            return
        changes = {n: v for n, v in values.items() if before.get(n) != v}
        refusal = room.set(changes) if changes else ""
        if refusal:
            self._warn(f"the {room.name}'s parameters could not be set: {refusal}")
            return
        told = ", ".join(f"{n} {before.get(n)} -> {v}" for n, v in changes.items())
        self._node.get_logger().info(f"{room.name} {word}: {told or 'nothing had to be changed'}")

    def _bring_part(self, part: Part, time_ns: int) -> None:
        if self._part is not None and (part.number, part.start) == (
            self._part.number,
            self._part.start,
        ):
            return
        opening, self._part = self._part is None, part
        if opening:
            self._find_conductor()
        if not self._conductor:
            self._say_part(part, time_ns)
        elif opening or not part.cause.startswith(GESTURES):
            self._cue(part.number)
        else:
            self._due = (time.monotonic() + SETTLED_S, part.number)
        if opening:
            self._await_part(part.number)

    def _find_conductor(self) -> None:
        known = self._learner.get(["part", "start"]) if self._learner.is_there() else {}
        self._start = known.get("start") or 0
        self._before = (known.get("part"), known.get("start"))
        others = [n for n in self._names("publishers", "/part") if n != self._own]
        self._conductor = others[0] if others else ""
        if not self._conductor:
            self._own_parts = self._node.create_publisher(PartMessage, "/part", qos.LOG)
            _wait(lambda: self._matched(self._own_parts, "/part"), MATCH_S)
        else:
            _wait(lambda: self._matched(self._cues, "/cue"), MATCH_S)

    def _say_part(self, part: Part, time_ns: int) -> None:
        self._start += 1
        self._own_parts.publish(
            PartMessage(
                stamp=to_time(time_ns), part=part.number, start=self._start, cause=part.cause
            )
        )

    def _cue(self, number: int) -> None:
        now_ns = time.monotonic_ns() + self._epoch_ns
        self._cues.publish(Cue(stamp=to_time(now_ns), command=Cue.PART, part=number))

    def _await_part(self, number: int) -> None:
        """Until the learner has begun it: else the first note could be faster."""

        def begun() -> bool:
            now = self._learner.get(["part", "start"])
            return now.get("part") == number and (number, now.get("start")) != self._before

        if self._before != (None, None) and not _wait(begun, PATIENCE_S):
            self._warn(f"the learner has not gone to part {number}")

    def _hear(self, message: PartMessage) -> None:
        self._heard = message.part

    def _look_after(self) -> None:
        """A conductor that goes by other gestures is told the part after all."""
        due = self._due
        if due is None or time.monotonic() < due[0]:
            return
        self._due = None
        if self._heard != due[1]:
            self._cue(due[1])

    def _await_graph(self) -> None:
        known, since = (-1, -1), time.monotonic()

        def settled() -> bool:
            nonlocal known, since
            listeners = self._names("subscriptions", "/notes")
            now = (len(self._node.get_node_names()), len(listeners))
            if now != known:
                known, since = now, time.monotonic()
            quiet = time.monotonic() - since > SETTLED_S
            return quiet and bool(listeners)

        _wait(settled, DISCOVERY_S)

    def _matched(self, publisher: Any, topic: str) -> bool:
        return bool(publisher.get_subscription_count() >= self._node.count_subscribers(topic))

    def _names(self, kind: str, topic: str) -> list[str]:
        infos = getattr(self._node, f"get_{kind}_info_by_topic")(topic)
        return sorted({info.node_name for info in infos})

    @property
    def _own(self) -> str:
        return str(self._node.get_name())

    def _warn(self, text: str) -> None:
        self._node.get_logger().warning(text)


def _wait(condition: Callable[[], bool], patience_s: float) -> bool:
    deadline = time.monotonic() + patience_s
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(POLL_S)
    return True
