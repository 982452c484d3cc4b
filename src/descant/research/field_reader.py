# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Read the stamp and selected fields of the messages of one topic."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from types import MappingProxyType
from typing import Any

from descant.bags.cdr import topic_decoder
from descant.bags.cdr_values import Values
from descant.bags.definitions import DefinitionError
from descant.bags.topics import RecordedTopic
from descant.errors import UserError
from descant.plain_text import plain
from descant.types import NANOSECONDS

StampedValues = tuple[int, tuple[Any, ...]]
"""Stamp (epoch ns) and the selected values of one message."""
FieldReader = Callable[[bytes], StampedValues]
_STAMPS = ("stamp", "header.stamp")


def field_reader(
    topic: RecordedTopic,
    fields: Sequence[str],
    *,
    optional: Mapping[str, Any] = MappingProxyType({}),
    nested: Mapping[str, Sequence[str]] | None = None,
) -> FieldReader:
    """Return a function that reads stamp, `fields` and `optional` ones of a topic's messages.

    One that is `optional` has the value given where an earlier version has no such field; these
    come last. `nested` names the fields to read of the messages in a sequence, by the sequence's
    name: it is a list of stamps and values. `UserError`, without the bag's name, where the bag has
    no definition of the type, or one without a stamp or one of the fields. The reader itself raises
    it for a message that is broken.
    """
    where, kind = plain(f"topic {topic.name}"), topic.message_type
    try:
        whole = topic_decoder(topic)
        places, select = _selector(whole.names, fields, optional)
        decode = topic_decoder(topic, 1 + max(places))
        inner = [
            (whole.names.index(name), _selector(whole.elements[name].names, wanted)[1])
            for name, wanted in (nested or {}).items()
        ]
    except DefinitionError as error:
        raise UserError(f"{where} has no readable definition of {kind}: {error}") from None
    except LookupError as error:
        raise UserError(f"{where} was recorded with another version of {kind}: {error}") from None

    def read(data: bytes) -> StampedValues:
        try:
            values = decode(data)
        except Exception as error:  # whatever broken bytes do to struct, slices and UTF-8
            raise UserError(f"{where}: a message cannot be read: {error}") from None
        for place, select_inner in inner:
            values[place] = list(map(select_inner, values[place]))
        return select(values)

    return read


def _selector(
    names: Sequence[str],
    fields: Sequence[str],
    optional: Mapping[str, Any] = MappingProxyType({}),
) -> tuple[Sequence[int], Callable[[Values], StampedValues]]:
    """The places of stamp and fields among the values, and a function that selects them."""
    stamp = next((stamp for stamp in _STAMPS if f"{stamp}.sec" in names), _STAMPS[0])
    wanted = (f"{stamp}.sec", f"{stamp}.nanosec", *fields)
    missing = set(wanted) - set(names)
    if missing:
        raise LookupError(f"no field '{min(missing)}'")
    places = [names.index(name) for name in (*wanted, *optional) if name in names]
    pick = itemgetter(*places)
    empty = tuple(value for name, value in optional.items() if name not in names)

    def select(values: Values) -> StampedValues:
        found = pick(values)
        return found[0] * NANOSECONDS + found[1], found[2:] + empty

    return places, select
