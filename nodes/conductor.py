"""The node `conductor`: pedals, notes and cues in, the part out."""

from __future__ import annotations

import time

from rclpy.node import Node

from descant.conductor.core import LAST_PART, Conductor
from descant.conductor.core import Part as PartValue
from descant.conductor.settings import ConductorSettings
from descant.msg import Cue, NoteEvent, Part, PedalEvent
from descant.nodes import qos
from descant.nodes.conversion import from_note_event, from_pedal_event, to_time
from descant.nodes.parameters import declare, follow
from descant.nodes.runner import run


class ConductorNode(Node):
    """Feeds the core and says every change."""

    def __init__(self) -> None:
        super().__init__("conductor")
        settings = declare(self, ConductorSettings)
        self._core = Conductor(settings, time.time_ns())
        self._parts = self.create_publisher(Part, "/part", qos.LATCHED)
        self._say(self._core.part)
        follow(self, settings, self._change)
        self.create_subscription(NoteEvent, "/notes", self._note, qos.LIVE)
        self.create_subscription(PedalEvent, "/pedals", self._pedal, qos.LIVE)
        self.create_subscription(Cue, "/cue", self._cue, qos.LIVE)

    def _change(self, settings: ConductorSettings) -> None:
        self._core.settings = settings

    def _note(self, message: NoteEvent) -> None:
        self._say(self._core.take(from_note_event(message)))

    def _pedal(self, message: PedalEvent) -> None:
        self._say(self._core.take(from_pedal_event(message)))

    def _cue(self, message: Cue) -> None:
        now_ns = time.time_ns()
        if message.command == Cue.NEXT:
            self._say(self._core.next(now_ns, "cue"))
        elif message.command == Cue.RESTART:
            self._say(self._core.go_to(now_ns, self._core.part.number, "cue"))
        elif message.command == Cue.PART and 1 <= message.part <= LAST_PART:
            self._say(self._core.go_to(now_ns, message.part, "cue"))
        elif message.command != Cue.PANIC:
            self.get_logger().warning(f"no such cue: {message.command}, part {message.part}")

    def _say(self, part: PartValue | None) -> None:
        if part is None:
            return
        self.get_logger().info(f"part {part.number} ({part.cause})")
        self._parts.publish(
            Part(stamp=to_time(part.time_ns), part=part.number, start=part.start, cause=part.cause)
        )


def main() -> int:
    """Run the node."""
    return run(ConductorNode)
