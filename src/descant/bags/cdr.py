"""Decode serialized ROS 2 messages (CDR) fast: the layout is computed once per type.

The general decoder of `mcap_ros2` walks the definition for every message. Here the definition is
converted to a few `struct` formats beforehand: consecutive fields of fixed size are read by one
call, with CDR's padding in the format. As padding depends on where a group of fields begins, there
is one format for each of the eight offsets.

Plain CDR (XCDR1), both byte orders. Source: OMG DDSI-RTPS 2.5, section 10; OMG CORBA 3.3 part 2,
section 9.3.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from descant.bags.definitions import SEPARATOR, short_type

FORMATS = {
    "bool": "?", "byte": "B", "char": "B", "float32": "f", "float64": "d",
    "int8": "b", "uint8": "B", "int16": "h", "uint16": "H",
    "int32": "i", "uint32": "I", "int64": "q", "uint64": "Q",
}  # fmt: skip
_HEADER = 4  # bytes of representation identifier and options; offsets count from behind them
_LINE = re.compile(
    r"^(?P<kind>[A-Za-z][\w/]*)(?:<=\d+)?(?P<array>\[[^\]]*\])?\s+(?P<name>[A-Za-z]\w*)\s*(?P<rest>.*)$"
)
_TIME = "int32 sec\nuint32 nanosec\n"
_EMPTY = "uint8 structure_needs_at_least_one_member"  # what rosidl puts into an empty message

Values = list[Any]
# Reads `count` elements at a position into the values; returns the position behind them.
Tail = Callable[[bytes, int, int, Values], int]


@dataclass(frozen=True, slots=True)
class Field:
    """One field: `kind` is a primitive, 'string' or 'pkg/Name'; `count` None for one value, 0 for a
    sequence of any length, else the length of an array."""

    name: str
    kind: str
    count: int | None


@dataclass(frozen=True, slots=True)
class _Group:
    """Fields of fixed size, then perhaps one of variable size, read by `tail`.

    `heads` has one format per offset modulo 8. Where `count` is None the last value of the head is
    the number of elements in the tail.
    """

    heads: tuple[struct.Struct, ...]
    tail: Tail | None
    count: int | None


class CdrDecoder:
    """Decodes messages of one type to a list of values, in the order of `names`.

    A nested message is flattened: its fields are named like 'stamp.sec'. A sequence of numbers is a
    tuple, one of bytes a view of the message's own data, one of messages a list of lists.
    """

    def __init__(
        self, message_type: str, definition: str, wanted: Collection[str] | None = None
    ) -> None:
        """With `wanted`, fields behind the last wanted one are not read.

        Raises `LookupError` where the definition lacks a type or has no field of a wanted name,
        `NotImplementedError` for a type that plain CDR does not have.
        """
        types = definitions(message_type, definition)
        fields = list(_flat(short_type(message_type), types))
        self.names = tuple(field.name for field in fields)
        if wanted is not None:
            missing = set(wanted) - set(self.names)
            if missing:
                raise LookupError(f"no field '{min(missing)}'")
            last = max((self.names.index(name) for name in wanted), default=-1)
            fields = fields[: last + 1]
            self.names = self.names[: last + 1]
        self._little = _groups(fields, types, "<")
        self._big = _groups(fields, types, ">")

    def __call__(self, data: bytes) -> Values:
        """The values of one message; `struct.error` or `ValueError` where `data` is too short."""
        if len(data) < _HEADER:
            raise ValueError("the message is shorter than its header")
        values: Values = []
        _read(self._little if data[1] & 1 else self._big, data, _HEADER, values)
        return values


def definitions(message_type: str, text: str) -> Mapping[str, list[Field]]:
    """The fields of a type and of all it refers to, by 'pkg/Name', from its full definition."""
    types = {
        "builtin_interfaces/Time": _fields(_TIME, "builtin_interfaces"),
        "builtin_interfaces/Duration": _fields(_TIME, "builtin_interfaces"),
    }
    first, *others = text.split(SEPARATOR)
    name = short_type(message_type)
    types[name] = _fields(first, name.partition("/")[0])
    for other in others:
        head, _, body = other.lstrip().partition("\n")
        name = short_type(head.removeprefix("MSG:").strip())
        types[name] = _fields(body, name.partition("/")[0])
    return types


def _fields(text: str, package: str) -> list[Field]:
    found = []
    for line in text.splitlines():
        match = _LINE.match(line.partition("#")[0].strip())
        if match is None or match["rest"].startswith("="):  # a constant is not in the message
            continue
        kind, size = match["kind"], match["array"]
        if kind not in FORMATS and kind not in ("string", "wstring"):
            kind = short_type(kind) if "/" in kind else f"{package}/{kind}"
        digits = size[1:-1] if size else ""
        count = None if size is None else int(digits) if digits.isdigit() else 0
        found.append(Field(match["name"], kind, count))
    return found or _fields(_EMPTY, package)


def _flat(name: str, types: Mapping[str, list[Field]], prefix: str = "") -> Iterator[Field]:
    """The fields of a type, those of nested messages in place of the message."""
    for field in types[name]:
        path = prefix + field.name
        if field.count is None and "/" in field.kind:
            yield from _flat(field.kind, types, f"{path}.")
        else:
            yield Field(path, field.kind, field.count)


def _groups(
    fields: list[Field], types: Mapping[str, list[Field]], order: str
) -> tuple[_Group, ...]:
    done, formats = [], ""
    for field in fields:
        if field.count is None and field.kind in FORMATS:
            formats += FORMATS[field.kind]
            continue
        tail = _string if field.count is None else _array(field, types, order)
        counted = not field.count
        done.append(
            _Group(_heads(formats + "I" * counted, order), tail, None if counted else field.count)
        )
        if field.kind == "wstring":
            raise NotImplementedError(f"field '{field.name}' is a wstring")
        formats = ""
    if formats:
        done.append(_Group(_heads(formats, order), None, None))
    return tuple(done)


@lru_cache(maxsize=1024)
def _heads(formats: str, order: str) -> tuple[struct.Struct, ...]:
    """One padded format for each position modulo 8."""
    heads = []
    for position in range(8):
        offset, padded = (position - _HEADER) % 8, order
        for code in formats:
            size = struct.calcsize(f"<{code}")
            padding = -offset % size
            padded += "x" * padding + code
            offset += padding + size
        heads.append(struct.Struct(padded))
    return tuple(heads)


def _read(groups: tuple[_Group, ...], data: bytes, position: int, values: Values) -> int:
    for group in groups:
        head = group.heads[position & 7]
        got = head.unpack_from(data, position)
        position += head.size
        if group.tail is None:
            values += got
        elif group.count is None:
            values += got[:-1]
            position = group.tail(data, position, got[-1], values)
        else:
            values += got
            position = group.tail(data, position, group.count, values)
    return position


def _string(data: bytes, position: int, count: int, values: Values) -> int:
    end = position + count
    if end > len(data):
        raise ValueError("a string ends beyond the end of the message")
    values.append(str(data[position : end - 1], "utf-8") if count else "")
    return end


def _array(field: Field, types: Mapping[str, list[Field]], order: str) -> Tail:
    """The reader of an array or sequence of `field`'s kind."""
    if field.kind in ("byte", "uint8"):
        return _bytes
    if field.kind in FORMATS:
        return _numbers(FORMATS[field.kind], order)
    if field.kind == "string":
        return _elements(lambda: (_Group(_heads("I", order), _string, None),), plain=True)
    return _elements(lambda: _groups(list(_flat(field.kind, types)), types, order), plain=False)


