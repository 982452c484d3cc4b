"""The node `conductor`: pedals, notes and cues in, the part out.

The learner knows the part as well. So a conductor that was started again asks it, and the show
goes on where it was; only where nobody knows does it begin with the part it was launched with.
"""

from __future__ import annotations

from rclpy.node import Node

from descant.conductor.core import LAST_PART, Conductor
from descant.conductor.core import Part as PartValue
from descant.conductor.settings import ConductorSettings
from descant.learner.settings import LearnerSettings
from descant.msg import Cue, NoteEvent, Part, PedalEvent
from descant.msg import LearnerSettings as SettingsMessage
from descant.nodes.common import qos
from descant.nodes.common.clock import PerformanceClock, steady_timer
from descant.nodes.common.conversion import from_note_event, from_pedal_event, to_time
from descant.nodes.common.invalid_messages import InvalidMessageGuard
from descant.nodes.common.late_joining import subscribe_new
from descant.nodes.common.parameters import declare, follow
from descant.nodes.common.runner import run

ASK_PERIOD_S = 0.2
ALONE_AFTER_S = 5.0  # without a word of a learner the launch's part is the part


class ConductorNode(Node):
    """Feeds the core and says every change."""

    def __init__(self) -> None:
        super().__init__("conductor")
        settings = declare(self, ConductorSettings)
        self._performance = PerformanceClock(self)
        self._core = Conductor(settings, self._performance.now_ns())
        self._parts = self.create_publisher(Part, "/part", qos.LOG)
        self._asks = round(ALONE_AFTER_S / ASK_PERIOD_S)
        self._answers: list[tuple[int, int]] = []
        self._answered = 0
        self._begun = False
        self._invalid = {
            topic: InvalidMessageGuard(self, topic) for topic in ("/learner_settings", "/cue")
        }
        follow(self, settings, self._change)
        self._answer = self.create_subscription(
            SettingsMessage, "/learner_settings", self._hear, qos.LOG
        )
        self._asking = steady_timer(self, ASK_PERIOD_S, self._ask)
        subscribe_new(self, NoteEvent, "/notes", self._note)
        subscribe_new(self, PedalEvent, "/pedals", self._pedal)
        self.create_subscription(Cue, "/cue", self._cue, qos.LIVE)

    def _hear(self, message: SettingsMessage) -> None:
        with self._invalid["/learner_settings"]:
            settings = LearnerSettings.from_json(message.settings)
            self._answers.append((settings.part, settings.start))

    def _ask(self) -> None:
        """Go on where the learner is, once its log has come to an end."""
        self._asks -= 1
        ended = self._answers and len(self._answers) == self._answered
        self._answered = len(self._answers)
        if ended or self._asks <= 0:
            self._begin()

    def _begin(self) -> None:
        """Say the part, once."""
        if self._begun:
            return
        self._begun = True
        self._asking.cancel()
        self.destroy_subscription(self._answer)
        if self._answers:
            self._core.go_on(self._performance.now_ns(), *self._answers[-1])
        self._say(self._core.part)

    def _change(self, settings: ConductorSettings) -> None:
        self._core.settings = settings

    def _note(self, message: NoteEvent, info: dict[str, int]) -> None:
        note = from_note_event(message)
        self._performance.heard(note.time_ns, info["source_timestamp"])
        if self._begun:
            self._say(self._core.take(note))

    def _pedal(self, message: PedalEvent, _info: dict[str, int]) -> None:
        if self._begun:
            self._say(self._core.take(from_pedal_event(message)))

    def _cue(self, message: Cue) -> None:
        self._begin()
        now_ns = self._performance.now_ns()
        if message.command == Cue.NEXT:
            self._say(self._core.next(now_ns, "cue"))
        elif message.command == Cue.RESTART:
            self._say(self._core.go_to(now_ns, self._core.part.number, "cue"))
        elif message.command == Cue.PART and 1 <= message.part <= LAST_PART:
            self._say(self._core.go_to(now_ns, message.part, "cue"))
        elif message.command != Cue.PANIC:
            self._invalid["/cue"].say(f"no such cue: {message.command}, part {message.part}")

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
