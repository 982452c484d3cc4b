"""Between the values of the cores and the messages of the topics, both ways, one pair a type."""

from __future__ import annotations

import array

from builtin_interfaces.msg import Time

from descant.event_blocks import EventBlock
from descant.learner.history import PartBegins
from descant.msg import Episode as EpisodeMessage
from descant.msg import LearnerState, NoteEvent, Part, PedalEvent, Played
from descant.types import NANOSECONDS, Episode, LearningStatus, Note, Pedal, State

# A stamp's seconds are 32 bits with a sign; somebody else's may lie at the very edge of them.
EARLIEST_NS, LATEST_NS = -(2**31) * NANOSECONDS, 2**31 * NANOSECONDS - 1


def to_time(time_ns: int) -> Time:
    """Nanoseconds since the epoch as a ROS stamp; what a stamp cannot hold is its first or last."""
    seconds, nanoseconds = divmod(min(max(time_ns, EARLIEST_NS), LATEST_NS), NANOSECONDS)
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


def to_played(block: EventBlock) -> Played:
    """A block of what was played, as it is published."""
    last_ns = max(event.time_ns for event in block.events)
    return Played(
        stamp=to_time(last_ns),
        run=block.run,
        first=block.first,
        notes=[to_note_event(note) for note in block.notes],
        pedals=[to_pedal_event(pedal) for pedal in block.pedals],
    )


def from_played(message: Played) -> EventBlock:
    """A published block of what was played."""
    return EventBlock(
        run=message.run,
        first=message.first,
        notes=tuple(from_note_event(note) for note in message.notes),
        pedals=tuple(from_pedal_event(pedal) for pedal in message.pedals),
    )


def from_part(message: Part) -> PartBegins:
    """A published part as the learner takes it."""
    return PartBegins(from_time(message.stamp), message.part, message.start)


def to_episode(episode: Episode, run: int) -> EpisodeMessage:
    """An episode of the cores as it is published by the learner's process `run`."""
    return EpisodeMessage(
        stamp=to_time(episode.time_ns),
        run=run,
        episode=episode.number,
        attempt=episode.attempt,
        seed=episode.seed,
        family=episode.family,
        parameter_names=episode.parameter_names,
        target=_doubles(episode.target),
        theta=_doubles(episode.theta),
        x=_doubles(episode.x),
        y=_doubles(episode.y),
    )


def from_episode(message: EpisodeMessage) -> Episode:
    """A published episode as the cores take it."""
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


def to_learner_state(state: State, run: int) -> LearnerState:
    """A state of the cores as it is published by the learner's process `run`."""
    return LearnerState(
        stamp=to_time(state.time_ns),
        run=run,
        events=state.events,
        cause=state.cause,
        episode=state.episode,
        attempt=state.attempt,
        step=state.step,
        status=int(state.status),
        seed=state.seed,
        family=state.family,
        target=_doubles(state.target),
        theta=_doubles(state.theta),
        loss=state.loss,
        residual=state.residual,
        gradient=_doubles(state.gradient),
        notes=array.array("Q", state.notes),
    )


def from_learner_state(message: LearnerState) -> State:
    """A published state as the cores take it."""
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


def _doubles(values: tuple[float, ...]) -> array.array[float]:
    """An array of doubles: the message classes check a list element by element, this at once."""
    return array.array("d", values)
