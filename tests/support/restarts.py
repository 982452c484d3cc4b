# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""A learner that is killed and started again while it is played, as its node runs it."""

from __future__ import annotations

from descant.bags.recording import RecordedSettings, RecordedState, Recording
from descant.learner.core import Learner, Output
from descant.learner.settings import LearnerSettings
from descant.types import NANOSECONDS, Episode, Note, Part, State

START_NS = 1_700_000_000 * NANOSECONDS
_LATENCY_NS = 4_000_000
Past = Note | Part


class Restarts:
    """Plays notes and parts in order of time; `kill` ends the learner's process.

    `parts` are the settings of the parts that begin at their times.
    """

    def __init__(self, first: LearnerSettings, parts: dict[int, LearnerSettings]) -> None:
        self._first, self.parts = first, parts
        self.played: list[Past] = []
        self.states: list[RecordedState] = []
        self.episodes: list[Episode] = []
        self.log: list[RecordedSettings] = []
        self._learner: Learner | None = None
        self.start(START_NS)

    def kill(self) -> None:
        self._learner = None

    def start(self, now_ns: int) -> None:
        """A new process: it begins with its first settings, and with those of the part; then all
        that was played is computed anew from its beginning.
        """
        self._run = now_ns
        self._learner = Learner(self._first)
        self._log(now_ns)
        begun = [event for event in self.played if isinstance(event, Part)]
        for part in begun[-1:]:
            self._change(part)
        if not self.played:
            return
        self._learner = Learner(self._first)
        past = sorted(self.played, key=lambda event: event.time_ns)
        self._log(past[0].time_ns)
        for event in past:
            self._take(event)
        learner = self._learner
        self._publish([o for o in (learner.current_episode(), learner.current()) if o])

    def play(self, event: Past) -> None:
        """The timer of the held keys fires before; a learner that is dead receives nothing."""
        self.played.append(event)
        if self._learner is not None:
            self._publish(self._learner.advance(event.time_ns - _LATENCY_NS))
            self._publish(self._take(event))

    def recording(self) -> Recording:
        notes = tuple(event for event in self.played if isinstance(event, Note))
        parts = tuple(event for event in self.played if isinstance(event, Part))
        states, episodes, log = tuple(self.states), tuple(self.episodes), tuple(self.log)
        return Recording(notes, (), states, episodes, log, parts)

    def _take(self, event: Past) -> list[Output]:
        assert self._learner is not None
        if isinstance(event, Note):
            return self._learner.take(event)
        return self._change(event)

    def _change(self, part: Part) -> list[Output]:
        assert self._learner is not None
        outputs = self._learner.change(self.parts[part.time_ns], time_ns=part.time_ns)
        self._log(self._learner.reached_ns)
        return outputs

    def _log(self, time_ns: int) -> None:
        learner = self._learner
        assert learner is not None
        json = learner.settings.to_json()
        self.log.append(RecordedSettings(self._run, time_ns, learner.events, json, learner.sustain))

    def _publish(self, outputs: list[Output]) -> None:
        for output in outputs:
            if isinstance(output, State):
                self.states.append(RecordedState(self._run, output))
            else:
                self.episodes.append(output)
