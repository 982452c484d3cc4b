"""From the messages of a bag to the rows of the tables, a message at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from descant.bags.scan import Record
from descant.bags.topics import Topic
from descant.errors import UserError
from descant.events import NANOSECONDS
from descant.research.course import Course
from descant.research.episodes import EpisodeJoiner, SeenEpisode, SeenState
from descant.research.notes import Add, Moment, NoteJoiner
from descant.research.ordering import Ordering
from descant.research.reading import reader
from descant.research.states import StateRows, word

Handler = Callable[[Record], None]
IMAGE = "sensor_msgs/msg/Image"
NOTE_FIELDS = ("kind", "id", "key", "velocity", "velocity_14bit")


@dataclass(frozen=True, slots=True)
class NodeTable:
    """The table of a node's own states: its `fields` stand behind the stamp and, where the message
    has one, the status in `words`."""

    name: str
    words: tuple[str, ...]
    fields: tuple[str, ...]


NODES = {
    "descant/msg/PianoState": NodeTable(
        "piano_states",
        ("waiting", "playing", "lost", "finished"),
        ("position", "duration", "held", "events"),
    ),
    "descant/msg/SynthState": NodeTable(
        "synth_states",
        ("silent", "sounding", "lost"),
        ("sink", "sample_rate", "peak", "gain_reduction", "voices", "held", "stolen",
         "late_events", "restarts"),
    ),
    "descant/msg/CameraState": NodeTable(
        "camera_states",
        ("waiting", "seeing", "lost", "finished"),
        ("source", "width", "height", "frame_rate", "pictures", "repeated"),
    ),
    "descant/msg/StageState": NodeTable(
        "stage_states",
        (),
        ("part", "canvas", "frame_rate", "frame_time", "dropped", "camera_delay", "camera_age"),
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Ordered:
    """A type whose messages are taken in the order of their stamps: of equal ones by `rank`, so
    that what begins together with a part belongs to it, and the note that opened the part to the
    one before."""

    rank: int
    take: Callable[[int, Any], None]
    fields: Sequence[str]
    make: Callable[[Sequence[Any]], Any]


class Rows:
    """Takes the messages of one bag in the order of the file; memory does not grow with it.

    `add` maps every table's name to what takes its rows, without their first column. After the
    last message `close` gives the rows that wait for something.
    """

    def __init__(self, bag: str, start_ns: int, add: Mapping[str, Add]) -> None:
        """`bag` is its name in error messages, `start_ns` where its seconds count from (epoch)."""
        self._bag = bag
        self._add = add
        self._now = Moment(start_ns)
        self._end_ns = start_ns
        self._ordering = Ordering()
        self._notes = NoteJoiner(self._now, add["notes"])
        self._course = Course(bag, self._now, add)
        self._episodes = EpisodeJoiner(self._now, add["episodes"])
        self._states = StateRows(self._now, add["states"])
        # By identity: the hash of a topic, with its definition, would take longer than its message.
        self._handlers: dict[int, tuple[Handler, Topic]] = {}
        self.taken = 0
        """Messages of descant's own types."""

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
        if kind == IMAGE:
            return self._frames(topic)
        return self._other(topic)

    def _ordered_types(self) -> dict[str, _Ordered]:
        course, episodes = self._course, SeenEpisode._fields
        settings = ("run", "events", "sustain", "settings")
        return {
            "descant/msg/NoteEvent": _Ordered(0, self._notes.take, NOTE_FIELDS, tuple),
            "descant/msg/PedalEvent": _Ordered(0, course.take_pedal, ("pedal", "value"), tuple),
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

        def handle(record: Record) -> None:
            stamp_ns, values = read(record.data)
            self.taken += 1
            late(record, stamp_ns)
            put(record.log_time_ns, stamp_ns, rank, take, make(values))

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
