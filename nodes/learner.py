"""The node `learner`: notes in, episodes and states out."""

from __future__ import annotations

import time

from rclpy.node import Node
from rclpy.parameter import Parameter

from descant.learner.core import Learner, Output
from descant.learner.settings import LearnerSettings
from descant.learner.state import State, Status
from descant.msg import Episode, LearnerState, NoteEvent, Part
from descant.msg import LearnerSettings as SettingsMessage
from descant.nodes import qos
from descant.nodes.conversion import (
    from_note_event,
    from_time,
    to_episode,
    to_learner_state,
    to_time,
)
from descant.nodes.parameters import declare, follow
from descant.nodes.runner import run

CATCH_UP_PERIOD_S = 0.2
GRID_PERIOD_S = 0.005
# A key's release takes a moment from the piano to here: a step is made so much after its time.
ON_THE_WAY_NS = 4_000_000


class LearnerNode(Node):
    """Feeds the core from /notes; what happened before this process began is caught up silently."""

    def __init__(self) -> None:
        super().__init__("learner")
        self._run = time.time_ns()
        settings = declare(self, LearnerSettings)
        self._core = Learner(settings)
        self._behind = False
        self._seen = 0
        self._states = self.create_publisher(LearnerState, "/learner_state", qos.HISTORY)
        self._episodes = self.create_publisher(Episode, "/episode", qos.LATCHED)
        self._log = self.create_publisher(SettingsMessage, "/learner_settings", qos.LOG)
        self._changed(settings)
        follow(self, settings, self._changed)
        self.create_subscription(NoteEvent, "/notes", self._take, qos.HISTORY)
        self.create_subscription(Part, "/part", self._go_to, qos.LATCHED)
        self.create_timer(CATCH_UP_PERIOD_S, self._look_for_the_end)
        self._grid = self.create_timer(GRID_PERIOD_S, self._advance)
        if not settings.steps_by_itself():
            self._grid.cancel()

    def _changed(self, settings: LearnerSettings) -> None:
        self._core.change(settings)
        message = SettingsMessage(
            stamp=to_time(time.time_ns()),
            run=self._run,
            events=self._core.events,
            settings=settings.to_json(),
        )
        self._log.publish(message)
        if hasattr(self, "_grid"):
            (self._grid.reset if settings.steps_by_itself() else self._grid.cancel)()

    def _go_to(self, part: Part) -> None:
        """A new part, or a fresh start of the same: it holds from the next note on."""
        current = self._core.settings
        if (part.part, part.start) != (current.part, current.start) and 1 <= part.part <= 4:
            self._publish(self._core.advance(from_time(part.stamp)))
            self.set_parameters_atomically(
                [Parameter("part", value=part.part), Parameter("start", value=part.start)]
            )

    def _take(self, message: NoteEvent) -> None:
        note = from_note_event(message)
        if note.time_ns < self._run:
            self._core.take(note)
            self._behind = True
            return
        self._catch_up()
        self._publish(self._core.take(note))

    def _look_for_the_end(self) -> None:
        """The history has an end where nothing more of it has come for a while."""
        if self._core.events == self._seen:
            self._catch_up()
        self._seen = self._core.events

    def _catch_up(self) -> None:
        """Say once where the history has led, so that a listener goes on from there."""
        if not self._behind:
            return
        self._behind = False
        self._publish([o for o in (self._core.current_episode(), self._core.current()) if o])
        self.get_logger().info(f"caught up with {self._core.events} notes played before the start")

    def _advance(self) -> None:
        self._publish(self._core.advance(time.time_ns() - ON_THE_WAY_NS))

    def _publish(self, outputs: list[Output]) -> None:
        for output in outputs:
            if isinstance(output, State):
                self._states.publish(to_learner_state(output, self._run))
                if output.status is Status.DIVERGED:
                    self._announce(output)
            else:
                self._episodes.publish(to_episode(output, self._run))

    def _announce(self, state: State) -> None:
        self.get_logger().warning(
            f"episode {state.episode} diverged at step {state.step}, loss {state.loss:g}: new start"
        )


def main() -> int:
    """Run the node."""
    return run(LearnerNode)
