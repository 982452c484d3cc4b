# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Message definitions: the text of a type from the installed .msg files, and the fields in a text.

The form is that of rosbag2's `ros2msg`: the type's own file, then each type it refers to, directly
or not, behind a line of 80 '=' and a line 'MSG: package/Name'.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from descant.errors import UserError

SEPARATOR = "=" * 80
_LINE = re.compile(
    r"(?P<kind>[A-Za-z][\w/]*)(?:<=\d+)?(?P<array>\[[^\]]*\])?\s+(?P<name>[A-Za-z]\w*)\s*(?P<rest>.*)"
)
_INTERFACE = re.compile(r"[a-z]\w*/msg/[A-Z]\w*")
_PRIMITIVE = re.compile(r"bool|byte|char|w?string|float(32|64)|u?int(8|16|32|64)")
_MOST_DIGITS = 12  # of the length of an array or sequence, with <=
_MOST_CHARACTERS = 1 << 20
_TIME = "int32 sec\nuint32 nanosec\n"
_BUILTIN = ("builtin_interfaces/Time", "builtin_interfaces/Duration")
# The numbers of type_description_interfaces/FieldType.
_TYPE_NUMBERS = {
    "int8": 2, "uint8": 3, "int16": 4, "uint16": 5, "int32": 6, "uint32": 7, "int64": 8,
    "uint64": 9, "float32": 10, "float64": 11, "char": 3, "bool": 15, "byte": 16, "string": 17,
    "wstring": 18,
}  # fmt: skip


class DefinitionError(UserError):
    """The definition of a type is missing or cannot be used."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field: `kind` is a primitive, 'string' or 'pkg/Name'; `count` None for one value, 0 for a
    sequence of any length, else the length of an array.
    """

    name: str
    kind: str
    count: int | None


EMPTY = Field("structure_needs_at_least_one_member", "uint8", None)
"""The field that rosidl gives to a message without fields."""


def prefixes() -> list[Path]:
    """Where message packages are installed: AMENT_PREFIX_PATH, then this Python environment."""
    ament = [Path(p) for p in os.environ.get("AMENT_PREFIX_PATH", "").split(os.pathsep) if p]
    return [*ament, Path(sys.prefix)]


def full_definition(message_type: str) -> str:
    """The full text of 'pkg/msg/Name', dependencies included, each of them once.

    Raises `DefinitionError` with the type whose file is missing and the folders searched.
    """
    root = short_type(message_type)
    return "".join(_texts(root, {root}))


def installed_fields(message_type: str, type_hash: str) -> Mapping[str, Sequence[Field]]:
    """The fields of a type and of all it refers to where its installed definition, or a former one
    without its last fields, has the hash ('RIHS01_...').

    Raises `DefinitionError` where it has not, or is not installed.
    """
    root = short_type(message_type)
    try:
        if not _INTERFACE.fullmatch(message_type):
            raise ValueError
        types = dict(fields_of_types(message_type, full_definition(message_type)))
    except (DefinitionError, OSError, ValueError):
        raise DefinitionError("there is none, nor is the type installed") from None
    while types[root]:
        if hash_of_type(root, types) == type_hash:
            return types
        types[root] = types[root][:-1]
    reason = f"of hash {type_hash[:20]!r}" if type_hash else "with a hash in the bag"
    raise DefinitionError(f"there is none, and the type installed is not one {reason}")


def hash_of_type(root: str, types: Mapping[str, Sequence[Field]]) -> str:
    """The hash of the type `root` ('pkg/Name'), as ROS 2 has it ('RIHS01_...', REP 2016).

    `types` are its fields and those of all it refers to. Not for types with bounded sequences or
    strings; Descant has none.
    """
    referred, waiting = {root}, [root]
    while waiting:
        kinds = {field.kind for field in types[waiting.pop()] if "/" in field.kind} - referred
        referred |= kinds
        waiting += kinds
    description = {
        "type_description": _description(root, types[root]),
        "referenced_type_descriptions": [
            _description(name, types[name]) for name in sorted(referred - {root})
        ],
    }
    return f"RIHS01_{hashlib.sha256(json.dumps(description).encode()).hexdigest()}"


def _description(name: str, fields: Sequence[Field]) -> dict[str, Any]:
    return {
        "type_name": name.replace("/", "/msg/"),
        "fields": [{"name": field.name, "type": _field_type(field)} for field in fields or [EMPTY]],
    }


def _field_type(field: Field) -> dict[str, Any]:
    array = 0 if field.count is None else 48 if field.count else 144
    nested = field.kind.replace("/", "/msg/") if "/" in field.kind else ""
    return {
        "type_id": array + (1 if nested else _TYPE_NUMBERS[field.kind]),
        "capacity": field.count or 0,
        "string_capacity": 0,
        "nested_type_name": nested,
    }


def _texts(name: str, seen: set[str]) -> Iterator[str]:
    text = _file_text(name)
    yield text
    for dependency in sorted({field.kind for field in _fields(text, name) if "/" in field.kind}):
        if dependency not in seen:
            seen.add(dependency)
            yield f"\n{SEPARATOR}\nMSG: {dependency}\n"
            yield from _texts(dependency, seen)


def _file_text(name: str) -> str:
    package, _, base = name.partition("/")
    folders = [prefix / "share" / package / "msg" for prefix in prefixes()]
    for folder in folders:
        if (folder / f"{base}.msg").is_file():
            return (folder / f"{base}.msg").read_text(encoding="utf-8")
    if name in _BUILTIN:
        return _TIME
    searched = ", ".join(map(str, folders))
    raise DefinitionError(f"no definition {base}.msg of type {name} in {searched}")


def fields_of_types(message_type: str, text: str) -> Mapping[str, Sequence[Field]]:
    """The fields of a type and of all it refers to, by 'pkg/Name', from its full definition.

    Raises `DefinitionError` for a line that is neither a field nor a constant, and a text of more
    than a megabyte.
    """
    if len(text) > _MOST_CHARACTERS:
        raise DefinitionError(f"{len(text)} characters, expected at most {_MOST_CHARACTERS}")
    types = {name: _fields(_TIME, name) for name in _BUILTIN}
    for section in f"MSG: {message_type}\n{text}".split(SEPARATOR):
        head, _, body = section.lstrip().partition("\n")
        name = short_type(head.removeprefix("MSG:").strip())
        types[name] = _fields(body, name)
    return types


def _fields(text: str, name: str) -> list[Field]:
    """The fields in a .msg file of type `name` ('pkg/Name')."""
    found = []
    for line in text.splitlines():
        content = line.partition("#")[0].strip()
        match = _LINE.fullmatch(content)
        if match is None and content:
            raise DefinitionError(f"{content[:60]!r} in the definition of {name} is not a field")
        if match is None or match["rest"].startswith("="):  # a constant is not in the message
            continue
        kind, size = match["kind"], match["array"]
        if not _PRIMITIVE.fullmatch(kind):
            kind = short_type(kind) if "/" in kind else f"{name.partition('/')[0]}/{kind}"
        digits = size[1:-1] if size else ""
        if len(digits) > _MOST_DIGITS:
            raise DefinitionError(f"an array of {digits[:20]}.. elements in {name}")
        count = None if size is None else int(digits) if digits.isdecimal() else 0
        found.append(Field(match["name"], kind, count))
    return found


def short_type(message_type: str) -> str:
    """Shorten 'pkg/msg/Name' to 'pkg/Name'."""
    parts = message_type.split("/")
    return f"{parts[0]}/{parts[-1]}"
