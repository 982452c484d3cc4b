# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Gather the performance in the messages of a bag, and set aside what does not belong to it.

One bad message or topic never spoils the rest. What cannot be decoded is counted. What is
impossible or has the time of another clock was received by the learner all the same: it is kept for
recomputing, and left out of everything that is shown.
"""

from __future__ import annotations

import struct
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from descant import decoding, topics
from descant.bags.cdr import CdrDecoder, topic_decoder
from descant.bags.definitions import DefinitionError
from descant.bags.recording import RecordedSettings, RecordedState, Recording
from descant.bags.scan import Record
from descant.bags.strays import PerformanceTimes, PlayedStamps, SetAside
from descant.bags.topics import RecordedTopic
from descant.event_blocks import merge_events
from descant.plain_text import counted
from descant.types import Part
from descant.validation import (
    validate_episode,
    validate_note,
    validate_object,
    validate_part,
    validate_pedal,
    validate_state,
)


class _Found(NamedTuple):
    """A value from a message of `topic`, and when it was sent."""

    topic: str
    value: Any
    sent_ns: int


class BagContents:
    """The messages of Descant's types in a bag."""

    def __init__(self) -> None:
        self._found: dict[str, list[_Found]] = {kind: [] for kind in _CONVERTERS}
        # By identity: hashing a topic, with its definition, takes longer than its message.
        self._decoders: dict[int, tuple[CdrDecoder | str, RecordedTopic]] = {}
        self._others: dict[str, None] = {}
        self._counts: Counter[tuple[str, str]] = Counter()
        self._bad: dict[tuple[str, str], tuple[int, str]] = {}
        self._repeated = 0

    def add(self, record: Record) -> None:
        """Add a message, of whatever type."""
        topic = record.topic
        kind = topic.message_type
        if kind not in _CONVERTERS:
            self._others[f"{topic.name} ({kind})"] = None
            return
        self._counts[topic.name, kind] += 1
        try:
            value = self._value(record)
        except _UnreadableError as error:
            count, first = self._bad.get((topic.name, kind), (0, str(error)))
            self._bad[topic.name, kind] = (count + 1, first)
        else:
            sent_ns = record.publish_time_ns or record.log_time_ns
            self._found[kind].append(_Found(topic.name, value, sent_ns))

    @property
    def reason(self) -> str:
        """Why there is no recording, without the bag's name."""
        for _, reason in self._bad.values():
            return reason
        names = ", ".join(sorted(self._others)) or "no message at all"
        return f"no Descant topics in this bag; found: {names}"

    def recording(self) -> Recording | None:
        """The recording; None where nothing could be read, or no note because of its messages."""
        notes, pedals = self._events(topics.NOTES), self._events(topics.PEDALS)
        bad_notes = any(kind == topics.NOTES.message_type for _, kind in self._bad)
        if not any(self._found.values()) or (bad_notes and not notes):
            return None
        played = PlayedStamps()
        for found in (*notes, *pedals):
            played.add(found.value.time_ns, found.sent_ns)
        sorting = _Sorting(played.times())
        others = {kind: self._found[kind] for kind in _OTHERS}
        kept = _recording(
            sorting.sort(notes, validate_note),
            sorting.sort(pedals, validate_pedal),
            {kind: sorting.sort(found, _OTHERS[kind]) for kind, found in others.items()},
        )
        bad_states = sum(n for (_, kind), (n, _) in self._bad.items() if kind == _STATE_TYPE)
        return replace(
            kept,
            remarks=(*self._unreadable(), *sorting.set_aside.remarks()),
            unreadable_states=bad_states,
            as_received=_recording(notes, pedals, others) if sorting.set_aside.is_any else None,
        )

    def _value(self, record: Record) -> Any:
        topic = record.topic
        kind = topic.message_type
        if id(topic) not in self._decoders:  # with the topic, so that no other gets its identity
            self._decoders[id(topic)] = (_decoder(topic), topic)
        decoder, _ = self._decoders[id(topic)]
        if isinstance(decoder, str):
            raise _UnreadableError(decoder)
        try:
            message = decoder.message(decoder(record.data))
        except (ValueError, struct.error) as error:
            raise _UnreadableError(f"a message of {topic.name} is not a {kind}: {error}") from None
        try:
            return _CONVERTERS[kind](message)
        except AttributeError as error:
            reason = f"it has no field '{error.name}'"
        except (ValueError, TypeError) as error:
            reason = str(error)
        raise _UnreadableError(
            f"{topic.name} was recorded with another version of {kind}: {reason}"
        )

    def _events(self, topic: topics.Topic) -> list[_Found]:
        """Notes or pedals of their topics and of the blocks, each once."""
        name, received = topic.name, self._found[topic.message_type]
        blocks = self._found[topics.PLAYED.message_type]
        sent = {
            event: _Found(name, event, block.sent_ns)
            for block in blocks
            for event in (block.value.notes if topic is topics.NOTES else block.value.pedals)
        }
        sent |= {found.value: found for found in reversed(received)}
        values = [found.value for found in received]
        if topic is topics.NOTES:  # no note goes down or up twice at the same time
            values = list(dict.fromkeys(values))
            self._repeated = len(received) - len(values)
        return [sent[event] for event in merge_events(sent, values)]

    def _unreadable(self) -> Iterator[str]:
        for (topic, kind), (count, reason) in self._bad.items():
            messages = counted(self._counts[topic, kind], "message")
            yield f"{count} of {messages} of {topic} set aside: {reason}"
        if self._repeated:
            repeated = counted(self._repeated, "message")
            yield f"{repeated} of {topics.NOTES.name} set aside: recorded twice"