def _bytes(data: bytes, position: int, count: int, values: Values) -> int:
    end = position + count
    if end > len(data):
        raise ValueError("a sequence ends beyond the end of the message")
    values.append(memoryview(data)[position:end])
    return end


def _numbers(code: str, order: str) -> Tail:
    size = struct.calcsize(f"<{code}")

    def read(data: bytes, position: int, count: int, values: Values) -> int:
        if not count:  # no padding before nothing
            values.append(())
            return position
        position += -(position - _HEADER) % size
        values.append(struct.unpack_from(f"{order}{count}{code}", data, position))
        return position + size * count

    return read


def _elements(elements: Callable[[], tuple[_Group, ...]], *, plain: bool) -> Tail:
    """The reader of strings (`plain`) or messages, each a list. The layout of the elements is
    computed at the first of them, as a type may contain a sequence of itself."""

    layout = cache(elements)

    def read(data: bytes, position: int, count: int, values: Values) -> int:
        if count > len(data):
            raise ValueError("a sequence ends beyond the end of the message")
        found, groups = [], layout()
        if len(groups) == 1 and groups[0].tail is None:  # of fixed size
            for _ in range(count):
                head = groups[0].heads[position & 7]
                found.append(list(head.unpack_from(data, position)))
                position += head.size
            count = 0
        for _ in range(count):
            element: Values = []
            position = _read(groups, data, position, element)
            found.append(element[0] if plain else element)
        values.append(found)
        return position

    return read
