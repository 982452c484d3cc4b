"""Read recordings without ROS: messages are decoded by the definitions in the bag."""

from __future__ import annotations

import collections
import struct
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from descant import decoding, topics
from descant.bags.cdr import topic_decoder
from descant.bags.definitions import DefinitionError
from descant.bags.recording import RecordedSettings, RecordedState, Recording
from descant.bags.scan import BagScan
from descant.bags.topics import RecordedTopic
from descant.errors import UserError
from descant.event_blocks import merge_events
from descant.types import Part


@dataclass(frozen=True, slots=True)
class BagMessage:
    """One recorded message: received at `log_time_ns`, sent at `publish_time_ns` (epoch ns)."""

    bag: Path
    topic: RecordedTopic
    log_time_ns: int
    publish_time_ns: int
    data: bytes

    def decode(self) -> Any:
        """The message with its fields as attributes.

        Raises `UserError` where the bag has no usable definition of its type.
        """
        name, kind = self.topic.name, self.topic.message_type
        try:
            decoder = topic_decoder(self.topic)
            return decoder.message(decoder(self.data))
        except DefinitionError as error:
            raise UserError(
                f"{self.bag}: no readable definition of {kind} (topic {name}) in the bag: {error}"
            ) from None
        except (ValueError, struct.error) as error:
            raise UserError(f"{self.bag}: a message of {name} is not a {kind}: {error}") from None


def messages(
    path: Path, topics: Collection[str] | None = None, types: Collection[str] | None = None
) -> Iterator[BagMessage]:
    """Every message of a bag in recorded order, in constant memory.

    With `topics` (names) or `types` ('pkg/msg/Name') only those. A bag that was cut off is read
    up to its end. Raises `UserError` where there is no bag.
    """
    for record in BagScan(path):
        topic = record.topic
        if topics is not None and topic.name not in topics:
            continue
        if types is None or topic.message_type in types:
            yield BagMessage(path, topic, record.log_time_ns, record.publish_time_ns, record.data)


def read(path: Path) -> Recording:
    """Read the performance in a bag, whatever its topics are called; whole or cut off.

    Raises `UserError` where there is no bag, no Descant topic in it, or messages of another version
    of Descant.
    """
    found: dict[str, list[Any]] = {kind: [] for kind in _CONVERTERS}
    others: set[str] = set()
    for message in messages(path):
        kind = message.topic.message_type
        if kind in found:
            found[kind].append(_convert(message))
        else:
            others.add(f"{message.topic.name} ({kind})")
    if not any(found.values()):
        names = ", ".join(sorted(others)) or "no message at all"
        broken = "".join(f" ({line})" for line in damage(path))
        raise UserError(f"{path}: no Descant topics in this bag; found: {names}{broken}")
    blocks, notes, pedals, *rest = found.values()
    notes = merge_events((n for block in blocks for n in block.notes), notes)
    pedals = merge_events((p for block in blocks for p in block.pedals), pedals)
    return Recording(tuple(notes), tuple(pedals), *(tuple(values) for values in rest))


def damage(path: Path) -> list[str]:
    """One line for each damaged file of a bag; `read` returns what is intact."""
    scan = BagScan(path)
    collections.deque(scan, maxlen=0)  # to the end
    return scan.damage


def _convert(message: BagMessage) -> Any:
    topic, decoded = message.topic, message.decode()
    try:
        return _CONVERTERS[topic.message_type](decoded)
    except AttributeError as error:
        reason = f"it has no field '{error.name}'"
    except (ValueError, TypeError) as error:
        reason = str(error)
    raise UserError(
        f"{message.bag}: {topic.name} was recorded with another version of "
        f"{topic.message_type}: {reason}"
    )


def _state(m: Any) -> RecordedState:
    return RecordedState(m.run, decoding.from_learner_state(m))


def _part(m: Any) -> Part:
    vars(m).setdefault("description", "")  # version 0.1 had none
    return decoding.from_part(m)


def _settings(m: Any) -> RecordedSettings:
    return RecordedSettings(m.run, decoding.from_time(m.stamp), m.events, m.settings, m.sustain)


# From notes on in the order of Recording's fields.
_CONVERTERS: dict[str, Callable[[Any], Any]] = {
    topics.PLAYED.message_type: decoding.from_played,
    topics.NOTES.message_type: decoding.from_note_event,
    topics.PEDALS.message_type: decoding.from_pedal_event,
    topics.LEARNER_STATE.message_type: _state,
    topics.EPISODE.message_type: decoding.from_episode,
    topics.LEARNER_SETTINGS.message_type: _settings,
    topics.PART.message_type: _part,
}
