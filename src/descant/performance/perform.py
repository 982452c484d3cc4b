"""Conductor and learner over a list of events, as fast as the machine can.

What comes out is what the graph's topics would have carried, in the order of their times; so a
renderer tells the synth and the stage, and an analysis only the learner's states.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from descant.conductor.core import Conductor
from descant.conductor.settings import ConductorSettings
from descant.learner.core import Learner
from descant.learner.settings import LearnerSettings
from descant.performance.recompute import advance_to
from descant.types import Episode, Event, Note, Part, Pedal, State

PerformanceEvent = Event | Part | Episode | State


def perform(
    events: Iterable[Event],
    learner: LearnerSettings,
    conductor: ConductorSettings | None = None,
    *,
    tail_ns: int = 0,
) -> Iterator[PerformanceEvent]:
    """Everything that happens as `events` (by time) are played.

    A state comes after the note that caused it, and a step of held keys at its own time. With
    `conductor` the part changes as in the graph, beginning with its own first part, which is said
    first; without, the part is that of `learner`. Steps of keys that are still held at the end go
    on for `tail_ns`.
    """
    conducting = Conductor(conductor, 0) if conductor is not None else None
    if conducting is not None:
        learner = learner.replace(part=conducting.part.number, start=conducting.part.start)
        yield conducting.part
    learning = Learner(learner)
    last_ns = 0
    for event in events:
        last_ns = event.time_ns
        yield from advance_to(learning, last_ns)
        yield event
        yield from _taken(learning, event)
        part = conducting.take(event) if conducting is not None else None
        if part is not None:
            settings = learning.settings.replace(part=part.number, start=part.start)
            yield from learning.change(settings, time_ns=last_ns)
            yield part
    yield from advance_to(learning, last_ns + tail_ns)


def _taken(learning: Learner, event: Note | Pedal) -> list[Episode | State]:
    if isinstance(event, Note):
        return learning.take(event)
    return learning.take_pedal(event)
