"""The node `synth`: notes, pedals and states in, sound out."""

from __future__ import annotations

import logging
import time

from rclpy.event_handler import QoSLivelinessChangedInfo, SubscriptionEventCallbacks
from rclpy.node import Node

from descant.msg import Cue, LearnerState, NoteEvent, PedalEvent, SynthState
from descant.nodes.common import qos
from descant.nodes.common.clock import PerformanceClock, steady_timer
from descant.nodes.common.conversion import (
    from_learner_state,
    from_note_event,
    from_pedal_event,
    to_time,
)
from descant.nodes.common.invalid_messages import InvalidMessageGuard
from descant.nodes.common.late_joining import subscribe_new
from descant.nodes.common.parameters import declare, follow
from descant.nodes.common.runner import run
from descant.synth.engine import Order
from descant.synth.player import Player
from descant.synth.settings import SynthSettings
from descant.types import NANOSECONDS
from descant.validation import validate_note, validate_state

STATE_PERIOD_S = 0.1
LATE_NS = NANOSECONDS // 50  # 20 ms


class SynthNode(Node):
    """Hands what arrives to the player, and says how it is doing."""

    def __init__(self) -> None:
        super().__init__("synth")
        settings = declare(self, SynthSettings)
        logging.getLogger("descant.synth").addHandler(_ToRos(self))
        logging.getLogger("descant.synth").setLevel(logging.INFO)
        self._performance = PerformanceClock(self)
        self._late = 0
        self._pianos: set[bytes] = set()
        self._invalid = {
            topic: InvalidMessageGuard(self, topic) for topic in ("/notes", "/learner_state")
        }
        self._player = Player(settings, time.monotonic())
        follow(self, settings, self._player.change)
        self._states = self.create_publisher(SynthState, "/synth_state", qos.LATCHED)
        subscribe_new(self, NoteEvent, "/notes", self._note)
        subscribe_new(self, PedalEvent, "/pedals", self._pedal)
        subscribe_new(self, LearnerState, "/learner_state", self._state)
        self.create_subscription(Cue, "/cue", self._cue, qos.LIVE)
        self._watch_piano()
        steady_timer(self, STATE_PERIOD_S, self._tend)

    def close(self) -> None:
        """Fade out, and give the sink back."""
        self._player.close()

    def _watch_piano(self) -> None:
        """A second look at /notes, for the life of its publisher only.

        It asks for a lease; the subscription that listens does not, so that a publisher without
        one (a bag being played, a test) is heard all the same.
        """
        events = SubscriptionEventCallbacks(liveliness=self._life, use_default_callbacks=False)
        self.create_subscription(
            NoteEvent, "/notes", lambda _: None, qos.LIFE, event_callbacks=events, raw=True
        )

    def _life(self, change: QoSLivelinessChangedInfo) -> None:
        # Found and lost before this was called: the changes of the living add up to nothing.
        if change.alive_count_change < 0 or change.not_alive_count_change > 0:
            self._player.play(Order.RELEASE)
            self.get_logger().warning("the piano is lost: its notes are released")

    def _miss_pianos(self) -> None:
        """Should the word of the lease be lost: who is no longer in the graph holds no key.

        Of a publisher that dies before its first sign of life, or has no lease, nothing else is
        ever heard; the graph forgets it after DDS's own lease of 20 s.
        """
        pianos = {bytes(p.endpoint_gid) for p in self.get_publishers_info_by_topic("/notes")}
        if self._pianos - pianos:
            self._player.play(Order.RELEASE)
        self._pianos = pianos

    def _note(self, message: NoteEvent, info: dict[str, int]) -> None:
        note = from_note_event(message)
        with self._invalid["/notes"]:
            self._player.play(validate_note(note))
        self._performance.heard(note.time_ns, info["source_timestamp"])
        if self._performance.now_ns() - note.time_ns > LATE_NS:
            self._late += 1

    def _pedal(self, message: PedalEvent, _info: dict[str, int]) -> None:
        self._player.play(from_pedal_event(message))

    def _state(self, message: LearnerState, _info: dict[str, int]) -> None:
        with self._invalid["/learner_state"]:
            self._player.play(validate_state(from_learner_state(message)))

    def _cue(self, message: Cue) -> None:
        if message.command == Cue.PANIC:
            self._player.play(Order.PANIC)

    def _tend(self) -> None:
        self._player.tend(time.monotonic())
        self._miss_pianos()
        condition, report = self._player.condition, self._player.report()
        self._states.publish(
            SynthState(
                stamp=to_time(self._performance.now_ns()),
                status=int(condition.status),
                sink=condition.sink,
                message=condition.message,
                sample_rate=float(condition.sample_rate),
                peak=report.peak,
                gain_reduction=report.gain_reduction,
                voices=report.voices,
                held=report.held,
                stolen=report.stolen,
                late_events=self._late,
                restarts=condition.restarts,
            )
        )


class _ToRos(logging.Handler):
    """The player's log lines as the node's."""

    def __init__(self, node: Node) -> None:
        super().__init__()
        self._logger = node.get_logger()

    def emit(self, record: logging.LogRecord) -> None:
        if record.levelno >= logging.WARNING:
            self._logger.warning(record.getMessage())
        else:
            self._logger.info(record.getMessage())


def main() -> int:
    """Run the node."""
    return run(SynthNode)
