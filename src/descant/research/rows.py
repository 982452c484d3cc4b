"""From the messages of a bag to the rows of the tables, a message at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from descant.bags.scan import Record
from descant.bags.topics import Topic
from descant.errors import UserError
from descant.research.episodes import EpisodeJoiner, SeenEpisode, SeenState
from descant.research.intervals import Course
from descant.research.missed_events import (
    NOTE_FIELDS,
    NOTHING,
    PEDAL_FIELDS,
    PLAYED,
    BlockReconciler,
    Missed,
    Repeats,
    block_reader,
)
from descant.research.nodestates import NODES, NodeTable
from descant.research.notes import Add, Moment, NoteJoiner
from descant.research.ordering import Ordering
from descant.research.reading import reader
from descant.research.states import StateRows, word
from descant.types import NANOSECONDS

Handler = Callable[[Record], None]
IMAGE = "sensor_msgs/msg/Image"
_LEARNED = 2  # the rank of what the learner says of its episodes


@dataclass(frozen=True, slots=True)
class _Ordered:
    """A type whose messages are taken in the order of their stamps: of equal ones by `rank`, so
    that what begins together with a part belongs to it, and the note that opened the part to the
    one before."""

    rank: int
    take: Callable[[int, Any], None]
    fields: Sequence[str]
    make: Callable[[Sequence[Any]], Any]
    tally: BlockReconciler | None = None  # of what the blocks of /played say as well


def complete(read: Callable[[Missed], Rows]) -> Rows:
    """Read a bag (`read`, from its first message to `Rows.close`); where notes or pedals are in
    blocks alone once more, with them at their place. What the first time gave is to be let go."""
    rows = read(NOTHING)
    missed = rows.missed
    if not any(missed):
        return rows
    del rows  # with its count of them
    return read(missed)


class Rows:
    """Takes the messages of one bag in the order of the file; memory does not grow with it, but by
    what is in blocks alone.

    `add` maps every table's name to what takes its rows, without their first column. After the
    last message `close` gives the rows that wait for something. Where `missed` is not empty then,
    notes and pedals are not all there: see `complete`.
    """

    def __init__(
        self, bag: str, start_ns: int, add: Mapping[str, Add], missed: Missed = NOTHING
    ) -> None:
        """`bag` is its name in error messages, `start_ns` where its seconds count from (epoch).

        `missed` is what was found to be in blocks alone when the bag was read before.
        """
        self._bag = bag
        self._add = add
        self._now = Moment(start_ns)
        self._end_ns = start_ns
        self._notes = NoteJoiner(self._now, add["notes"])
        self._course = Course(bag, self._now, add)
        self._ordering = Ordering(
            [(stamp_ns, self._notes.take, values) for stamp_ns, values in missed.notes]
            + [(stamp_ns, self._course.take_pedal, values) for stamp_ns, values in missed.pedals]
        )
        self._tally_notes, self._tally_pedals = BlockReconciler(), BlockReconciler()
        self._episodes = EpisodeJoiner(self._now, add["episodes"])
        self._states = StateRows(self._now, add["states"])
        # By identity: the hash of a topic, with its definition, would take longer than its message.
        self._handlers: dict[int, tuple[Handler, Topic]] = {}
        self._repeats: dict[str, Repeats] = {}  # by name: a topic of each file is another one
        self.taken = 0
        """Messages of descant's own types."""

    @property
    def missed(self) -> Missed:
        """What the blocks told of and the topics did not: it is not among the rows, but for what
        was given as `missed`."""
        return Missed(self._tally_notes.missed(), self._tally_pedals.missed())

    @property
    def orphans(self) -> int:
        """Releases whose onset is not in the recording."""
        return self._notes.orphans

    def take(self, record: Record) -> None:
        """One message. Raises `UserError` where it does not fit its type."""
        topic = record.topic
        known = self._handlers.get(id(topic))
        if known is None:  # the topic is kept as well, so that no other gets its identity
            known = self._handlers[id(topic)] = (self._handler(topic), topic)
        self._end_ns = max(self._end_ns, record.log_time_ns)
        known[0](record)

    def close(self) -> None:
        """After the last message."""
        self._ordering.close()
        self._notes.close()
        self._episodes.close()
        self._course.close(self._end_ns)

    def _handler(self, topic: Topic) -> Handler:
        """What is done with a topic's messages, decided at its first."""
        kind = topic.message_type
        ordered = self._ordered_types().get(kind)
        if ordered is not None:
            return self._in_order(topic, ordered)
        if kind in NODES:
            return self._node(topic, NODES[kind])
        if kind == PLAYED:
            return self._played(topic)
        if kind == IMAGE:
            return self._frames(topic)
        return self._other(topic)

    def _ordered_types(self) -> dict[str, _Ordered]:
        course, episodes = self._course, SeenEpisode._fields
        settings = ("run", "events", "sustain", "settings")
        return {
            "descant/msg/NoteEvent": _Ordered(
                0, self._notes.take, NOTE_FIELDS, tuple, self._tally_notes
            ),
            "descant/msg/PedalEvent": _Ordered(
                0, course.take_pedal, PEDAL_FIELDS, tuple, self._tally_pedals
            ),
            "descant/msg/Part": _Ordered(1, course.take_part, ("part", "start", "cause"), tuple),
            "descant/msg/LearnerSettings": _Ordered(1, course.take_settings, settings, tuple),
            "descant/msg/Episode": _Ordered(2, self._episode, episodes, SeenEpisode._make),
            "descant/msg/LearnerState": _Ordered(
                3, self._state, SeenState._fields, SeenState._make
            ),
        }

    def _in_order(self, topic: Topic, kind: _Ordered) -> Handler:
        read = reader(self._bag, topic, kind.fields)
        late, put = self._late(topic), self._ordering.add
        rank, take, make = kind.rank, kind.take, kind.make
        played = rank < _LEARNED  # the learner's words are most of a bag, and counted as received
        is_new = self._repeats.setdefault(topic.name, Repeats()).is_new if played else None
        hear = kind.tally.hear if kind.tally is not None else None

        def handle(record: Record) -> None:
            stamp_ns, values = read(record.data)
            self.taken += 1
            late(record, stamp_ns)
            if hear is not None:
                hear((stamp_ns, values))
            if is_new is not None and not is_new(record.publish_time_ns, record.data):
                return
            put(record.log_time_ns, stamp_ns, rank, take, make(values))

        return handle

    def _played(self, topic: Topic) -> Handler:
        read, late = block_reader(self._bag, topic), self._late(topic)

        def handle(record: Record) -> None:
            block = read(record.data)
            self.taken += 1
            late(record, block.stamp_ns)
            self._tally_notes.say(block.run, block.first, block.notes)
            self._tally_pedals.say(block.run, block.first, block.pedals)

        return handle

    def _node(self, topic: Topic, table: NodeTable) -> Handler:
        words = table.words
        read = reader(self._bag, topic, ("status", *table.fields) if words else table.fields)
        add, late, seconds = self._add[table.name], self._late(topic), self._now.seconds

        def handle(record: Record) -> None:
            stamp_ns, values = read(record.data)
            self.taken += 1
            late(record, stamp_ns)
            said = (word(words, values[0]), *values[1:]) if words else values
            add((seconds(stamp_ns), stamp_ns, *said))

        return handle

    def _frames(self, topic: Topic) -> Handler:
        read = reader(self._bag, topic, ("width", "height", "encoding"))
        add, late, seconds = self._add["frames"], self._late(topic), self._now.seconds
        before_ns: int | None = None

        def handle(record: Record) -> None:
            nonlocal before_ns
            stamp_ns, values = read(record.data)
            late(record, stamp_ns)
            interval = None if before_ns is None else (stamp_ns - before_ns) / NANOSECONDS
            before_ns = stamp_ns
            lateness = (record.log_time_ns - stamp_ns) / NANOSECONDS
            add((topic.name, seconds(stamp_ns), stamp_ns, *values, interval, lateness))

        return handle

    def _other(self, topic: Topic) -> Handler:
        """Any other topic: how late it was, where its messages carry a stamp."""
        try:
            read = reader(self._bag, topic, ())
        except UserError:  # not descant's, so it need not have one
            return lambda record: None
        late = self._late(topic)
        return lambda record: late(record, read(record.data)[0])

    def _late(self, topic: Topic) -> Callable[[Record, int], None]:
        add, seconds, name = self._add["latencies"], self._now.seconds, topic.name

        def late(record: Record, stamp_ns: int) -> None:
            log_ns = record.log_time_ns
            lateness = (log_ns - stamp_ns) / NANOSECONDS
            transport = (log_ns - record.publish_time_ns) / NANOSECONDS
            add((name, seconds(log_ns), log_ns, lateness, transport, len(record.data)))

        return late

    def _episode(self, stamp_ns: int, said: SeenEpisode) -> None:
        self._states.learn_names(said.family, said.parameter_names)
        self._episodes.take_episode(stamp_ns, said)

    def _state(self, stamp_ns: int, state: SeenState) -> None:
        self._episodes.take_state(stamp_ns, state)
        self._states.take(stamp_ns, state)
