# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Small bags for tests, written by the piece's own writer; messages are made without ROS."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from rosbags.typesys import Stores, get_types_from_msg, get_typestore

from descant.bags.definitions import full_definition
from descant.bags.topics import RecordedTopic
from descant.bags.writer import BagWriter
from descant.types import NANOSECONDS

MESSAGES = Path(__file__).parents[2] / "msg"
START_NS = 1_700_000_000 * NANOSECONDS
LATCHED = """
- history: unknown
  depth: 0
  reliability: reliable
  durability: transient_local
  deadline: {sec: 9223372036, nsec: 854775807}
  lifespan: {sec: 9223372036, nsec: 854775807}
  liveliness: automatic
  liveliness_lease_duration: {sec: 9223372036, nsec: 854775807}
  avoid_ros_namespace_conventions: false
""".strip()

TYPES = get_typestore(Stores.ROS2_JAZZY)
for _path in sorted(MESSAGES.glob("*.msg")):
    TYPES.register(get_types_from_msg(_path.read_text(), f"descant/msg/{_path.stem}"))


def message(kind: str, /, **fields: Any) -> bytes:
    """A serialized descant/msg/KIND; sequences become arrays, fields not named are zero.

    `stamp`, in ns, goes into its header. A message in a sequence is a mapping of its fields.
    """
    return bytes(TYPES.serialize_cdr(_made(f"descant/msg/{kind}", fields), f"descant/msg/{kind}"))


def _made(name: str, fields: Mapping[str, Any]) -> Any:
    kind = TYPES.types[name]
    values = {}
    for field, (shape, detail) in TYPES.get_msgdef(name).fields:
        given = fields.get(field)
        if shape.name == "NAME":
            seconds, nanoseconds = divmod(fields.get("stamp") or 0, NANOSECONDS)
            stamp = TYPES.types["builtin_interfaces/msg/Time"](sec=seconds, nanosec=nanoseconds)
            values[field] = TYPES.types[detail](stamp=stamp, frame_id="")
        elif shape.name == "BASE":
            values[field] = given if given is not None else ("" if detail[0] == "string" else 0)
        else:
            (element, base) = detail[0]
            values[field] = given or []
            if element.name == "NAME":
                values[field] = [_made(base, one) for one in given or []]
            elif (base := base[0]) != "string":
                values[field] = np.array(given or [], dtype=base)
    return kind(**values)


def topic(name: str, kind: str, package: str = "descant") -> RecordedTopic:
    """A topic with its real definition."""
    message_type = f"{package}/msg/{kind}"
    return RecordedTopic(
        name, message_type, full_definition(message_type).encode(), offered_qos=LATCHED
    )


NOTES = topic("/notes", "NoteEvent")


def note(number: int) -> bytes:
    """The note-on number `number`, a millisecond after the one before."""
    return message(
        "NoteEvent", stamp=time_ns(number), id=number, kind=1, key=60, velocity=64,
        velocity_14bit=8192,
    )  # fmt: skip


def time_ns(number: int) -> int:
    """When message `number` of a test's bag was received."""
    return START_NS + number * 1_000_000


def notes_bag(
    folder: Path, count: int, *, flush_every: int = 100, finish: bool = True, **options: Any
) -> Path:
    """A bag with notes 0, 1 .. count - 1; without `finish` as a killed recorder leaves it."""
    writer = BagWriter(folder, **options)
    writer.add_topic(NOTES)
    for number in range(count):
        writer.write("/notes", time_ns(number), time_ns(number), note(number))
        if number % flush_every == flush_every - 1:
            writer.flush()
    if finish:
        writer.close()
    else:
        writer.abandon()
    return writer.folder


def write(folder: Path, topics: Sequence[RecordedTopic], fill: Callable[[BagWriter], None]) -> Path:
    """A bag with `topics`, filled by `fill`."""
    writer = BagWriter(folder)
    for each in topics:
        writer.add_topic(each)
    fill(writer)
    writer.close()
    return writer.folder


def mcap_of(bag: Path) -> Path:
    """The only MCAP file of a bag."""
    [path] = bag.glob("*.mcap")
    return path
