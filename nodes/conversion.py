"""Between the values of the cores and the messages of the topics, both ways, one pair a type."""

from __future__ import annotations

from builtin_interfaces.msg import Time

from descant.events import NANOSECONDS, Note, Pedal
from descant.msg import NoteEvent, PedalEvent


def to_time(time_ns: int) -> Time:
    """Nanoseconds since the epoch as a ROS stamp."""
    seconds, nanoseconds = divmod(time_ns, NANOSECONDS)
    return Time(sec=seconds, nanosec=nanoseconds)


def from_time(stamp: Time) -> int:
    """A ROS stamp as nanoseconds since the epoch."""
    return stamp.sec * NANOSECONDS + stamp.nanosec


def to_note_event(note: Note) -> NoteEvent:
    """A note of the cores as it is published."""
    return NoteEvent(
        stamp=to_time(note.time_ns),
        id=note.id,
        kind=NoteEvent.ON if note.on else NoteEvent.OFF,
        key=note.key,
        velocity=note.velocity,
        velocity_14bit=note.velocity_14bit,
    )


def from_note_event(message: NoteEvent) -> Note:
    """A published note as the cores take it."""
    return Note(
        time_ns=from_time(message.stamp),
        id=message.id,
        on=message.kind == NoteEvent.ON,
        key=message.key,
        velocity=message.velocity,
        velocity_14bit=message.velocity_14bit,
    )


def to_pedal_event(pedal: Pedal) -> PedalEvent:
    """A pedal movement of the cores as it is published."""
    return PedalEvent(stamp=to_time(pedal.time_ns), pedal=pedal.pedal, value=pedal.value)


def from_pedal_event(message: PedalEvent) -> Pedal:
    """A published pedal movement as the cores take it."""
    return Pedal(time_ns=from_time(message.stamp), pedal=message.pedal, value=message.value)
