# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Conductor and learner over a list of events, as fast as the machine can.

The results are what the graph's topics would have carried, in the order of their times: a renderer
passes them to the synthesiser and the stage, an analysis uses only the learner's states.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from descant.conductor.core import Conductor
from descant.learner.core import LONGEST_HOLD_NS, Learner, Output
from descant.learner.settings import LearnerSettings
from descant.parameters import Value
from descant.programme.layers import PartLayers
from descant.types import Episode, Event, Note, Part, State

PerformanceEvent = Event | Part | Episode | State


def perform(
    events: Iterable[Event],
    learner: LearnerSettings,
    conductor: Conductor | None = None,
    *,
    fixed: Mapping[str, Value] | None = None,
    tail_ns: int = 0,
) -> Iterator[PerformanceEvent]:
    """Everything that happens as `events` (by time) are played.

    A state comes after the note that caused it, and a step of held keys at its own time. With
    `conductor` the part changes as in the graph, beginning with its first part, and each part's
    overrides are laid over `learner`, `fixed` over both; without, `learner` holds throughout. Steps
    of keys that are still held at the end continue for `tail_ns`.
    """
    layers = PartLayers(learner, "learner", fixed)
    settings = layers.current
    if conductor is not None:
        layers.check(conductor.programme)
        settings = layers.begin(conductor.part)
        yield conductor.part
    core = Learner(settings)
    last_ns = 0
    for event in events:
        last_ns = event.time_ns
        yield from advance_to(core, last_ns)
        yield event
        yield from core.take(event) if isinstance(event, Note) else core.take_pedal(event)
        part = conductor.take(event) if conductor is not None else None
        if part is not None:
            yield from core.change(layers.begin(part), time_ns=last_ns)
            yield part
    yield from advance_to(core, last_ns + tail_ns)


def advance_to(learner: Learner, time_ns: int) -> Iterator[Output]:
    """The steps up to `time_ns`, in stages: at a jump of more than `LONGEST_HOLD_NS`, which means a
    change of clock, a learner makes no step.
    """
    while 0 < learner.reached_ns < time_ns - LONGEST_HOLD_NS // 2:
        yield from learner.advance(learner.reached_ns + LONGEST_HOLD_NS // 2)
    yield from learner.advance(time_ns)
