"""Turn the messages of a bag into the rows of the tables, one message at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from descant import topics
from descant.bags.recording import RecordedEpisode, RecordedState
from descant.bags.scan import Record
from descant.bags.topics import RecordedTopic
from descant.errors import UserError
from descant.research.context import AddRow, RecordingContext
from descant.research.episodes import EPISODE_FIELDS, EpisodeRows, recorded_episode
from descant.research.field_reader import FieldReader, field_reader
from descant.research.intervals import (
    PART_FIELDS,
    PART_OPTIONAL,
    SETTINGS_FIELDS,
    IntervalRows,
)
from descant.research.missed_events import (
    NO_EVENTS,
    NOTE_FIELDS,
    PEDAL_FIELDS,
    PLAYED,
    BlockReconciler,
    DuplicateFilter,
    MissedEvents,
    block_reader,
)
from descant.research.node_tables import NODE_TABLES, NodeTable
from descant.research.notes import NoteRows
from descant.research.stamp_order import StampOrder
from descant.research.states import STATE_FIELDS, StateRows, recorded_state, status_name
from descant.types import NANOSECONDS

RecordHandler = Callable[[Record], None]
IMAGE = topics.CAMERA_IMAGE.message_type


@dataclass(frozen=True, slots=True)
class _OrderedType:
    """A message type that is handled in the order of the stamps.

    Of equal stamps the lower `rank` goes first, so that what begins together with a part belongs to
    it, and the note that started the part to the one before. `make` makes the handler's value of
    the stamp and the fields. Of types that are `filtered`, a message that was received twice counts
    once; the learner's messages, most of a bag, count as often as they were received.
    """

    rank: int
    handler: Callable[[int, Any], None]
    fields: Sequence[str]
    make: Callable[[int, Sequence[Any]], Any] = lambda _, values: values
    optional: Sequence[str] = ()
    filtered: bool = True
    reconciler: BlockReconciler | None = None


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
        self._add = add
        self._context = RecordingContext(start_ns)
        self._end_ns = start_ns
        self._notes = NoteRows(self._context, add["notes"])
        self._intervals = IntervalRows(bag, self._context, add)
        self._order = StampOrder(
            [(stamp_ns, self._notes.add, values) for stamp_ns, values in missed.notes]
            + [(stamp_ns, self._intervals.add_pedal, values) for stamp_ns, values in missed.pedals]
        )
        self._note_blocks, self._pedal_blocks = BlockReconciler(), BlockReconciler()
        self._episodes = EpisodeRows(self._context, add["episodes"])
        self._states = StateRows(self._context, add["states"])
        # By identity: the hash of a topic, with its definition, would take longer than its message.
        self._handlers: dict[int, tuple[RecordHandler, RecordedTopic]] = {}
        self._duplicates: dict[str, DuplicateFilter] = {}  # by name: each file has its own topics
        self.message_count = 0
        """Messages of Descant's own types."""

    @property
    def missed(self) -> MissedEvents:
        """The events of blocks that were not received. Only those given as `missed` are in the
        rows."""
        return MissedEvents(self._note_blocks.missed(), self._pedal_blocks.missed())

    @property
    def unmatched_releases(self) -> int:
        """Note-offs whose note-on is not in the recording."""
        return self._notes.unmatched_releases

    def add_message(self, record: Record) -> None:
        """Handle one message. Raises `UserError` where it does not fit its type."""
        topic = record.topic
        known = self._handlers.get(id(topic))
        if known is None:  # the topic is kept as well, so that no other gets its identity
            known = self._handlers[id(topic)] = (self._handler(topic), topic)
        self._end_ns = max(self._end_ns, record.log_time_ns)
        known[0](record)

    def close(self) -> None:
        """Write what is left after the last message."""
        self._order.close()
        self._notes.close()
        self._episodes.close()
        self._intervals.close(self._end_ns)

    def _handler(self, topic: RecordedTopic) -> RecordHandler:
        """The handler of a topic's messages, chosen at its first."""
        kind = topic.message_type
        ordered = self._ordered_types().get(kind)
        if ordered is not None:
            return self._ordered_handler(topic, ordered)
        if kind in NODE_TABLES:
            return self._node_handler(topic, NODE_TABLES[kind])
        if kind == PLAYED:
            return self._block_handler(topic)
        if kind == IMAGE:
            return self._frame_handler(topic)
        return self._other_handler(topic)

    def _ordered_types(self) -> dict[str, _OrderedType]:
        notes, intervals = self._notes, self._intervals
        return {
            topics.NOTES.message_type: _OrderedType(
                0, notes.add, NOTE_FIELDS, reconciler=self._note_blocks
            ),
            topics.PEDALS.message_type: _OrderedType(
                0, intervals.add_pedal, PEDAL_FIELDS, reconciler=self._pedal_blocks
            ),
            topics.PART.message_type: _OrderedType(
                1, intervals.add_part, PART_FIELDS, optional=PART_OPTIONAL
            ),
            topics.LEARNER_SETTINGS.message_type: _OrderedType(
                1, intervals.add_settings, SETTINGS_FIELDS
            ),
            topics.EPISODE.message_type: _OrderedType(
                2, self._add_episode, EPISODE_FIELDS, recorded_episode, filtered=False
            ),
            topics.LEARNER_STATE.message_type: _OrderedType(
                3, self._add_state, STATE_FIELDS, recorded_state, filtered=False
            ),
        }

    def _ordered_handler(self, topic: RecordedTopic, kind: _OrderedType) -> RecordHandler:
        deliver, rank, handler, make = self._order.add, kind.rank, kind.handler, kind.make
        is_new = None
        if kind.filtered:
            is_new = self._duplicates.setdefault(topic.name, DuplicateFilter()).is_new
        add_received = kind.reconciler.add_received if kind.reconciler is not None else None

        def handle(record: Record, stamp_ns: int, values: Sequence[Any]) -> None:
            self.message_count += 1
            if add_received is not None:
                add_received((stamp_ns, values))
            if is_new is not None and not is_new(record.publish_time_ns, record.data):
                return
            deliver(record.log_time_ns, stamp_ns, rank, handler, make(stamp_ns, values))

        read = field_reader(self._bag, topic, kind.fields, kind.optional)
        return self._with_latency(topic, read, handle)

    def _block_handler(self, topic: RecordedTopic) -> RecordHandler:
        def handle(_: Record, stamp_ns: int, values: Sequence[Any]) -> None:
            run, first, notes, pedals = values
            self.message_count += 1
            self._note_blocks.add_block(run, first, notes)
            self._pedal_blocks.add_block(run, first, pedals)

        return self._with_latency(topic, block_reader(self._bag, topic), handle)

    def _node_handler(self, topic: RecordedTopic, node: NodeTable) -> RecordHandler:
        names, add = node.status_names, self._add[node.table.name]

        def handle(_: Record, stamp_ns: int, values: Sequence[Any]) -> None:
            self.message_count += 1
            cells = (status_name(names, values[0]), *values[1:]) if names else values
            add((self._context.seconds(stamp_ns), stamp_ns, *cells))

        return self._with_latency(topic, field_reader(self._bag, topic, node.fields), handle)

    def _frame_handler(self, topic: RecordedTopic) -> RecordHandler:
        add = self._add["frames"]
        before_ns: int | None = None

        def handle(record: Record, stamp_ns: int, values: Sequence[Any]) -> None:
            nonlocal before_ns
            interval = None if before_ns is None else (stamp_ns - before_ns) / NANOSECONDS
            before_ns = stamp_ns
            seconds = self._context.seconds(stamp_ns)
            lateness = (record.log_time_ns - stamp_ns) / NANOSECONDS
            add((topic.name, seconds, stamp_ns, *values, interval, lateness))

        read = field_reader(self._bag, topic, ("width", "height", "encoding"))
        return self._with_latency(topic, read, handle)

    def _other_handler(self, topic: RecordedTopic) -> RecordHandler:
        """Of any other topic: the latency, where its messages carry a stamp."""
        try:
            read = field_reader(self._bag, topic, ())
        except UserError:  # not one of Descant's types, so it need not have one
            return lambda record: None
        return self._with_latency(topic, read, lambda *_: None)

    def _with_latency(
        self,
        topic: RecordedTopic,
        read: FieldReader,
        handle: Callable[[Record, int, Sequence[Any]], None],
    ) -> RecordHandler:
        """The handler that reads a message, adds its latency and calls `handle` with its values."""
        add, seconds, name = self._add["latencies"], self._context.seconds, topic.name

        def handler(record: Record) -> None:
            stamp_ns, values = read(record.data)
            log_ns = record.log_time_ns
            lateness = (log_ns - stamp_ns) / NANOSECONDS
            transport = (log_ns - record.publish_time_ns) / NANOSECONDS
            add((name, seconds(log_ns), log_ns, lateness, transport, len(record.data)))
            handle(record, stamp_ns, values)

        return handler

    def _add_episode(self, stamp_ns: int, recorded: RecordedEpisode) -> None:
        self._states.add_names(recorded.episode.family, recorded.episode.parameter_names)
        self._episodes.add_episode(stamp_ns, recorded)

    def _add_state(self, stamp_ns: int, recorded: RecordedState) -> None:
        self._episodes.add_state(stamp_ns, recorded)
        self._states.add_state(stamp_ns, recorded)
