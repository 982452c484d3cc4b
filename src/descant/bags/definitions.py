"""Find the full definition of a message type in the installed .msg files.

The form is that of rosbag2's `ros2msg`: the type's own file, then each type it refers to, directly
or not, behind a line of 80 '=' and a line 'MSG: package/Name'.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from descant.errors import UserError

SEPARATOR = "=" * 80
# What may precede a field's name: a type, 'string<=10', 'pkg/Name[<=5]', 'float64[3]'.
_FIELD = re.compile(r"^\s*([A-Za-z][A-Za-z0-9_]*(?:/[A-Za-z0-9_]+)*)(?:<=\d+)?(?:\[[^\]]*\])?\s+\w")
_PRIMITIVES = frozenset(
    ["bool", "byte", "char", "string", "wstring", "float32", "float64"]
    + [f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64)]
)


class DefinitionNotFoundError(UserError):
    """There is no .msg file of a type under any prefix."""


def prefixes() -> list[Path]:
    """Where message packages are installed: AMENT_PREFIX_PATH, then this Python environment."""
    ament = [Path(p) for p in os.environ.get("AMENT_PREFIX_PATH", "").split(os.pathsep) if p]
    return [*ament, Path(sys.prefix)]


def full_definition(message_type: str) -> str:
    """The full text of 'pkg/msg/Name', dependencies included, each of them once.

    Raises `DefinitionNotFoundError` with the type whose file is missing and the folders searched.
    """
    root = short_type(message_type)
    return "".join(_texts(root, {root}))


def _texts(name: str, seen: set[str]) -> Iterator[str]:
    text = _file_text(name)
    yield text
    for dependency in sorted(_dependencies(text, package=name.partition("/")[0])):
        if dependency not in seen:
            seen.add(dependency)
            yield f"\n{SEPARATOR}\nMSG: {dependency}\n"
            yield from _texts(dependency, seen)


def _file_text(name: str) -> str:
    package, _, base = name.partition("/")
    for prefix in prefixes():
        path = prefix / "share" / package / "msg" / f"{base}.msg"
        if path.is_file():
            return path.read_text(encoding="utf-8")
    searched = ", ".join(str(p / "share" / package / "msg") for p in prefixes())
    raise DefinitionNotFoundError(f"no definition {base}.msg of type {name} in {searched}")


def _dependencies(text: str, package: str) -> set[str]:
    """Types ('pkg/Name') that the fields of a .msg file refer to."""
    found = set()
    for line in text.splitlines():
        match = _FIELD.match(line.partition("#")[0] + " ")
        if match is None or match[1] in _PRIMITIVES:
            continue
        found.add(short_type(match[1]) if "/" in match[1] else f"{package}/{match[1]}")
    return found


def short_type(message_type: str) -> str:
    """Shorten 'pkg/msg/Name' to 'pkg/Name'."""
    parts = message_type.split("/")
    return f"{parts[0]}/{parts[-1]}"
