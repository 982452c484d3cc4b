# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Convert values of the cores to messages; `descant.decoding` converts the other way."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, TypeVar

from builtin_interfaces.msg import Time
from std_msgs.msg import Header

from descant.decoding import MESSAGE_FIELDS
from descant.event_blocks import EventBlock
from descant.msg import Episode, LearnerState, NoteEvent, Part, PedalEvent, Played
from descant.types import NANOSECONDS

M = TypeVar("M", NoteEvent, PedalEvent, Part, Episode, LearnerState)

# A stamp's seconds are a signed 32-bit integer; stamps from outside may lie beyond its range.
EARLIEST_NS, LATEST_NS = -(2**31) * NANOSECONDS, 2**31 * NANOSECONDS - 1


def to_time(time_ns: int) -> Time:
    """Convert nanoseconds since the epoch to a ROS time stamp, clipped to its range."""
    seconds, nanoseconds = divmod(min(max(time_ns, EARLIEST_NS), LATEST_NS), NANOSECONDS)
    return Time(sec=seconds, nanosec=nanoseconds)


def to_header(time_ns: int, frame_id: str = "") -> Header:
    """A header with the time, nanoseconds since the epoch; most messages belong to no frame."""
    return Header(stamp=to_time(time_ns), frame_id=frame_id)


# Message classes check a list element by element, an array at once.
_CONVERTERS: Mapping[str, Callable[[Any], Any]] = {
    "header": to_header,
    "kind": int,
    "status": int,
    "notes": partial(array, "Q"),
    **dict.fromkeys(("target", "theta", "x", "y", "gradient"), partial(array, "d")),
}


def to_message(kind: type[M], value: Any, run: int | None = None) -> M:
    """Convert a value to its message; `run` is the learner's process that it comes from."""
    values = {} if run is None else {"run": run}
    for name, recorded in zip(value.__match_args__, MESSAGE_FIELDS[type(value)], strict=True):
        item, field = getattr(value, name), "header" if recorded == "stamp" else recorded
        values[field] = _CONVERTERS[field](item) if field in _CONVERTERS else item
    return kind(**values)


to_note_event = partial(to_message, NoteEvent)
to_pedal_event = partial(to_message, PedalEvent)
to_part = partial(to_message, Part)
to_episode = partial(to_message, Episode)
to_learner_state = partial(to_message, LearnerState)


def to_played(block: EventBlock) -> Played:
    """Convert a block of events; its stamp is that of its last event, or of the run's start."""
    return Played(
        header=to_header(block.end_ns),
        run=block.run,
        first=block.first,
        notes=list(map(to_note_event, block.notes)),
        pedals=list(map(to_pedal_event, block.pedals)),
    )
