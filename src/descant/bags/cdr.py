# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Decode serialized ROS 2 messages (CDR) fast: the layout is computed once per type.

The definition is converted to a few `struct` formats beforehand: consecutive fields of fixed size
are read by one call, with CDR's padding in the format. As padding depends on where a group of
fields begins, there is one format for each of the eight offsets. The packages mcap_ros2 and
rosbags, which read field by field, take four times as long.

Plain CDR (XCDR1), both byte orders. Source: OMG DDSI-RTPS 2.5, section 10; OMG CORBA 3.3 part 2,
section 9.3.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache, partial
from itertools import islice
from types import SimpleNamespace

from descant.bags.cdr_values import (
    HEADER,
    Reader,
    Values,
    fixed_reader,
    read_bytes,
    read_counted_string,
    read_elements,
    read_numbers,
    read_string,
)
from descant.bags.definitions import (
    EMPTY,
    DefinitionError,
    Field,
    fields_of_types,
    installed_fields,
    short_type,
)
from descant.bags.topics import RecordedTopic

FORMATS = {
    "bool": "?", "byte": "B", "char": "B", "float32": "f", "float64": "d",
    "int8": "b", "uint8": "B", "int16": "h", "uint16": "H",
    "int32": "i", "uint32": "I", "int64": "q", "uint64": "Q",
}  # fmt: skip
_MOST_FIELDS = 2_048
"""Number of fields in a message, with those of nested ones: a short text may define millions."""


class CdrDecoder:
    """Decodes messages of one type to a list of values, in the order of `names`.

    A nested message is flattened: its fields are named like 'stamp.sec'. A sequence of numbers is a
    tuple, one of bytes a view of the message's own data, one of messages a list of lists, whose
    decoder is in `elements` under the sequence's name.
    """

    def __init__(
        self,
        message_type: str,
        types: Mapping[str, Sequence[Field]],
        most: int | None = None,
        known: dict[str, CdrDecoder] | None = None,
    ) -> None:
        """`types` are the fields of the type and of all it refers to. With `most`, only that many
        of the first fields are read. `known` are decoders of types that contain this one.

        Raises `DefinitionError` where a type is missing, a field is a wstring, or there are too
        many fields.
        """
        kind = short_type(message_type)
        known = {} if known is None else known
        left = _MOST_FIELDS - sum(len(other.names) for other in known.values())
        fields = list(islice(_flat(kind, types), left + 1))
        if len(fields) > left:
            raise DefinitionError(f"more than {_MOST_FIELDS} fields")
        fields = fields[:most]
        self.names: tuple[str, ...] = tuple(field.name for field in fields)
        if most is None:
            known[kind] = self  # a type may contain a sequence of itself
        self.elements = {
            field.name: known.get(field.kind) or CdrDecoder(field.kind, types, known=known)
            for field in fields
            if "/" in field.kind
        }
        self._readers = {order: list(self._compile(fields, order)) for order in "<>"}

    def __call__(self, data: bytes) -> Values:
        """The values of one message; `struct.error` or `ValueError` where `data` is too short."""
        if len(data) < HEADER:
            raise ValueError("the message is shorter than its header")
        values: Values = []
        position = HEADER
        try:
            for reader in self._readers["<" if data[1] & 1 else ">"]:
                position = reader(data, position, values)
        except RecursionError:
            raise ValueError("the message is nested too deep") from None
        return values

    def message(self, values: Values) -> SimpleNamespace:
        """The values of one message as an object with its fields as attributes.

        `ValueError` where it is nested too deep.
        """
        try:
            return self._message(values)
        except RecursionError:
            raise ValueError("the message is nested too deep") from None

    def _message(self, values: Values) -> SimpleNamespace:
        root = SimpleNamespace()
        for path, value in zip(self.names, values, strict=True):
            *parents, name = path.split(".")
            owner = root
            for parent in parents:
                owner = vars(owner).setdefault(parent, SimpleNamespace())
            element = self.elements.get(path)
            setattr(owner, name, [element._message(v) for v in value] if element else value)
        return root

    def _read(self, order: str, data: bytes, position: int, found: list[Values]) -> int:
        """Append the list of the values of a message in a sequence to `found`."""
        values: Values = []
        for reader in self._readers[order]:
            position = reader(data, position, values)
        found.append(values)
        return position

    def _compile(self, fields: Sequence[Field], order: str) -> Iterator[Reader]:
        codes = ""
        for field in fields:
            if field.count is None and field.kind in FORMATS:
                codes += FORMATS[field.kind]
                continue
            if field.kind == "wstring":
                raise DefinitionError(f"field '{field.name}' is a wstring")
            if not field.count:
                codes += "I"  # length of the string or sequence
            if codes:
                yield fixed_reader(codes, order)
                codes = ""
            yield (read_string if field.count is None else self._array(field, field.count, order))
        if codes:
            yield fixed_reader(codes, order)

    def _array(self, field: Field, count: int, order: str) -> Reader:
        if field.kind in ("byte", "uint8"):
            return partial(read_bytes, count)
        if field.kind in FORMATS:
            return partial(read_numbers, count, order + FORMATS[field.kind])
        if field.kind == "string":
            return partial(
                read_elements,
                count,
                partial(read_counted_string, fixed_reader("I", order)),
            )
        return partial(read_elements, count, partial(self.elements[field.name]._read, order))


def topic_decoder(topic: RecordedTopic, most: int | None = None) -> CdrDecoder:
    """The decoder of a topic's messages, by the definition in the bag; `most` as in `CdrDecoder`.

    Where the bag has none, as rosbag2 records a type that it does not find, it is by the installed
    definition if the bag names its hash. Raises `DefinitionError` where there is no usable one.
    """
    decoder = _decoder(topic, most)
    if isinstance(decoder, DefinitionError):
        raise decoder
    return decoder


@lru_cache(maxsize=64)
def _decoder(topic: RecordedTopic, most: int | None) -> CdrDecoder | DefinitionError:
    kind, text = topic.message_type, topic.definition.decode("utf-8", "replace")
    try:
        if topic.message_encoding != "cdr":
            raise DefinitionError(f"its messages are {topic.message_encoding!r}, expected cdr")
        if not topic.definition:
            return CdrDecoder(kind, installed_fields(kind, topic.type_hash), most)
        if topic.definition_encoding != "ros2msg":
            raise DefinitionError(f"it is {topic.definition_encoding!r}, expected ros2msg")
        return CdrDecoder(kind, fields_of_types(kind, text), most)
    except RecursionError:
        return DefinitionError(f"{kind} contains itself")
    except DefinitionError as error:
        return error


def _flat(name: str, types: Mapping[str, Sequence[Field]], prefix: str = "") -> Iterator[Field]:
    """The fields of a type, those of nested messages in place of the message."""
    if name not in types:
        raise DefinitionError(f"no definition of {name}")
    for field in types[name] or [EMPTY]:
        path = prefix + field.name
        if field.count is None and "/" in field.kind:
            yield from _flat(field.kind, types, f"{path}.")
        else:
            yield Field(path, field.kind, field.count)
