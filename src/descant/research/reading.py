"""Stamp and wanted fields of the messages of one topic."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import itemgetter
from typing import Any

from descant.bags.cdr import Decoder
from descant.bags.topics import Topic
from descant.errors import UserError
from descant.types import NANOSECONDS

Read = Callable[[bytes], tuple[int, Sequence[Any]]]
"""From the bytes of a message to its stamp (epoch ns) and the wanted values."""
_STAMPS = ("stamp", "header.stamp")


def reader(bag: str, topic: Topic, fields: Sequence[str]) -> Read:
    """What reads stamp and `fields` (names of the message, in that order) of a topic's messages.

    `UserError` where the bag has no definition of the type, or one without stamp or field: another
    version of it. The reader itself raises `UserError` for a message that is broken.
    """
    where, kind = f"{bag}: topic {topic.name}", topic.message_type
    if topic.message_encoding != "cdr" or topic.definition_encoding != "ros2msg":
        raise UserError(f"{where} has no ROS 2 definition of {kind} in the bag")
    text = topic.definition.decode("utf-8", "replace")
    try:
        names = Decoder(kind, text).names
        stamp = next((s for s in _STAMPS if f"{s}.sec" in names), None)
        if stamp is None:
            raise LookupError("no field 'stamp'")
        decoder = Decoder(kind, text, wanted=(f"{stamp}.nanosec", *fields))
    except (LookupError, NotImplementedError, ValueError) as error:
        raise UserError(f"{where} was recorded with another version of {kind}: {error}") from None
    return _reader(where, decoder, names.index(f"{stamp}.sec"), _picker(decoder, fields))


def _reader(
    where: str, decoder: Decoder, stamp: int, pick: Callable[[Sequence[Any]], Sequence[Any]]
) -> Read:
    def read(data: bytes) -> tuple[int, Sequence[Any]]:
        try:
            values = decoder(data)
        except Exception as error:  # whatever broken bytes do to struct, slices and UTF-8
            raise UserError(f"{where}: a message cannot be read: {error}") from None
        return values[stamp] * NANOSECONDS + values[stamp + 1], pick(values)

    return read


def _picker(decoder: Decoder, fields: Sequence[str]) -> Callable[[Sequence[Any]], Sequence[Any]]:
    places = [decoder.names.index(field) for field in fields]
    if len(places) > 1:
        return itemgetter(*places)
    return lambda values: [values[place] for place in places]
