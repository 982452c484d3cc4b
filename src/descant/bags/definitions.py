"""Message definitions: the text of a type from the installed .msg files, and the fields in a text.

The form is that of rosbag2's `ros2msg`: the type's own file, then each type it refers to, directly
or not, behind a line of 80 '=' and a line 'MSG: package/Name'.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from descant.errors import UserError

SEPARATOR = "=" * 80
_LINE = re.compile(
    r"(?P<kind>[A-Za-z][\w/]*)(?:<=\d+)?(?P<array>\[[^\]]*\])?\s+(?P<name>[A-Za-z]\w*)\s*(?P<rest>.*)"
)
_PRIMITIVE = re.compile(r"bool|byte|char|w?string|float(32|64)|u?int(8|16|32|64)")
_TIME = "int32 sec\nuint32 nanosec\n"


class DefinitionError(UserError):
    """The definition of a type is missing or cannot be used."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field: `kind` is a primitive, 'string' or 'pkg/Name'; `count` None for one value, 0 for a
    sequence of any length, else the length of an array."""

    name: str
    kind: str
    count: int | None


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
    searched = ", ".join(map(str, folders))
    raise DefinitionError(f"no definition {base}.msg of type {name} in {searched}")


def fields_of_types(message_type: str, text: str) -> Mapping[str, Sequence[Field]]:
    """The fields of a type and of all it refers to, by 'pkg/Name', from its full definition.

    Raises `DefinitionError` for a line that is neither a field nor a constant.
    """
    time = _fields(_TIME, "builtin_interfaces/Time")
    types = {"builtin_interfaces/Time": time, "builtin_interfaces/Duration": time}
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
        count = None if size is None else int(digits) if digits.isdecimal() else 0
        found.append(Field(match["name"], kind, count))
    return found


def short_type(message_type: str) -> str:
    """Shorten 'pkg/msg/Name' to 'pkg/Name'."""
    parts = message_type.split("/")
    return f"{parts[0]}/{parts[-1]}"
