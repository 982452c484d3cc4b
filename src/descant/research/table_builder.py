# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Turn the messages of a bag into the rows of the tables, one message at a time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Mapping, Sequence
from functools import partial
from typing import Any

from descant import topics
from descant.bags.duplicates import DuplicateFilter
from descant.bags.scan import Record
from descant.bags.topics import RecordedTopic
from descant.decoding import MESSAGE_FIELDS
from descant.errors import UserError
from descant.event_blocks import BLOCK
from descant.plain_text import counted
from descant.research.context import AddRow, RecordingContext
from descant.research.episodes import EpisodeRows
from descant.research.event_filter import EventFilter, is_possible
from descant.research.field_reader import FieldReader, StampedValues, field_reader
from descant.research.frames import FrameRows
from descant.research.intervals import IntervalRows
from descant.research.level_changes import LevelChanges
from descant.research.missed_events import NO_EVENTS, BlockReconciler, MissedEvents
from descant.research.node_tables import NODE_TABLES, state_fields
from descant.research.notes import NoteRows
from descant.research.stamp_order import Handler, StampOrder
from descant.research.states import StateRows, status_name
from descant.topics import KEPT
from descant.types import NANOSECONDS, Episode, Note, Part, Pedal, State

MessageHandler = Callable[[Record, int, Any], None]
"""Is called with a message, its stamp (epoch ns) and the values of the fields that are read."""
_MessageType = tuple[MessageHandler, Sequence[str], dict[str, Any]]
_OF_ANY_GRAPH = {
    topic.message_type
    for topic in (topics.CAMERA_IMAGE, topics.CAMERA_COMPRESSED, topics.RECORDER_STATE)
}
"""Types of which a bag without a performance has messages too."""


