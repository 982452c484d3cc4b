# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The node `conductor`: pedals, notes and cues in, the part out.

The learner's settings hold the part as well: a conductor that is restarted reads it from them and
continues there. Only where no learner answers does it begin with the part it was launched with.
"""

from __future__ import annotations

import time

from rclpy.node import Node

from descant import topics
from descant.conductor.core import Conductor
from descant.conductor.settings import ConductorSettings
from descant.decoding import from_note_event, from_pedal_event
from descant.errors import UserError
from descant.learner.settings import LearnerSettings
from descant.local_commands import Request
from descant.msg import Cue, NoteEvent, PedalEvent
from descant.msg import LearnerSettings as SettingsMessage
from descant.nodes.common.clock import PerformanceClock, steady_timer
from descant.nodes.common.conversion import to_part
from descant.nodes.common.diagnostics import DiagnosedPublisher
from descant.nodes.common.endpoints import subscription
from descant.nodes.common.invalid_messages import InvalidMessageGuard
from descant.nodes.common.local_commands import LocalCommands
from descant.nodes.common.parameters import declare, follow
from descant.nodes.common.played_holder import PlayedHolder
from descant.nodes.common.players import Players
from descant.nodes.common.runner import run
from descant.nodes.common.second_publisher import SecondPublisherWarning
from descant.nodes.common.services import NEXT_PART, RESTART_PART, offer, offer_parts
from descant.plain_text import plain
from descant.programme.reading import load_programme
from descant.programme.settings import ProgrammeSettings
from descant.types import Part

POLL_PERIOD_S = 0.2
CAUSE = "cue"  # of a part that a cue or a service begins
LEARNER_TIMEOUT_S = 5.0  # without settings of a learner by then, the launched part begins


class ConductorNode(Node):
    """Feeds the core and publishes every change of the part."""

    def __init__(self) -> None:
        super().__init__("conductor")
        programme = load_programme(declare(self, ProgrammeSettings).programme)
        settings = declare(self, ConductorSettings)
        self._performance = PerformanceClock(self)
        self._core = Conductor(settings, programme, self._performance.now_ns())
        self._parts = DiagnosedPublisher(self, topics.PART)
        self._polls_left = round(LEARNER_TIMEOUT_S / POLL_PERIOD_S)
        self._learned: list[tuple[int, int]] = []  # part and start of each settings message
        self._learned_before = 0
        self._begun = False
        self._invalid = {
            topic: InvalidMessageGuard(self, topic.name)
            for topic in (topics.LEARNER_SETTINGS, topics.CUE)
        }
        follow(self, settings, self._on_settings)
        self._learner_settings = subscription(
            self, topics.LEARNER_SETTINGS, self._on_learner_settings
        )
        self._polling = steady_timer(self, POLL_PERIOD_S, self._poll)
        SecondPublisherWarning(
            self, topics.LEARNER_SETTINGS, "synth and stage follow all learners by turns"
        )
        subscription(self, topics.NOTES, self._on_note)
        subscription(self, topics.PEDALS, self._on_pedal)
        Players(self, topics.NOTES, self._on_player_gone)
        self._held = PlayedHolder(self, topics.PLAYED, time.time_ns())
        subscription(self, topics.CUE, self._on_cue)
        offer(self, NEXT_PART, self._begin_next)
        offer(self, RESTART_PART, lambda: self._begin_part(self._core.part.number))
        offer_parts(self, self._begin_part)
        self._commands = LocalCommands(self, self._on_command)

    def close(self) -> None:
        """Publish the last events of a dead piano."""
        self._commands.close()
        self._held.close()

    def _on_learner_settings(self, message: SettingsMessage) -> None:
        with self._invalid[topics.LEARNER_SETTINGS]:
            settings = LearnerSettings.from_json(message.settings)
            self._learned.append((settings.part, settings.start))

    def _poll(self) -> None:
        """Begin once no more of the learner's settings arrive, or no learner answers."""
        self._polls_left -= 1
        complete = self._learned and len(self._learned) == self._learned_before
        self._learned_before = len(self._learned)
        if complete or self._polls_left <= 0:
            self._begin()

    def _begin(self) -> None:
        """Publish the first part, once."""
        if self._begun:
            return
        self._begun = True
        self._polling.cancel()
        self.destroy_subscription(self._learner_settings)
        if self._learned:
            number, start = self._learned[-1]
            if number <= len(self._core.programme.parts):
                self._core.resume(self._performance.now_ns(), number, start)
            else:
                self.get_logger().warning(
                    f"the learner is at part {number}, which the programme "
                    f"'{plain(self._core.programme.name)}' does not have"
                )
        self._publish(self._core.part)

    def _on_settings(self, settings: ConductorSettings) -> None:
        self._core.settings = settings

    def _on_note(self, message: NoteEvent, info: dict[str, int]) -> None:
        note = from_note_event(message)
        self._performance.observe(note.time_ns, info["source_timestamp"])
        self._held.add(note)
        if self._begun:
            self._publish(self._core.take(note))

    def _on_pedal(self, message: PedalEvent) -> None:
        pedal = from_pedal_event(message)
        self._held.add(pedal)
        if self._begun:
            self._publish(self._core.take(pedal))

    def _on_player_gone(self, is_any_left: bool) -> None:
        if not is_any_left:
            self._core.forget_presses()

    def _on_cue(self, message: Cue) -> None:
        self._begin()
        with self._invalid[topics.CUE]:
            if message.command == Cue.NEXT:
                self._publish(self._core.next(self._performance.now_ns(), CAUSE))
            elif message.command == Cue.RESTART:
                self._begin_part(self._core.part.number)
            elif message.command == Cue.PART:
                self._begin_part(message.part)
            elif message.command != Cue.PANIC:
                raise ValueError(f"no command {message.command}")

    def _on_command(self, request: Request) -> str:
        if request.cue == "next":
            return self._begin_next()
        if request.cue == "restart":
            return self._begin_part(self._core.part.number)
        if request.cue == "part":
            return self._begin_part(request.part)
        raise UserError(f"the conductor has no cue '{request.cue}'")

    def _begin_next(self) -> str:
        """Begin the next part; return what plays. `UserError` after the last."""
        self._begin()
        part = self._core.next(self._performance.now_ns(), CAUSE)
        if part is None:
            raise UserError(f"{self._text()} plays on: it is the last of the programme")
        self._publish(part)
        return self._text()

    def _begin_part(self, number: int) -> str:
        """Begin a part, or begin it anew; return what plays. `UserError` where there is none."""
        self._begin()
        self._publish(self._core.begin(self._performance.now_ns(), number, CAUSE))
        return self._text()

    def _text(self) -> str:
        number = self._core.part.number
        return f"part {number}: {self._core.programme.part(number).title}"

    def _publish(self, part: Part | None) -> None:
        if part is None:
            return
        self.get_logger().info(plain(f"{self._text()} ({part.cause})"))
        self._parts.publish(to_part(part))


def main() -> int:
    """Run the node."""
    return run(ConductorNode)
