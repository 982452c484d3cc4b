"""Read the stamp and selected fields of the messages of one topic."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import itemgetter
from typing import Any

from descant.bags.cdr import CdrDecoder
from descant.bags.topics import RecordedTopic
from descant.errors import UserError
from descant.types import NANOSECONDS

FieldReader = Callable[[bytes], tuple[int, Sequence[Any]]]
"""From the bytes of a message to its stamp (epoch ns) and the selected values."""
_STAMPS = ("stamp", "header.stamp")


def field_reader(
    bag: str, topic: RecordedTopic, fields: Sequence[str], optional: Sequence[str] = ()
) -> FieldReader:
    """Return a function that reads stamp, `fields` and `optional` texts of a topic's messages.

    A text that is `optional` is '' where an earlier version has no such field. `UserError` where
    the bag has no definition of the type, or one without a stamp or one of `fields`. The reader
    itself raises `UserError` for a message that is broken.
    """
    where, kind = f"{bag}: topic {topic.name}", topic.message_type
    if topic.message_encoding != "cdr" or topic.definition_encoding != "ros2msg":
        raise UserError(f"{where} has no ROS 2 definition of {kind} in the bag")
    text = topic.definition.decode("utf-8", "replace")
    try:
        names = CdrDecoder(kind, text).names
        stamp = next((s for s in _STAMPS if f"{s}.sec" in names), None)
        if stamp is None:
            raise LookupError("no field 'stamp'")
        there = [*fields, *(field for field in optional if field in names)]
        decoder = CdrDecoder(kind, text, wanted=(f"{stamp}.nanosec", *there))
    except (LookupError, NotImplementedError, ValueError) as error:
        raise UserError(f"{where} was recorded with another version of {kind}: {error}") from None
    missing = ("",) * (len(fields) + len(optional) - len(there))
    return _reader(where, decoder, names.index(f"{stamp}.sec"), _picker(decoder, there, missing))


def _reader(
    where: str, decoder: CdrDecoder, stamp: int, pick: Callable[[Sequence[Any]], Sequence[Any]]
) -> FieldReader:
    def read(data: bytes) -> tuple[int, Sequence[Any]]:
        try:
            values = decoder(data)
        except Exception as error:  # whatever broken bytes do to struct, slices and UTF-8
            raise UserError(f"{where}: a message cannot be read: {error}") from None
        return values[stamp] * NANOSECONDS + values[stamp + 1], pick(values)

    return read


def _picker(
    decoder: CdrDecoder, fields: Sequence[str], missing: tuple[Any, ...]
) -> Callable[[Sequence[Any]], Sequence[Any]]:
    places = [decoder.names.index(field) for field in fields]
    if len(places) > 1 and not missing:
        return itemgetter(*places)
    return lambda values: (*(values[place] for place in places), *missing)