class TableBuilder:
    """Handles the messages of one bag in the order of the file. Memory does not grow with the bag,
    only with the events that are in blocks alone.

    `add` maps every table's name to the function that its rows are passed to, without their first
    column. After the last message `close` writes the rows that are not complete. Where `missed` is
    not empty then, notes and pedals are missing: see `export.build_complete`.
    """

    def __init__(
        self, bag: str, start_ns: int, add: Mapping[str, AddRow], missed: MissedEvents = NO_EVENTS
    ) -> None:
        """`bag` is its name in error messages, `start_ns` where its seconds count from (epoch).

        `missed` are the events that a first reading of the bag found in blocks alone.
        """
        self._bag = bag
        self._add, self._add_latency = add, add["latencies"]
        self._context = RecordingContext(start_ns)
        self._end_ns = start_ns
        self._notes = NoteRows(self._context, add["notes"])
        self._intervals = IntervalRows(bag, self._context, add)
        self._filter = EventFilter(missed.times)
        self._order = StampOrder(
            (stamp_ns, add, values)
            for topic, events, add in (
                (topics.NOTES, missed.notes, self._notes.add),
                (topics.PEDALS, missed.pedals, self._intervals.add_pedal),
            )
            for stamp_ns, values in events
            if missed.times.include(stamp_ns) and is_possible(topic.message_type, values)
        )
        self._note_blocks, self._pedal_blocks = BlockReconciler(), BlockReconciler()
        self._episodes = EpisodeRows(self._context, add["episodes"])
        self._states = StateRows(self._context, add["states"])
        self._level_changes = LevelChanges(self._context, add["diagnostics"])
        # By identity: the hash of a topic, with its definition, would take longer than its message.
        self._readers: dict[
            int, tuple[FieldReader | None, MessageHandler | None, RecordedTopic]
        ] = {}
        self._frames = FrameRows(self._context, add["frames"])
        # A restarted recorder receives the history again, with both files in one bag. By name: each
        # file has its own topics.
        self._duplicates = defaultdict[str, DuplicateFilter](lambda: DuplicateFilter(KEPT))
        self._types = self._message_types()
        self._kinds: set[str] = set()  # of which a message was read
        self._unread: dict[RecordedTopic, tuple[int, str]] = {}  # number, reason for the first one

    @property
    def missed(self) -> MissedEvents:
        """The events of blocks that were not received. Only those given as `missed` are in the
        rows.
        """
        notes, pedals = self._note_blocks.missed(), self._pedal_blocks.missed()
        return MissedEvents(notes, pedals, self._filter.times())

    def add_message(self, record: Record) -> None:
        """Handle one message. One that does not fit its type is set aside."""
        topic, log_ns = record.topic, record.log_time_ns
        known = self._readers.get(id(topic))
        if known is None:  # the topic is kept as well, so that no other gets its identity
            known = self._readers[id(topic)] = (*self._reader(topic), topic)
        self._end_ns = max(self._end_ns, log_ns)
        read, handle, _ = known
        if read is None:
            return
        try:
            stamp_ns, values = read(record.data)
        except UserError as error:
            self._set_aside(topic, error)
            return
        self._kinds.add(topic.message_type)
        if topic.message_type in self._types and not self._filter.admits(record, stamp_ns, values):
            return
        lateness = (log_ns - stamp_ns) / NANOSECONDS
        transport = (log_ns - record.publish_time_ns) / NANOSECONDS
        seconds = (log_ns - self._context.start_ns) / NANOSECONDS
        self._add_latency((topic.name, seconds, log_ns, lateness, transport, len(record.data)))
        if handle is not None:
            handle(record, stamp_ns, values)

    @property
    def has_descant_topics(self) -> bool:
        """Whether a message of Descant's own types was read."""
        return not self._kinds.isdisjoint(self._types.keys() - _OF_ANY_GRAPH)

    @property
    def remarks(self) -> list[str]:
        """A line for each topic with messages that were set aside, and one for other oddities."""
        lines = [
            f"{counted(count, 'message')} set aside: {why}" for count, why in self._unread.values()
        ]
        lines += self._filter.remarks()
        if count := self._notes.unmatched_releases:
            lines.append(f"{counted(count, 'release')} without an onset left out")
        return lines

    def close(self) -> None:
        """Write what is left after the last message.

        Raises `UserError` where notes were recorded, and none of them could be read, or nothing of
        Descant's own.
        """
        for topic, (_, reason) in self._unread.items():
            kind, notes = topic.message_type, topics.NOTES.message_type
            if (kind == notes) > (notes in self._kinds) or (
                kind in self._types and not self.has_descant_topics
            ):
                raise UserError(f"{self._bag}: {reason}")
        self._order.close()
        self._notes.close()
        self._episodes.close()
        self._intervals.close(self._end_ns)

    def _set_aside(self, topic: RecordedTopic, error: UserError) -> None:
        count, reason = self._unread.get(topic, (0, str(error)))
        self._unread[topic] = (count + 1, reason)

    def _reader(self, topic: RecordedTopic) -> tuple[FieldReader | None, MessageHandler | None]:
        """What reads and handles the messages of a topic; nothing where they carry no stamp."""
        kind = topic.message_type
        if kind not in self._types:
            try:
                if kind == topics.DIAGNOSTICS.message_type:
                    return field_reader(topic, ("status",)), self._level_changes.add_message
                return field_reader(topic, ()), None
            except UserError:  # not one of Descant's types, so it need not have a stamp
                return None, None
        handler, fields, options = self._types[kind]
        try:
            return field_reader(topic, fields, **options), handler
        except UserError as error:
            return partial(_raise, error), handler

    def _message_types(self) -> dict[str, _MessageType]:
        """Message type -> handler, and what is read, as in `field_reader`."""
        ordered, intervals = self._ordered, self._intervals
        note_fields, pedal_fields = MESSAGE_FIELDS[Note][1:], MESSAGE_FIELDS[Pedal][1:]
        add_note = ordered(0, self._notes.add, blocks=self._note_blocks)
        add_pedal = ordered(0, intervals.add_pedal, blocks=self._pedal_blocks)
        add_episode = ordered(2, self._add_episode, filtered=False)
        add_state = ordered(3, self._add_state, filtered=False)
        add_part, part_fields = ordered(1, intervals.add_part), MESSAGE_FIELDS[Part][1:-1]
        add_settings = ordered(1, intervals.add_settings)
        nested = {"notes": note_fields, "pedals": pedal_fields}
        types: dict[topics.Topic, _MessageType] = {
            topics.NOTES: (add_note, note_fields, {}),
            topics.PEDALS: (add_pedal, pedal_fields, {}),
            topics.PLAYED: (self._add_block, ("run", "first", *nested), {"nested": nested}),
            topics.PART: (add_part, part_fields, {"optional": {"description": ""}}),  # not in 0.1
            topics.LEARNER_SETTINGS: (add_settings, ("run", "events", "sustain", "settings"), {}),
            topics.EPISODE: (add_episode, ("run", *MESSAGE_FIELDS[Episode][1:]), {}),
            topics.LEARNER_STATE: (add_state, ("run", *MESSAGE_FIELDS[State][1:]), {}),
            topics.CAMERA_IMAGE: (self._frames.add_raw, ("width", "height", "encoding"), {}),
            topics.CAMERA_COMPRESSED: (self._frames.add_compressed, ("format", "data"), {}),
        }
        nodes: dict[str, _MessageType] = {
            kind: (partial(self._add_node_state, table.name, names), *state_fields(table))
            for kind, (table, names) in NODE_TABLES.items()
        }
        return {topic.message_type: kind for topic, kind in types.items()} | nodes

    def _ordered(
        self,
        rank: int,
        deliver: Handler,
        *,
        blocks: BlockReconciler | None = None,
        filtered: bool = True,
    ) -> MessageHandler:
        """The handler of messages that are delivered in the order of the stamps.

        Of equal stamps the lower `rank` goes first, so that what begins together with a part
        belongs to it, and the note that started the part to the one before. With `filtered`, a
        message that was received twice counts once; the learner's messages, most of a bag, count as
        often as they were received.
        """
        order, duplicates = self._order, self._duplicates

        def handle(record: Record, stamp_ns: int, values: Any) -> None:
            if blocks is not None:
                blocks.add_received((stamp_ns, values))
            if filtered and not duplicates[record.topic.name].is_new(_identity(record)):
                self._filter.repeated += 1
                return
            order.add(record.log_time_ns, stamp_ns, rank, deliver, values)

        return handle

    def _add_episode(self, stamp_ns: int, values: Any) -> None:
        run, episode = values[0], Episode(stamp_ns, *values[1:])
        self._states.add_names(episode.family, episode.parameter_names)
        self._episodes.add_episode(run, episode)

    def _add_state(self, stamp_ns: int, values: Any) -> None:
        run, state = values[0], State(stamp_ns, *values[1:])
        self._episodes.add_state(run, state)
        self._states.add_state(run, state)

    def _add_block(self, record: Record, _: int, values: Any) -> None:
        run, first, notes, pedals = values
        for event_ns, _ in (*notes, *pedals):
            self._filter.add_played(event_ns, record.publish_time_ns or record.log_time_ns)
        rest = len(notes) + len(pedals) < BLOCK
        self._note_blocks.add_block(run, first, notes, rest=rest)
        self._pedal_blocks.add_block(run, first, pedals, rest=rest)

    def _add_node_state(
        self, table: str, status_names: Sequence[str], _: Record, stamp_ns: int, values: Any
    ) -> None:
        cells = values
        if status_names:
            cells = (status_name(status_names, values[0]), *values[1:])
        self._add[table]((self._context.seconds(stamp_ns), stamp_ns, *cells))


def _raise(error: UserError, _: bytes) -> StampedValues:
    raise error


def _identity(record: Record) -> Hashable:
    """What a message that was received twice has in common: no key moves twice at one time."""
    if record.topic.message_type == topics.NOTES.message_type:
        return record.data
    return record.publish_time_ns, record.data
