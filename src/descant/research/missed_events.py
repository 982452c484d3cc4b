"""Recover notes that are missing from /notes from the blocks on /played.

A recorder that joins late receives the last 2,048 notes and pedals; earlier ones are
in the blocks (`descant.event_blocks`). A block follows its events, and the history comes
in any order, so what is missing is known only at the end of the bag: events are counted while the
bag is read, and a bag that lacks any is read a second time.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Sequence
from itertools import islice, takewhile
from operator import itemgetter
from typing import Any, NamedTuple

from descant.bags.cdr import Field, definitions
from descant.bags.topics import Topic
from descant.errors import UserError
from descant.research.reading import reader
from descant.types import NANOSECONDS

PLAYED = "descant/msg/Played"
NOTE_FIELDS = ("kind", "id", "key", "velocity", "velocity_14bit")
PEDAL_FIELDS = ("pedal", "value")
WAITING = 8_192
"""Events that may wait for their block. Live it is a block's 128 and what half a second brings,
after a late start the 2,048 of the topic."""
KEPT = 2_048
"""Messages that a topic gives once more to whoever joins it (`KEPT` in nodes/common/qos.py)."""

PastEvent = tuple[int, Sequence[int]]
"""Stamp (epoch ns) and the values of one event: of a note `NOTE_FIELDS`, a pedal `PEDAL_FIELDS`."""


class Missed(NamedTuple):
    """What is in blocks alone, each in the order of the stamps."""

    notes: Sequence[PastEvent] = ()
    pedals: Sequence[PastEvent] = ()


NOTHING = Missed()


class SeenBlock(NamedTuple):
    """A block as it was recorded: events number `first` and on, of the piano's process `run`."""

    stamp_ns: int
    run: int
    first: int
    notes: list[PastEvent]
    pedals: list[PastEvent]


class BlockReconciler:
    """Sets what was heard on one topic against what the blocks said.

    Exact while no more than `WAITING` events wait for their block. Where there are more (a bag
    without blocks) they are forgotten, and blocks that tell of that time later are taken as heard:
    rather an event too few, as it was without them, than all twice.
    """

    def __init__(self) -> None:
        self._fresh: deque[PastEvent] = deque()
        self._heard: Counter[PastEvent] = Counter()
        self._unheard: Counter[PastEvent] = Counter()
        self._blocks: set[tuple[int, int]] = set()
        self._forgotten_ns: int | None = None

    def hear(self, event: PastEvent) -> None:
        """It came on the topic itself."""
        self._fresh.append(event)
        if len(self._fresh) > WAITING:
            self._sort()

    def say(self, run: int, first: int, events: list[PastEvent]) -> None:
        """A block with these came; the same block again is passed over."""
        if (run, first) in self._blocks:
            return
        self._blocks.add((run, first))
        fresh = self._fresh
        if list(islice(fresh, len(events))) == events:  # as it is where nothing was missed
            for _ in events:
                fresh.popleft()
            return
        self._sort()
        for event in events:
            if event in self._heard:
                _take_one(self._heard, event)
            elif self._forgotten_ns is None or event[0] > self._forgotten_ns:
                self._unheard[event] += 1

    def missed(self) -> list[PastEvent]:
        """What was said and not heard, by stamp; of equal stamps what was said first."""
        self._sort()
        return sorted(self._unheard.elements(), key=lambda event: event[0])

    def _sort(self) -> None:
        """Sort what was heard into what was said before and what was not."""
        for event in self._fresh:
            if event in self._unheard:
                _take_one(self._unheard, event)
            else:
                self._heard[event] += 1
        self._fresh.clear()
        if len(self._heard) > WAITING:
            newest_ns = max(event[0] for event in self._heard)
            self._forgotten_ns = max(newest_ns, self._forgotten_ns or newest_ns)
            self._heard.clear()


class Repeats:
    """Tells what a recorder heard twice: it was started again, and both times are in one bag."""

    def __init__(self) -> None:
        self._last: deque[tuple[int, bytes]] = deque(maxlen=KEPT)
        self._newest_ns = -1
        self._ordered = True  # since that time nothing older has come
        self._known: set[tuple[int, bytes]] = set()  # all of the same, or empty: see _is_unknown

    def is_new(self, publish_time_ns: int, data: bytes) -> bool:
        """Whether none of the last `KEPT` messages was sent at that time with those bytes."""
        message = (publish_time_ns, data)
        if publish_time_ns > self._newest_ns:
            self._newest_ns, self._ordered = publish_time_ns, True
        elif not self._is_unknown(message):
            return False
        elif publish_time_ns < self._newest_ns:
            self._ordered = False
        self._last.append(message)
        return True

    def _is_unknown(self, message: tuple[int, bytes]) -> bool:
        """What is sent at the newest time is at the end, with others of that time; else all are
        asked, which are made a set while repeats come one after the other."""
        if message[0] == self._newest_ns and self._ordered:
            same = takewhile(lambda last: last[0] == message[0], reversed(self._last))
            return message not in list(same)
        known = self._known
        if self._last[-1] not in known or len(known) > 2 * KEPT:
            known = self._known = set(self._last)
        if message in known:
            return False
        known.add(message)
        return True


def block_reader(bag: str, topic: Topic) -> Callable[[bytes], SeenBlock]:
    """What reads the blocks of a topic. `UserError` as in `reading.reader`."""
    read = reader(bag, topic, ("run", "first", "notes", "pedals"))
    kinds = definitions(topic.message_type, topic.definition.decode("utf-8", "replace"))
    try:
        notes = _events(kinds["descant/NoteEvent"], NOTE_FIELDS)
        pedals = _events(kinds["descant/PedalEvent"], PEDAL_FIELDS)
    except LookupError as error:
        raise UserError(
            f"{bag}: topic {topic.name} was recorded with another version of {PLAYED}: {error}"
        ) from None

    def block(data: bytes) -> SeenBlock:
        stamp_ns, (run, first, struck, moved) = read(data)
        return SeenBlock(stamp_ns, run, first, notes(struck), pedals(moved))

    return block


def _events(
    fields: Sequence[Field], wanted: Sequence[str]
) -> Callable[[Sequence[Sequence[Any]]], list[PastEvent]]:
    """What makes events of the values of the messages in a block."""
    names = [n for f in fields for n in (("sec", "nanosec") if f.name == "stamp" else (f.name,))]
    missing = {"sec", "nanosec", *wanted} - set(names)
    if missing:
        raise LookupError(f"no field '{min(missing)}'")
    sec, nanosec = names.index("sec"), names.index("nanosec")
    pick = itemgetter(*(names.index(name) for name in wanted))
    return lambda messages: [
        (values[sec] * NANOSECONDS + values[nanosec], pick(values)) for values in messages
    ]


def _take_one(events: Counter[PastEvent], event: PastEvent) -> None:
    if events[event] == 1:
        del events[event]
    else:
        events[event] -= 1
