"""Convert messages to the values of the cores, whoever read them.

A message is any object with the fields of its .msg file as attributes: one that a node received,
or one that was decoded from a bag. A missing field is an `AttributeError`, an impossible status a
`ValueError`.
"""

from __future__ import annotations

from typing import Any

from descant.event_blocks import EventBlock
from descant.types import NANOSECONDS, Episode, LearningStatus, Note, Part, Pedal, State

_NOTE_ON = 1  # NoteEvent.ON


def from_time(stamp: Any) -> int:
    """Convert a ROS time stamp to nanoseconds since the epoch."""
    return int(stamp.sec) * NANOSECONDS + int(stamp.nanosec)


def from_note_event(message: Any) -> Note:
    """Convert a NoteEvent."""
    return Note(
        time_ns=from_time(message.stamp),
        id=message.id,
        on=message.kind == _NOTE_ON,
        key=message.key,
        velocity=message.velocity,
        velocity_14bit=message.velocity_14bit,
    )


def from_pedal_event(message: Any) -> Pedal:
    """Convert a PedalEvent."""
    return Pedal(time_ns=from_time(message.stamp), pedal=message.pedal, value=message.value)


def from_played(message: Any) -> EventBlock:
    """Convert a Played message with its notes and pedals."""
    return EventBlock(
        run=message.run,
        first=message.first,
        notes=tuple(from_note_event(note) for note in message.notes),
        pedals=tuple(from_pedal_event(pedal) for pedal in message.pedals),
    )


def from_part(message: Any) -> Part:
    """Convert a Part message; `description` is '' where version 0.1 recorded it."""
    return Part(
        time_ns=from_time(message.stamp),
        number=message.part,
        start=message.start,
        cause=message.cause,
        description=getattr(message, "description", ""),
    )


def from_episode(message: Any) -> Episode:
    """Convert an Episode message."""
    return Episode(
        time_ns=from_time(message.stamp),
        number=message.episode,
        attempt=message.attempt,
        seed=message.seed,
        family=message.family,
        parameter_names=tuple(message.parameter_names),
        target=tuple(message.target),
        theta=tuple(message.theta),
        x=tuple(message.x),
        y=tuple(message.y),
    )


def from_learner_state(message: Any) -> State:
    """Convert a LearnerState message."""
    return State(
        time_ns=from_time(message.stamp),
        events=message.events,
        cause=message.cause,
        episode=message.episode,
        attempt=message.attempt,
        step=message.step,
        status=LearningStatus(message.status),
        seed=message.seed,
        family=message.family,
        target=tuple(message.target),
        theta=tuple(message.theta),
        loss=message.loss,
        residual=message.residual,
        gradient=tuple(message.gradient),
        notes=tuple(message.notes),
    )
