"""Reads recordings, without ROS: messages are decoded by the definitions the bag carries."""

from __future__ import annotations

import collections
import struct
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mcap.exceptions import McapError
from mcap.records import Schema
from mcap_ros2.decoder import DecoderFactory

from descant.bags.files import bag_files
from descant.bags.recording import (
    RecordedEpisode,
    RecordedSettings,
    RecordedState,
    Recording,
)
from descant.bags.scan import Scan
from descant.bags.topics import Topic
from descant.errors import UserError
from descant.event_blocks import EventBlock, merge_events
from descant.types import NANOSECONDS, Episode, LearningStatus, Note, Part, Pedal, State

Decoder = Callable[[bytes], Any]
_UNDECODABLE = (McapError, ValueError, LookupError, NotImplementedError, struct.error, MemoryError)


@dataclass(frozen=True, slots=True)
class BagMessage:
    """One recorded message: received at `log_time_ns`, sent at `publish_time_ns` (epoch ns)."""

    bag: Path
    topic: Topic
    log_time_ns: int
    publish_time_ns: int
    data: bytes
    decoder: Decoder | None

    def decode(self) -> Any:
        """The message with its fields as attributes.

        Raises `UserError` where the bag carries no usable definition of its type.
        """
        name, kind = self.topic.name, self.topic.message_type
        if self.decoder is None:
            raise UserError(
                f"{self.bag}: no readable definition of {kind} (topic {name}) in the bag"
            )
        try:
            return self.decoder(self.data)
        except _UNDECODABLE as error:
            raise UserError(f"{self.bag}: a message of {name} is not a {kind}: {error}") from None


def messages(
    path: Path, topics: Collection[str] | None = None, types: Collection[str] | None = None
) -> Iterator[BagMessage]:
    """Every message of a bag in the order it was recorded, in constant memory.

    With `topics` (names) or `types` ('pkg/msg/Name') only those. A bag that was cut off is read
    as far as it goes. Raises `UserError` where there is no bag.
    """
    for file in bag_files(path):
        decoders: dict[Topic, Decoder | None] = {}
        for record in Scan(file).records():
            topic = record.topic
            if topics is not None and topic.name not in topics:
                continue
            if types is not None and topic.message_type not in types:
                continue
            if topic not in decoders:
                decoders[topic] = _decoder(topic)
            yield BagMessage(
                path, topic, record.log_time_ns, record.publish_time_ns, record.data,
                decoders[topic],
            )  # fmt: skip


def read(path: Path) -> Recording:
    """The performance that a bag holds, whatever its topics are called; whole or cut off.

    Raises `UserError` where there is no bag, nothing of descant in it, or messages of another
    version of descant.
    """
    found: dict[str, list[Any]] = {kind: [] for kind in _TAKE}
    others: set[str] = set()
    for message in messages(path):
        kind = message.topic.message_type
        if kind not in found:
            others.add(f"{message.topic.name} ({kind})")
            continue
        found[kind].append(_taken(message))
    if not any(found.values()):
        there = ", ".join(sorted(others)) or "no message at all"
        broken = "".join(f" ({line})" for line in damage(path))
        raise UserError(f"{path}: nothing of descant in this bag; there: {there}{broken}")
    blocks: list[EventBlock] = found.pop(_PLAYED)
    notes = merge_events((n for block in blocks for n in block.notes), found.pop(_NOTE))
    pedals = merge_events((p for block in blocks for p in block.pedals), found.pop(_PEDAL))
    return Recording(tuple(notes), tuple(pedals), *(tuple(taken) for taken in found.values()))


def damage(path: Path) -> list[str]:
    """One line for each file of a bag that is not whole; what `read` gives is then what is left."""
    lines = []
    for file in bag_files(path):
        scan = Scan(file)
        collections.deque(scan.records(), maxlen=0)  # to the end
        if scan.damage:
            lines.append(f"{file.name}: {scan.damage}")
    return lines


def _taken(message: BagMessage) -> Any:
    decoded = message.decode()
    try:
        return _TAKE[message.topic.message_type](decoded)
    except AttributeError as error:
        raise UserError(_other_version(message, f"it has no field '{error.name}'")) from None
    except (ValueError, TypeError) as error:
        raise UserError(_other_version(message, str(error))) from None


def _other_version(message: BagMessage, why: str) -> str:
    topic = message.topic
    return (
        f"{message.bag}: {topic.name} was recorded with another version of {topic.message_type}: "
        f"{why}"
    )


def _decoder(topic: Topic) -> Decoder | None:
    schema = Schema(1, topic.definition, topic.definition_encoding, topic.message_type)
    try:
        return DecoderFactory().decoder_for(topic.message_encoding, schema)
    except Exception:  # a definition that cannot be parsed: told when a message of it is decoded
        return None


def _time_ns(stamp: Any) -> int:
    return int(stamp.sec) * NANOSECONDS + int(stamp.nanosec)


def _note(m: Any) -> Note:
    return Note(_time_ns(m.stamp), m.id, m.kind == 1, m.key, m.velocity, m.velocity_14bit)


def _pedal(m: Any) -> Pedal:
    return Pedal(_time_ns(m.stamp), m.pedal, m.value)


def _state(m: Any) -> RecordedState:
    state = State(
        time_ns=_time_ns(m.stamp),
        events=m.events,
        cause=m.cause,
        episode=m.episode,
        attempt=m.attempt,
        step=m.step,
        status=LearningStatus(m.status),
        seed=m.seed,
        family=m.family,
        target=tuple(m.target),
        theta=tuple(m.theta),
        loss=m.loss,
        residual=m.residual,
        gradient=tuple(m.gradient),
        notes=tuple(m.notes),
    )
    return RecordedState(m.run, state)


def _episode(m: Any) -> RecordedEpisode:
    episode = Episode(
        time_ns=_time_ns(m.stamp),
        number=m.episode,
        attempt=m.attempt,
        seed=m.seed,
        family=m.family,
        parameter_names=tuple(m.parameter_names),
        target=tuple(m.target),
        theta=tuple(m.theta),
        x=tuple(m.x),
        y=tuple(m.y),
    )
    return RecordedEpisode(m.run, episode)


def _settings(m: Any) -> RecordedSettings:
    return RecordedSettings(m.run, _time_ns(m.stamp), m.events, m.settings, m.sustain)


def _part(m: Any) -> Part:
    return Part(_time_ns(m.stamp), m.part, m.start, m.cause)


def _played(m: Any) -> EventBlock:
    return EventBlock(m.run, m.first, tuple(map(_note, m.notes)), tuple(map(_pedal, m.pedals)))


_PLAYED, _NOTE, _PEDAL = (f"descant/msg/{n}" for n in ("Played", "NoteEvent", "PedalEvent"))

# From notes on in the order of Recording's fields.
_TAKE: dict[str, Callable[[Any], Any]] = {
    _PLAYED: _played,
    _NOTE: _note,
    _PEDAL: _pedal,
    "descant/msg/LearnerState": _state,
    "descant/msg/Episode": _episode,
    "descant/msg/LearnerSettings": _settings,
    "descant/msg/Part": _part,
}
