# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The node `learner`: notes, pedals and parts in, episodes and states out."""

from __future__ import annotations

import time
from collections.abc import Sequence

from rclpy.node import Node

from descant import topics
from descant.decoding import from_note_event, from_part, from_pedal_event
from descant.learner.core import Learner, Output
from descant.learner.history import History, PastEvent
from descant.learner.settings import LearnerSettings
from descant.msg import LearnerSettings as SettingsMessage
from descant.msg import NoteEvent, PedalEvent
from descant.msg import Part as PartMessage
from descant.nodes.common.clock import PerformanceClock, steady_timer
from descant.nodes.common.conversion import to_episode, to_header, to_learner_state
from descant.nodes.common.diagnostics import DiagnosedPublisher
from descant.nodes.common.endpoints import publisher, sent_before, subscription
from descant.nodes.common.history_waits import HistoryWaits
from descant.nodes.common.invalid_messages import InvalidMessageGuard
from descant.nodes.common.part_parameters import PartParameters
from descant.nodes.common.played_holder import PlayedHolder
from descant.nodes.common.players import Players
from descant.nodes.common.runner import run
from descant.nodes.common.second_publisher import SecondPublisherWarning
from descant.piano.held_keys import HeldKeys
from descant.types import LearningStatus, Note, Part, Pedal, State
from descant.validation import validate_part

CATCH_UP_PERIOD_S = 0.2
GRID_PERIOD_S = 0.005
# A key's release takes a moment to arrive: a step is computed this long after its time.
LATENCY_NS = 4_000_000


