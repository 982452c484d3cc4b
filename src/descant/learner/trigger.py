# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""What a trigger has to offer: which keys start an episode and which make steps.

A trigger is made without arguments at the start of each part, and given every note and pedal
movement of it. docs/triggers.md builds one.
"""

from __future__ import annotations

from typing import Protocol

from descant.learner.registry import TRIGGERS
from descant.learner.settings import LearnerSettings
from descant.types import Note


class Trigger(Protocol):
    """Turns keys into episodes and steps. It reads no clock; times are those of the notes."""

    def strike(self, note: Note, settings: LearnerSettings, *, running: bool) -> bool:
        """A key goes down; return whether it starts an episode. `running`: there is one."""

    def release(self, note: Note) -> None:
        """The key of `note` goes up; `note.id` is that of its note-on."""

    def pedal(self, *, down: bool) -> None:
        """The sustain pedal goes down or up, where the parameter `sustain_holds` is on."""

    def steps(self, note: Note, settings: LearnerSettings) -> bool:
        """Whether the key that just went down makes one step by itself."""

    def rate(self, settings: LearnerSettings) -> float:
        """Steps per second from now on, on a grid of the performance's time; 0 for none."""

    def opening_notes(self, note: Note, settings: LearnerSettings) -> tuple[int, ...]:
        """Ids of the notes that a new episode detunes; empty for all that sound."""

    def step_notes(self, settings: LearnerSettings) -> tuple[int, ...]:
        """Ids of the notes that a step of `rate` detunes; empty for all that sound."""


def make_trigger(name: str) -> Trigger:
    """A fresh trigger of this name; `ParameterError` where there is none or it fails."""
    trigger: Trigger = TRIGGERS.make(name)
    return trigger
