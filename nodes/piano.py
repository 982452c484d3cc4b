# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The node `piano`: a MIDI port, MIDI file or recording in, notes and pedals out."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rclpy.duration import Duration
from rclpy.node import Node
from rclpy.parameter import Parameter

from descant import topics
from descant.event_blocks import EventBlock, EventBlocks
from descant.msg import PianoState
from descant.nodes.common.clock import steady_timer
from descant.nodes.common.conversion import to_header, to_note_event, to_pedal_event, to_played
from descant.nodes.common.diagnostics import DiagnosedPublisher
from descant.nodes.common.endpoints import all_matched, publisher, subscriber_nodes
from descant.nodes.common.parameters import declare, follow
from descant.nodes.common.played_holder import JOINING_S
from descant.nodes.common.runner import run
from descant.piano.connection import PianoReport, PianoStatus
from descant.piano.decoder import MidiDecoder
from descant.piano.playback import MidiFileSource
from descant.piano.settings import PianoSettings, parse_midi_source
from descant.piano.sources import MidiSource, PortSource, SourceCallbacks
from descant.plain_text import plain
from descant.types import Event, Note

if TYPE_CHECKING:
    from descant.nodes.common.replay_context import GraphReplayContext

STATE_PERIOD_S = 0.5
LAST_MESSAGES = Duration(nanoseconds=500_000_000)


class PianoNode(Node):
    """Publishes in the thread of the port or the player that receives the MIDI message."""

    def __init__(self, name: str = "piano", given: Mapping[str, Any] | None = None) -> None:
        """`given` are parameters set by the caller, as on a command line."""
        super().__init__(
            name, parameter_overrides=[Parameter(n, value=v) for n, v in (given or {}).items()]
        )
        settings = declare(self, PianoSettings)
        now_ns = time.time_ns()
        self._epoch_ns = (
            now_ns - time.monotonic_ns()
        )  # measured once: setting the clock does not move the music
        self._lock = threading.Lock()  # of the decoder, and of the order on /notes and /pedals
        self._decoder = MidiDecoder(
            run_ns=now_ns, velocity_prefix_controller=settings.velocity_prefix_controller
        )
        self._played = EventBlocks(now_ns)
        self._count = 0
        self._source_name = settings.source
        self._notes = publisher(self, topics.NOTES)
        self._pedals = publisher(self, topics.PEDALS)
        self._joined_s = -JOINING_S
        self._blocks = publisher(self, topics.PLAYED, joined=self._on_joined)
        self._blocks.publish(to_played(EventBlock(now_ns, 0, (), ())))  # tells the run
        self._states = DiagnosedPublisher(self, topics.PIANO_STATE)
        self._source = self._make_source(settings)
        if self._source.remarks:
            self.get_logger().warning("; ".join(self._source.remarks))
        follow(self, settings, self._apply)
        steady_timer(self, STATE_PERIOD_S, self._publish_state)
        steady_timer(self, STATE_PERIOD_S, self._publish_played)
        self._source.start()

    def close(self) -> None:
        """Close the source, release every held key and wait until the messages have arrived."""
        self._source.close()
        self._release(time.monotonic_ns())
        self._publish_blocks(joining=True)
        self._publish_state()
        for events in (self._notes, self._pedals):
            events.wait_for_all_acked(LAST_MESSAGES)

    def _make_source(self, settings: PianoSettings) -> MidiSource:
        callbacks = SourceCallbacks(
            on_message=self._on_midi,
            release_all=self._release,
            on_report=self._announce,
            subscribers=self._subscribers,
        )
        kind = parse_midi_source(settings.source).kind
        if kind == "bag":
            from descant.replay.bag_source import BagSource  # noqa: PLC0415 -- 0.1 s at a restart

            return BagSource(settings, callbacks, self._make_context(settings))
        return (MidiFileSource if kind == "file" else PortSource)(settings, callbacks)

    def _make_context(self, settings: PianoSettings) -> GraphReplayContext:
        from descant.nodes.common.replay_context import GraphReplayContext  # noqa: PLC0415

        return GraphReplayContext(self, self._epoch_ns, as_recorded=settings.bag_parameters)

    def _apply(self, settings: PianoSettings) -> None:
        self._decoder.velocity_prefix_controller = settings.velocity_prefix_controller
        self._source.apply(settings)

    def _subscribers(self) -> set[str]:
        """Names of the nodes on /notes; empty until all subscriptions are matched."""
        if not all_matched(self, self._notes, topics.NOTES):
            return set()
        return subscriber_nodes(self, topics.NOTES)

    def _on_midi(self, data: Sequence[int], monotonic_ns: int) -> None:
        with self._lock:
            self._publish(self._decoder.feed(data, monotonic_ns + self._epoch_ns))

    def _release(self, monotonic_ns: int) -> None:
        with self._lock:
            self._publish(self._decoder.release_all(monotonic_ns + self._epoch_ns))

    def _publish(self, events: Iterable[Event]) -> None:
        for event in events:
            if isinstance(event, Note):
                self._notes.publish(to_note_event(event))
            else:
                self._pedals.publish(to_pedal_event(event))
            self._played.add(event)
            self._count += 1

    def _on_joined(self) -> None:
        """Publish what a new subscriber of /played needs: /notes and /pedals keep nothing."""
        self._joined_s = time.monotonic()
        self._publish_blocks(joining=True)

    def _publish_played(self) -> None:
        joining = time.monotonic() < self._joined_s + JOINING_S
        self._publish_blocks(joining=joining)

    def _publish_blocks(self, *, joining: bool) -> None:
        """Runs in the executor's thread: a block takes a millisecond, too long for MIDI's."""
        while (block := self._pop_block(joining=joining)) is not None:
            self._blocks.publish(to_played(block))

    def _pop_block(self, *, joining: bool) -> EventBlock | None:
        with self._lock:
            return self._played.pop(joining=joining)

    def _announce(self, report: PianoReport) -> None:
        # Two calls: rclpy refuses two severities from one line of code.
        if report.status is PianoStatus.LOST:
            self.get_logger().warning(plain(report.message))
        else:
            self.get_logger().info(plain(report.message))
        self._publish_state()

    def _publish_state(self) -> None:
        report = self._source.report
        message = PianoState(
            header=to_header(time.monotonic_ns() + self._epoch_ns),
            status=int(report.status),
            source=self._source_name,
            port=report.port,
            message=report.message,
            position=self._source.position,
            duration=self._source.duration,
            held=self._decoder.held,
            events=self._count,
        )
        self._states.publish(message)


def main() -> int:
    """Run the node."""
    return run(PianoNode, has_live_thread=True)
