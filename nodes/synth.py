# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The node `synth`: notes, pedals, states and parts in, sound out."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence

from rclpy.event_handler import QoSLivelinessChangedInfo
from rclpy.node import Node
from rclpy.parameter import Parameter

from descant import topics
from descant.decoding import from_learner_state, from_note_event, from_part, from_pedal_event
from descant.errors import UserError
from descant.local_commands import Request
from descant.msg import Cue, LearnerState, NoteEvent, PedalEvent, SynthState
from descant.msg import Part as PartMessage
from descant.nodes.common.clock import PerformanceClock, steady_timer
from descant.nodes.common.conversion import to_header
from descant.nodes.common.diagnostics import DiagnosedPublisher
from descant.nodes.common.endpoints import subscription, watch_liveliness
from descant.nodes.common.invalid_messages import InvalidMessageGuard
from descant.nodes.common.local_commands import LocalCommands
from descant.nodes.common.part_parameters import PartParameters
from descant.nodes.common.players import Players
from descant.nodes.common.runner import run
from descant.nodes.common.senders import Senders
from descant.nodes.common.services import PANIC, offer
from descant.piano.held_keys import HeldKeys
from descant.plain_text import counted, plain
from descant.synth.engine import SynthCommand
from descant.synth.live import LiveSynth, SinkState
from descant.synth.settings import SynthSettings
from descant.synth.sinks.failover_memory import FailoverGroup
from descant.types import NANOSECONDS, Event
from descant.validation import validate_note, validate_part, validate_state

STATE_PERIOD_S = 0.1
LATE_NS = NANOSECONDS // 50  # 20 ms


class SynthNode(Node):
    """Passes messages to the synthesiser, and publishes its state while it is the active synth.

    `is_second`: it was started as the standby; it offers no service.
    """

    is_second = False

    def __init__(self, name: str = "synth", overrides: Sequence[Parameter] = ()) -> None:
        super().__init__(name, parameter_overrides=list(overrides))
        self._part_parameters = PartParameters(self, SynthSettings, "synth", self._on_settings)
        logging.getLogger("descant.synth").addHandler(_RosLogHandler(self))
        logging.getLogger("descant.synth").setLevel(logging.INFO)
        self._performance = PerformanceClock(self)
        self._late = 0
        self._keys = HeldKeys()
        self._invalid = {
            topic: InvalidMessageGuard(self, topic.name)
            for topic in (topics.NOTES, topics.LEARNER_STATE, topics.PART)
        }
        self._panic = InvalidMessageGuard(self, topics.CUE.name, "panic, every note is silenced")
        self._cue_senders = Senders(self, topics.CUE)
        settings = self._part_parameters.settings
        graph = f"{self.context.get_domain_id()} {self.get_namespace()}"
        group = FailoverGroup(graph, self.is_second) if settings.standby else None
        self._synth = LiveSynth(settings, time.monotonic(), group)
        pool = {"pool": settings.voices}
        self._states = DiagnosedPublisher(self, topics.SYNTH_STATE, lambda: pool)
        subscription(self, topics.NOTES, self._on_note)
        subscription(self, topics.PEDALS, self._on_pedal)
        subscription(self, topics.LEARNER_STATE, self._on_state)
        subscription(self, topics.PART, self._on_part)
        subscription(self, topics.CUE, self._on_cue)
        if not self.is_second:
            offer(self, PANIC, self._on_panic)
        self._commands = LocalCommands(self, self._on_command)
        watch_liveliness(self, topics.PIANO_STATE, self._on_liveliness)
        Players(self, topics.NOTES, self._on_player_gone)
        steady_timer(self, STATE_PERIOD_S, self._update)

    def close(self) -> None:
        """Fade out, and close the sink."""
        self._commands.close()
        self._synth.close()

    def _on_liveliness(self, change: QoSLivelinessChangedInfo) -> None:
        # A publisher that was found and lost before this call has an alive_count_change of 0.
        if change.alive_count_change < 0 or change.not_alive_count_change > 0:
            if change.alive_count > 0:
                self._on_player_gone(is_any_left=True)
            else:
                self._synth.add(SynthCommand.RELEASE_ALL)
                self._keys = HeldKeys()
            self.get_logger().warning("the piano is lost: its notes are released")

    def _on_player_gone(self, is_any_left: bool) -> None:
        for event in self._keys.of_the_gone(self._performance.now_ns(), is_any_left=is_any_left):
            self._add(event)

    def _add(self, event: Event) -> None:
        self._keys.add(event)
        self._synth.add(event)

    def _on_note(self, message: NoteEvent, info: dict[str, int]) -> None:
        note = from_note_event(message)
        with self._invalid[topics.NOTES]:
            self._add(validate_note(note))
        self._performance.observe(note.time_ns, info["source_timestamp"])
        if self._performance.now_ns() - note.time_ns > LATE_NS:
            self._late += 1

    def _on_pedal(self, message: PedalEvent) -> None:
        self._add(from_pedal_event(message))

    def _on_state(self, message: LearnerState) -> None:
        with self._invalid[topics.LEARNER_STATE]:
            self._synth.add(validate_state(from_learner_state(message)))

    def _on_part(self, message: PartMessage) -> None:
        with self._invalid[topics.PART]:
            part = from_part(message)
            validate_part(part.number)
            self._part_parameters.begin(part)

    def _on_settings(self, settings: SynthSettings) -> None:
        self._synth.change(settings)

    def _on_cue(self, message: Cue) -> None:
        if message.command == Cue.PANIC:
            self._silence(self._cue_senders.text())

    def _on_panic(self) -> str:
        self._synth.send_panic()
        return self._silence("a caller of the service panic")

    def _on_command(self, request: Request) -> str:
        if request.cue != "panic":
            raise UserError(f"the synth has no cue '{request.cue}'")
        self._synth.send_panic()
        return self._silence("descant cue")

    def _silence(self, sender: str) -> str:
        """Silence everything; return what happened."""
        voices = self._synth.voices
        self._synth.add(SynthCommand.PANIC)
        self._panic.drop(f"from {sender}")
        return f"silent: {counted(voices, 'voice')} stopped"

    def _update(self) -> None:
        self._synth.maintain(time.monotonic())
        self._cue_senders.update()
        sink = self._synth.sink_state
        if sink.is_active:
            self._states.publish(self._state(sink))
        else:
            self._states.set_state(self._state(sink))

    def _state(self, sink: SinkState) -> SynthState:
        report = self._synth.report()
        return SynthState(
            header=to_header(self._performance.now_ns()),
            status=int(sink.status),
            sink=sink.sink,
            message=sink.message,
            sample_rate=float(sink.sample_rate),
            peak=report.peak,
            gain_reduction=report.gain_reduction,
            voices=report.voices,
            held=report.held,
            stolen=report.stolen,
            late_events=self._late,
            restarts=sink.restarts,
            gaps=sink.gaps,
            xruns=sink.xruns,
        )


class _RosLogHandler(logging.Handler):
    """Sends the synthesiser's log lines to the node's logger."""

    def __init__(self, node: Node) -> None:
        super().__init__()
        self._logger = node.get_logger()

    def emit(self, record: logging.LogRecord) -> None:
        if record.levelno >= logging.WARNING:
            self._logger.warning(plain(record.getMessage()))
        else:
            self._logger.info(plain(record.getMessage()))


def main() -> int:
    """Run the node."""
    return run(SynthNode, has_live_thread=True)