class _Sorting:
    """Separates what belongs to the performance from what is set aside."""

    def __init__(self, times: PerformanceTimes) -> None:
        self._times = times
        self.set_aside = SetAside()

    def sort(self, found: Iterable[_Found], validate: Callable[[Any], Any]) -> list[_Found]:
        """What belongs to the performance."""
        return [each for each in found if self._belongs(each, validate)]

    def _belongs(self, found: _Found, validate: Callable[[Any], Any]) -> bool:
        try:
            validate(found.value)
        except ValueError as error:
            self.set_aside.add_impossible(found.topic, str(error))
            return False
        stamp_ns = getattr(found.value, "state", found.value).time_ns
        if self._times.admit(stamp_ns, found.sent_ns):
            return True
        self.set_aside.add_stray(found.topic, stamp_ns)
        return False


class _UnreadableError(Exception):
    """A message that cannot be read."""


def _decoder(topic: RecordedTopic) -> CdrDecoder | str:
    try:
        return topic_decoder(topic)
    except DefinitionError as error:
        kind = topic.message_type
        return f"no readable definition of {kind} (topic {topic.name}) in the bag: {error}"


def _recording(
    notes: Sequence[_Found], pedals: Sequence[_Found], others: Mapping[str, Sequence[_Found]]
) -> Recording:
    names = ("notes", "pedals", "states", "episodes", "settings", "parts")
    found = (notes, pedals, *others.values())
    fields: dict[str, Any] = {
        name: tuple(each.value for each in values)
        for name, values in zip(names, found, strict=True)
    }
    return Recording(**fields)


def _state(m: Any) -> RecordedState:
    return RecordedState(m.run, decoding.from_learner_state(m))


def _part(m: Any) -> Part:
    vars(m).setdefault("description", "")  # version 0.1 had none
    return decoding.from_part(m)


def _settings(m: Any) -> RecordedSettings:
    return RecordedSettings(m.run, decoding.stamp_ns(m), m.events, m.settings, m.sustain)


def _validate_part(part: Part) -> None:
    validate_part(part.number)
    validate_object(part.description or "{}")


_STATE_TYPE = topics.LEARNER_STATE.message_type
_CONVERTERS: dict[str, Callable[[Any], Any]] = {
    topics.PLAYED.message_type: decoding.from_played,
    topics.NOTES.message_type: decoding.from_note_event,
    topics.PEDALS.message_type: decoding.from_pedal_event,
    _STATE_TYPE: _state,
    topics.EPISODE.message_type: decoding.from_episode,
    topics.LEARNER_SETTINGS.message_type: _settings,
    topics.PART.message_type: _part,
}
# In the order of Recording's fields, behind notes and pedals.
_OTHERS: dict[str, Callable[[Any], Any]] = {
    _STATE_TYPE: lambda recorded: validate_state(recorded.state),
    topics.EPISODE.message_type: validate_episode,
    topics.LEARNER_SETTINGS.message_type: lambda settings: validate_object(settings.json),
    topics.PART.message_type: _validate_part,
}
