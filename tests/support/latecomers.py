# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Bags as recorders leave them that were started late, or again, or did not hear everything."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator
from pathlib import Path

from descant.bags.files import bag_files
from descant.bags.scan import Record, Scan
from descant.bags.writer import BagWriter

KEPT = {"/notes": 60, "/pedals": 20, "/learner_state": 60, "/episode": 1}
"""Messages a topic gives to who comes late, fewer than in the graph; the others of `PAST` all."""
PAST = (*KEPT, "/played", "/part", "/learner_settings")


def records(bag: Path) -> Iterator[Record]:
    """Every message of a bag."""
    for file in bag_files(bag):
        yield from Scan(file).records()


def joined_at(bag: Path, time_ns: int, order: Collection[str] = PAST) -> Iterator[Record]:
    """What a recorder that came at `time_ns` would have written of what `bag` holds: the past of
    the topics in `order`, a topic in a burst, and then what is new.
    """
    past: dict[str, deque[Record]] = {name: deque(maxlen=KEPT.get(name)) for name in order}
    new = []
    for record in records(bag):
        if record.log_time_ns >= time_ns:
            new.append(record)
        elif record.topic.name in past:
            past[record.topic.name].append(record)
    for number, one in enumerate(one for name in order for one in past[name]):
        yield Record(one.topic, time_ns + number, one.publish_time_ns, one.sequence, one.data)
    yield from new


def rewritten(
    folder: Path, messages: Iterable[Record], *, finish: bool = True, flush_every: int = 200
) -> Path:
    """A bag of these messages; without `finish` as a killed recorder leaves it."""
    writer = BagWriter(folder)
    for number, record in enumerate(messages):
        writer.add_topic(record.topic)
        times = (record.log_time_ns, record.publish_time_ns)
        writer.write(record.topic.name, *times, record.data)
        if number % flush_every == flush_every - 1:
            writer.flush()
    if finish:
        writer.close()
    else:
        writer.flush()
        writer.abandon()
    return writer.folder


def without(bag: Path, lost: Callable[[Record], bool]) -> Iterator[Record]:
    """The messages of a bag but those that were `lost`."""
    return (record for record in records(bag) if not lost(record))