class LearnerNode(Node):
    """Feeds the core from /notes, /pedals and /part.

    What was played before the process was started is recomputed without publishing each state.
    """

    def __init__(self) -> None:
        super().__init__("learner")
        self._run = time.time_ns()
        self._part_parameters = PartParameters(self, LearnerSettings, "learner", self._on_settings)
        self._core = Learner(self._part_parameters.settings)
        self._performance = PerformanceClock(self)
        self._history = History()
        self._keys = HeldKeys()
        self._part_ns: int | None = None  # when the part began that is being set
        self._part_arrived = False
        self._invalid = InvalidMessageGuard(self, topics.PART.name)
        self._counts = {"diverged": 0}
        self._states = DiagnosedPublisher(self, topics.LEARNER_STATE, lambda: self._counts)
        self._episodes = publisher(self, topics.EPISODE)
        self._settings = publisher(self, topics.LEARNER_SETTINGS)
        self._publish_settings(self._run)
        subscription(self, topics.NOTES, self._on_note)
        subscription(self, topics.PEDALS, self._on_pedal)
        self._held = PlayedHolder(self, topics.PLAYED, self._run, self._history.add_block)
        self._waits = HistoryWaits(self, self._held)
        Players(self, topics.NOTES, self._on_player_gone)
        SecondPublisherWarning(self, topics.PIANO_STATE, "the notes of all pianos are learned")
        subscription(self, topics.PART, self._on_part)
        steady_timer(self, CATCH_UP_PERIOD_S, self._catch_up)
        self._grid = steady_timer(self, GRID_PERIOD_S, self._advance)
        self._set_grid()

    def close(self) -> None:
        """Publish the last events of a dead piano."""
        self._held.close()

    def _on_note(self, message: NoteEvent, info: dict[str, int]) -> None:
        note = from_note_event(message)
        self._performance.observe(note.time_ns, info["source_timestamp"])
        self._held.add(note)
        before = sent_before(info)
        if self._history.idle and (
            self._waits.for_holders(note, before=before)
            or self._waits.for_subscribers(self._states)
        ):
            self._history.wait()
        self._on_event(note, before=before)

    def _on_pedal(self, message: PedalEvent) -> None:
        pedal = from_pedal_event(message)
        self._held.add(pedal)
        self._on_event(pedal)

    def _on_part(self, message: PartMessage) -> None:
        with self._invalid:
            part = from_part(message)
            validate_part(part.number)
            self._part_arrived = True
            self._on_event(part)

    def _on_event(self, event: PastEvent, *, before: int = 0) -> None:
        """Process it, or keep a note that belongs behind the history until `_catch_up`.

        Pedals and parts of the history count at once, as it may hold no note at all. A part that
        cannot begin is not kept.
        """
        if self._history.repeats(event):
            return
        if isinstance(event, Part):
            self._begin(event)
        kept = self._history.defer(event, before=before)
        if isinstance(event, Pedal) or (isinstance(event, Note) and not kept):
            self._process(event)

    def _on_player_gone(self, is_any_left: bool) -> None:
        """Release what it held down, behind all that was received: later notes come after it."""
        if self._history.done:
            self._insert(self._keys.of_the_gone(self._core.reached_ns + 1, is_any_left=is_any_left))

    def _process(self, event: Note | Pedal) -> None:
        if isinstance(event, Note):
            self._insert(self._keys.before(event))
        self._publish(self._take(event))

    def _insert(self, events: Sequence[Note | Pedal]) -> None:
        """Process events that no player sent, and put them where recordings have them."""
        if events:
            self._held.insert(events)
        for event in events:
            self._publish(self._take(event))

    def _begin(self, part: Part) -> None:
        self._part_ns = part.time_ns
        try:
            self._part_parameters.begin(part)
        finally:
            self._part_ns = None

    def _take(self, event: Note | Pedal) -> list[Output]:
        self._keys.add(event)
        if isinstance(event, Note):
            return self._core.take(event)
        before = self._core.sustain
        outputs = self._core.take_pedal(event)
        if self._core.sustain != before and self._core.settings.sustain_holds:
            self._publish_settings(self._core.reached_ns)
        return outputs

    def _on_settings(self, settings: LearnerSettings) -> None:
        """Parameters were set: they hold from the beginning of the part on, or else from now on."""
        if settings == self._core.settings:
            return
        now_ns = self._performance.now_ns() - LATENCY_NS
        time_ns = now_ns if self._part_ns is None else self._part_ns
        self._publish(self._core.change(settings, time_ns=time_ns))
        self._publish_settings(self._core.reached_ns)
        self._set_grid()

    def _publish_settings(self, time_ns: int) -> None:
        self._settings.publish(
            SettingsMessage(
                header=to_header(time_ns),
                run=self._run,
                events=self._core.events,
                settings=self._core.settings.to_json(),
                sustain=self._core.sustain,
            )
        )

    def _catch_up(self) -> None:
        """Once the history is complete, recompute the state from its beginning."""
        if self._history.done or self._history.idle:
            return
        if self._waits.for_part(arrived=self._part_arrived) or self._waits.for_holders():
            return
        incomplete = self._history.incomplete
        if self._waits.for_blocks(missing=incomplete) or self._waits.for_subscribers(self._states):
            return
        past, meanwhile = self._history.drain()
        if not past and not meanwhile:
            return
        if incomplete:
            self.get_logger().warning(
                "no complete /played history received: notes before the start are missing"
            )
        before = self._core.settings.values()
        if past:
            self._recompute_past(past)
        for event in meanwhile:
            if isinstance(event, Part):
                self._publish(self._recompute(event))
            else:
                self._process(event)
        self._part_parameters.publish(before)
        self._set_grid()

    def _recompute_past(self, past: list[PastEvent]) -> None:
        """Begin anew with what was played before the start; publish only the state at its end."""
        self._core, self._keys = Learner(self._part_parameters.rewind()), HeldKeys()
        self._publish_settings(past[0].time_ns)
        for event in past:
            self._recompute(event)
        self._publish([o for o in (self._core.current_episode(), self._core.current()) if o])
        count = sum(isinstance(event, Note) for event in past)
        self.get_logger().info(f"caught up with {count} notes played before the start")

    def _recompute(self, event: PastEvent) -> list[Output]:
        if not isinstance(event, Part):
            return self._take(event)
        if not self._part_parameters.prepare(event):
            return []
        outputs = self._core.change(self._part_parameters.settings, time_ns=event.time_ns)
        self._publish_settings(self._core.reached_ns)
        return outputs

    def _set_grid(self) -> None:
        """Run the timer only where steps are made between notes."""
        if self._core.settings.held_rate > 0.0:
            self._grid.reset()
        else:
            self._grid.cancel()

    def _advance(self) -> None:
        self._publish(self._core.advance(self._performance.now_ns() - LATENCY_NS))

    def _publish(self, outputs: list[Output]) -> None:
        for output in outputs:
            if isinstance(output, State):
                self._states.publish(to_learner_state(output, self._run))
                if output.status is LearningStatus.DIVERGED:
                    self._counts["diverged"] += 1
                    self.get_logger().warning(
                        f"episode {output.episode} diverged at step {output.step} with loss "
                        f"{output.loss:g}: a new attempt starts"
                    )
            else:
                self._episodes.publish(to_episode(output, self._run))


def main() -> int:
    """Run the node."""
    return run(LearnerNode)
