# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Convert messages to the values of the cores, whoever read them.

A message is any object with the fields of its .msg file as attributes: one that a node received,
or one that was decoded from a bag. A missing field is an `AttributeError`, an impossible status a
`ValueError`. `nodes/common/conversion.py` converts the other way, by the same names.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, TypeVar

from descant.event_blocks import EventBlock
from descant.types import NANOSECONDS, Episode, LearningStatus, Note, Part, Pedal, State

_NOTE_ON = 1  # NoteEvent.ON
V = TypeVar("V", Note, Pedal, Part, Episode, State)
_OTHER_NAMES: Mapping[Any, Mapping[str, str]] = {
    Note: {"on": "kind"},
    Pedal: {},
    Part: {"number": "part"},
    Episode: {"number": "episode"},
    State: {},
}


MESSAGE_FIELDS: Mapping[type, tuple[str, ...]] = {
    kind: tuple({"time_ns": "stamp", **names}.get(name, name) for name in kind.__match_args__)
    for kind, names in _OTHER_NAMES.items()
}
"""Type of a value -> the fields of its message, in the order of its own; 'stamp', the first, is in
its header."""


def from_time(stamp: Any) -> int:
    """Convert a ROS time stamp to nanoseconds since the epoch."""
    return int(stamp.sec) * NANOSECONDS + int(stamp.nanosec)


def stamp_ns(message: Any) -> int:
    """The stamp of a message, ns since the epoch. Messages before 0.5 have no header."""
    header = getattr(message, "header", message)
    return from_time(header.stamp)


_CONVERTERS: Mapping[str, Callable[[Any], Any]] = {
    "kind": lambda kind: kind == _NOTE_ON,
    "status": LearningStatus,
    **dict.fromkeys(("parameter_names", "target", "theta", "x", "y", "gradient", "notes"), tuple),
}


def from_message(kind: type[V], message: Any) -> V:
    """Convert a message to a value of `kind`."""
    values = {name: getattr(message, name) for name in MESSAGE_FIELDS[kind] if name != "stamp"}
    return kind(
        stamp_ns(message),
        *(_CONVERTERS[n](v) if n in _CONVERTERS else v for n, v in values.items()),
    )


from_note_event = partial(from_message, Note)
from_pedal_event = partial(from_message, Pedal)
from_part = partial(from_message, Part)
from_episode = partial(from_message, Episode)
from_learner_state = partial(from_message, State)


def from_played(message: Any) -> EventBlock:
    """Convert a Played message with its notes and pedals."""
    notes = tuple(from_note_event(note) for note in message.notes)
    pedals = tuple(from_pedal_event(pedal) for pedal in message.pedals)
    return EventBlock(message.run, message.first, notes, pedals)
