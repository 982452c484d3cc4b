# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""A bag as the source of the piano node: the timeline of a recording, on the real clock."""

from __future__ import annotations

from typing import Any, Protocol

from descant.bags.reader import read
from descant.namespaces import parse_namespace
from descant.piano.playback import PlaybackSource
from descant.piano.settings import PianoSettings, parse_midi_source
from descant.piano.sources import SourceCallbacks
from descant.plain_text import plain
from descant.replay.midi import to_midi
from descant.replay.timeline import LearnerParameters, timeline
from descant.types import Part


class ReplayContext(Protocol):
    """Applies the parameters and parts of a recording to the graph.

    Called in the source's thread; each call returns when it is done.
    """

    def prepare(self) -> None:
        """Discover the graph, before anything is played."""

    def apply(self, event: LearnerParameters | Part, monotonic_ns: int) -> None:
        """Set the learner's parameters, or begin a part, as of `monotonic_ns`."""


class BagSource(PlaybackSource):
    """Plays a recording. Raises `UserError` for a bag that cannot be played."""

    AHEAD_NS = 10_000_000
    """Each event is sent this long before its stamp: what goes by the stamps is not delayed where
    the machine wakes this thread late."""

    def __init__(
        self,
        settings: PianoSettings,
        callbacks: SourceCallbacks,
        context: ReplayContext,
    ) -> None:
        path = parse_midi_source(settings.source).path
        given = settings.bag_namespace
        recording = read(path, parse_namespace(given) if given else None)
        self.remarks = tuple(plain(f"{path}: {line}") for line in recording.oddities)
        super().__init__(settings, timeline(recording, str(path)), callbacks)
        self._prefix = settings.velocity_prefix_controller
        self._context = context

    def apply(self, settings: PianoSettings) -> None:
        """Apply `loop`, which is read at the end, and the prefix controller."""
        super().apply(settings)
        self._prefix = settings.velocity_prefix_controller

    def _prepare(self) -> None:
        self._context.prepare()

    def _open(self) -> None:
        for event in self._player.opening:
            if isinstance(event, LearnerParameters | Part):
                self._context.apply(event, self._now_ns())

    def _publish(self, event: Any, time_ns: int) -> None:
        if isinstance(event, LearnerParameters | Part):
            self._context.apply(event, time_ns)
            return
        for message in to_midi(event, self._prefix):
            self._callbacks.on_message(message, time_ns)
