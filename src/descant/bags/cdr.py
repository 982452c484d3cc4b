"""Decode serialized ROS 2 messages (CDR) fast: the layout is computed once per type.

The definition is converted to a few `struct` formats beforehand: consecutive fields of fixed size
are read by one call, with CDR's padding in the format. As padding depends on where a group of
fields begins, there is one format for each of the eight offsets. The packages mcap_ros2 and
rosbags, which read field by field, take four times as long.

Plain CDR (XCDR1), both byte orders. Source: OMG DDSI-RTPS 2.5, section 10; OMG CORBA 3.3 part 2,
section 9.3.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache, partial
from types import SimpleNamespace
from typing import Any

from descant.bags.definitions import DefinitionError, Field, fields_of_types, short_type
from descant.bags.topics import RecordedTopic

FORMATS = {
    "bool": "?", "byte": "B", "char": "B", "float32": "f", "float64": "d",
    "int8": "b", "uint8": "B", "int16": "h", "uint16": "H",
    "int32": "i", "uint32": "I", "int64": "q", "uint64": "Q",
}  # fmt: skip
_HEADER = 4  # bytes of representation identifier and options; offsets count from behind them
_EMPTY = Field("structure_needs_at_least_one_member", "uint8", None)  # rosidl's, in empty messages

Values = list[Any]
# Appends what is at a position to the values; returns the position behind it. Where the length of
# what is read is in the message, it is the last of the values, and is removed from them.
Reader = Callable[[bytes, int, Values], int]


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

        Raises `DefinitionError` where a type is missing or a field is a wstring.
        """
        kind, known = short_type(message_type), known or {}
        fields = list(_flat(kind, types))[:most]
        self.names = tuple(field.name for field in fields)
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
        if len(data) < _HEADER:
            raise ValueError("the message is shorter than its header")
        values: Values = []
        position = _HEADER
        for reader in self._readers["<" if data[1] & 1 else ">"]:
            position = reader(data, position, values)
        return values

    def message(self, values: Values) -> SimpleNamespace:
        """The values of one message as an object with its fields as attributes."""
        root = SimpleNamespace()
        for path, value in zip(self.names, values, strict=True):
            *parents, name = path.split(".")
            owner = root
            for parent in parents:
                owner = vars(owner).setdefault(parent, SimpleNamespace())
            element = self.elements.get(path)
            setattr(owner, name, [element.message(v) for v in value] if element else value)
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
                yield _fixed(codes, order)
                codes = ""
            yield _string if field.count is None else self._array(field, field.count, order)
        if codes:
            yield _fixed(codes, order)

    def _array(self, field: Field, count: int, order: str) -> Reader:
        if field.kind in ("byte", "uint8"):
            return partial(_bytes, count)
        if field.kind in FORMATS:
            return partial(_numbers, count, order + FORMATS[field.kind])
        if field.kind == "string":
            return partial(_elements, count, partial(_counted_string, _fixed("I", order)))
        return partial(_elements, count, partial(self.elements[field.name]._read, order))


@lru_cache(maxsize=256)
def topic_decoder(topic: RecordedTopic, most: int | None = None) -> CdrDecoder:
    """The decoder of a topic's messages, by the definition in the bag; `most` as in `CdrDecoder`.

    Raises `DefinitionError` where the bag has no usable definition.
    """
    kind, text = topic.message_type, topic.definition.decode("utf-8", "replace")
    if topic.message_encoding != "cdr" or topic.definition_encoding != "ros2msg":
        raise DefinitionError(f"no ROS 2 definition of {kind}")
    try:
        return CdrDecoder(kind, fields_of_types(kind, text), most)
    except RecursionError:
        raise DefinitionError(f"{kind} contains itself") from None


def _flat(name: str, types: Mapping[str, Sequence[Field]], prefix: str = "") -> Iterator[Field]:
    """The fields of a type, those of nested messages in place of the message."""
    if name not in types:
        raise DefinitionError(f"no definition of {name}")
    for field in types[name] or [_EMPTY]:
        path = prefix + field.name
        if field.count is None and "/" in field.kind:
            yield from _flat(field.kind, types, f"{path}.")
        else:
            yield Field(path, field.kind, field.count)


@lru_cache(maxsize=1024)
def _fixed(codes: str, order: str) -> Reader:
    """The reader of consecutive numbers."""
    formats = []
    for position in range(8):
        offset, padded = (position - _HEADER) % 8, order
        for code in codes:
            size = struct.calcsize(f"<{code}")
            padding = -offset % size
            padded += "x" * padding + code
            offset += padding + size
        formats.append(struct.Struct(padded))

    def read(data: bytes, position: int, values: Values) -> int:
        form = formats[position & 7]
        values += form.unpack_from(data, position)
        return position + form.size

    return read


def _string(data: bytes, position: int, values: Values) -> int:
    end: int = position + values.pop()
    if end > len(data):
        raise ValueError("a string ends beyond the end of the message")
    values.append(str(data[position : end - 1], "utf-8"))  # without the final null
    return end


def _counted_string(length: Reader, data: bytes, position: int, values: Values) -> int:
    return _string(data, length(data, position, values), values)


# The readers of arrays; `count` is 0 for a sequence, whose length is in the message.


def _bytes(count: int, data: bytes, position: int, values: Values) -> int:
    end = position + (count or values.pop())
    if end > len(data):
        raise ValueError("a sequence ends beyond the end of the message")
    values.append(memoryview(data)[position:end])
    return end


def _numbers(count: int, form: str, data: bytes, position: int, values: Values) -> int:
    count = count or values.pop()
    size = struct.calcsize(form)
    if count:  # no padding before nothing
        position += (_HEADER - position) % size
    values.append(struct.unpack_from(f"{form[0]}{count}{form[1]}", data, position))
    return position + size * count


def _elements(count: int, element: Reader, data: bytes, position: int, values: Values) -> int:
    count = count or values.pop()
    if count > len(data):
        raise ValueError("a sequence ends beyond the end of the message")
    found: Values = []
    for _ in range(count):
        position = element(data, position, found)
    values.append(found)
    return position
