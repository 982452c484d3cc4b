"""The node `learner`: notes in, episodes and states out."""

from __future__ import annotations

import time

from rclpy.node import Node
from rclpy.parameter import Parameter

from descant.learner.core import Learner, Output
from descant.learner.history import History, PartBegins, PastEvent
from descant.learner.settings import LearnerSettings
from descant.msg import Episode, LearnerState, NoteEvent, Part, PedalEvent, Played
from descant.msg import LearnerSettings as SettingsMessage
from descant.nodes.common import qos
from descant.nodes.common.clock import PerformanceClock, steady_timer
from descant.nodes.common.conversion import (
    from_note_event,
    from_part,
    from_pedal_event,
    from_played,
    to_episode,
    to_learner_state,
    to_time,
)
from descant.nodes.common.invalid_messages import InvalidMessageGuard
from descant.nodes.common.late_joining import SentBeforeStart
from descant.nodes.common.parameters import declare, follow
from descant.nodes.common.runner import run
from descant.types import LearningStatus, Note, Pedal, State
from descant.validation import validate_part

CATCH_UP_PERIOD_S = 0.2
PARTS_PATIENCE_S = 3.0  # for the past of /part: notes of another part would be learned otherwise
BLOCKS_PATIENCE_S = 5.0  # for the past of /played, once it is known to be needed
GRID_PERIOD_S = 0.005
# A key's release takes a moment from the piano to here: a step is made so much after its time.
ON_THE_WAY_NS = 4_000_000


