"""Convert values of the cores to messages; `descant.decoding` converts the other way."""

from __future__ import annotations

import array

from builtin_interfaces.msg import Time

from descant.event_blocks import EventBlock
from descant.msg import Episode as EpisodeMessage
from descant.msg import LearnerState, NoteEvent, PedalEvent, Played
from descant.msg import Part as PartMessage
from descant.types import NANOSECONDS, Episode, Note, Part, Pedal, State

# A stamp's seconds are a signed 32-bit integer; stamps from outside may lie beyond its range.
EARLIEST_NS, LATEST_NS = -(2**31) * NANOSECONDS, 2**31 * NANOSECONDS - 1


def to_time(time_ns: int) -> Time:
    """Convert nanoseconds since the epoch to a ROS time stamp, clipped to its range."""
    seconds, nanoseconds = divmod(min(max(time_ns, EARLIEST_NS), LATEST_NS), NANOSECONDS)
    return Time(sec=seconds, nanosec=nanoseconds)


def to_note_event(note: Note) -> NoteEvent:
    """Convert a note."""
    return NoteEvent(
        stamp=to_time(note.time_ns),
        id=note.id,
        kind=NoteEvent.ON if note.on else NoteEvent.OFF,
        key=note.key,
        velocity=note.velocity,
        velocity_14bit=note.velocity_14bit,
    )


def to_pedal_event(pedal: Pedal) -> PedalEvent:
    """Convert a pedal movement."""
    return PedalEvent(stamp=to_time(pedal.time_ns), pedal=pedal.pedal, value=pedal.value)


def to_played(block: EventBlock) -> Played:
    """Convert a block of events, which must not be empty; its stamp is that of its last event."""
    last_ns = max(event.time_ns for event in block.events)
    return Played(
        stamp=to_time(last_ns),
        run=block.run,
        first=block.first,
        notes=[to_note_event(note) for note in block.notes],
        pedals=[to_pedal_event(pedal) for pedal in block.pedals],
    )


def to_part(part: Part) -> PartMessage:
    """Convert a part."""
    return PartMessage(
        stamp=to_time(part.time_ns),
        part=part.number,
        start=part.start,
        cause=part.cause,
        description=part.description,
    )


def to_episode(episode: Episode, run: int) -> EpisodeMessage:
    """Convert an episode of the learner's process `run`."""
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


def to_learner_state(state: State, run: int) -> LearnerState:
    """Convert a state of the learner's process `run`."""
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


def _doubles(values: tuple[float, ...]) -> array.array[float]:
    """An array of doubles: message classes check a list element by element, an array at once."""
    return array.array("d", values)