class LearnerNode(Node):
    """Feeds the core from /notes, /pedals and /part; what happened before this process began is
    caught up silently."""

    def __init__(self) -> None:
        super().__init__("learner")
        self._run = time.time_ns()
        self._launched = settings = declare(self, LearnerSettings)
        self._core = Learner(settings)
        self._performance = PerformanceClock(self)
        self._history = History(qos.KEPT)
        self._past = SentBeforeStart()
        self._part_ns: int | None = None
        self._parts_due = time.monotonic() + PARTS_PATIENCE_S  # 0.0 once a part has been said
        self._blocks_due: float | None = None
        self._invalid = InvalidMessageGuard(self, "/part")
        self._states = self.create_publisher(LearnerState, "/learner_state", qos.HISTORY)
        self._episodes = self.create_publisher(Episode, "/episode", qos.LATCHED)
        self._log = self.create_publisher(SettingsMessage, "/learner_settings", qos.LOG)
        self._log_settings(self._run)
        follow(self, settings, self._changed)
        self.create_subscription(NoteEvent, "/notes", self._note, qos.CATCH_UP)
        self.create_subscription(PedalEvent, "/pedals", self._pedal, qos.CATCH_UP)
        self.create_subscription(Played, "/played", self._say, qos.PAST)
        self.create_subscription(Part, "/part", self._part, qos.LOG)
        steady_timer(self, CATCH_UP_PERIOD_S, self._catch_up)
        self._grid = steady_timer(self, GRID_PERIOD_S, self._advance)
        self._set_grid()

    def _note(self, message: NoteEvent, info: dict[str, int]) -> None:
        note = from_note_event(message)
        self._performance.heard(note.time_ns, info["source_timestamp"])
        self._hear(note, past=info in self._past)

    def _pedal(self, message: PedalEvent, info: dict[str, int]) -> None:
        self._hear(from_pedal_event(message), past=info in self._past)

    def _say(self, message: Played, info: dict[str, int]) -> None:
        """What was played lately was heard on /notes and /pedals as well."""
        if info in self._past:
            self._history.add_block(from_played(message))

    def _part(self, message: Part, info: dict[str, int]) -> None:
        with self._invalid:
            validate_part(message.part)
            self._parts_due = 0.0
            self._hear(from_part(message), past=info in self._past)

    def _hear(self, what: PastEvent, *, past: bool) -> None:
        """Take it, or leave a note that belongs behind the past until `_catch_up`.

        Pedals and parts of the past count at once, as no note of the past may ever come.
        """
        waits = self._history.defer(what, past=past)
        if isinstance(what, PartBegins):
            self._set_part(what)
        elif not (waits and isinstance(what, Note)):
            self._publish(self._take(what))

    def _take(self, what: Note | Pedal) -> list[Output]:
        if isinstance(what, Note):
            return self._core.take(what)
        before = self._core.sustain
        outputs = self._core.take_pedal(what)
        if self._core.sustain != before and self._core.settings.sustain_holds:
            self._log_settings(self._core.reached_ns)
        return outputs

    def _set_part(self, part: PartBegins) -> None:
        """A new part, or a fresh start of the same: it holds from the next note on."""
        current = self._core.settings
        if (part.part, part.start) == (current.part, current.start):
            return
        self._part_ns = part.time_ns
        self.set_parameters_atomically(
            [Parameter("part", value=part.part), Parameter("start", value=part.start)]
        )
        self._part_ns = None

    def _changed(self, settings: LearnerSettings) -> None:
        """Parameters were set: they hold from the change of part on, or else from now on."""
        if settings == self._core.settings:
            return
        now_ns = self._performance.now_ns() - ON_THE_WAY_NS
        time_ns = now_ns if self._part_ns is None else self._part_ns
        self._publish(self._core.change(settings, time_ns=time_ns))
        self._log_settings(self._core.reached_ns)
        self._set_grid()

    def _log_settings(self, time_ns: int) -> None:
        message = SettingsMessage(
            stamp=to_time(time_ns),
            run=self._run,
            events=self._core.events,
            settings=self._core.settings.to_json(),
            sustain=self._core.sustain,
        )
        self._log.publish(message)

    def _catch_up(self) -> None:
        """Once the past is complete: go through it from the beginning, silently."""
        if time.monotonic() < self._parts_due and self.count_publishers("/part"):
            return  # who says the parts has said one, and it is still on its way
        lacks = self._history.incomplete
        if lacks and self._awaits_blocks():
            return
        past, meanwhile = self._history.drain()
        if not past:
            return
        if lacks:
            self.get_logger().warning(
                "nobody tells what was played first: the past is not complete"
            )
        begun = {"part": self._launched.part, "start": self._launched.start}
        self._core = Learner(self._core.settings.replace(**begun))
        self._log_settings(past[0].time_ns)
        for what in past:
            self._live_through(what)
        self._publish([o for o in (self._core.current_episode(), self._core.current()) if o])
        for what in meanwhile:
            self._publish(self._live_through(what))
        reached = self._core.settings
        self.set_parameters_atomically(
            [Parameter("part", value=reached.part), Parameter("start", value=reached.start)]
        )
        self._set_grid()
        count = sum(isinstance(what, Note) for what in past)
        self.get_logger().info(f"caught up with {count} notes played before the start")

    def _awaits_blocks(self) -> bool:
        """Whether what the blocks lack may still come."""
        if self._blocks_due is None:
            self._blocks_due = time.monotonic() + BLOCKS_PATIENCE_S
        return time.monotonic() < self._blocks_due

    def _live_through(self, what: PastEvent) -> list[Output]:
        if not isinstance(what, PartBegins):
            return self._take(what)
        settings = self._core.settings.replace(part=what.part, start=what.start)
        if settings == self._core.settings:
            return []
        outputs = self._core.change(settings, time_ns=what.time_ns)
        self._log_settings(self._core.reached_ns)
        return outputs

    def _set_grid(self) -> None:
        """The timer runs only where steps are made between notes."""
        (self._grid.reset if self._core.settings.steps_by_itself() else self._grid.cancel)()

    def _advance(self) -> None:
        self._publish(self._core.advance(self._performance.now_ns() - ON_THE_WAY_NS))

    def _publish(self, outputs: list[Output]) -> None:
        for output in outputs:
            if isinstance(output, State):
                self._states.publish(to_learner_state(output, self._run))
                if output.status is LearningStatus.DIVERGED:
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
