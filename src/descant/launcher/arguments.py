# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The arguments of a launch file: those it declares, and those that were given."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from descant.errors import UserError
from descant.launcher import schema
from descant.launcher.context import Context
from descant.launcher.elements import Element
from descant.launcher.errors import LaunchError, unknown
from descant.paths import utf8


@dataclass(frozen=True)
class DeclaredArgument:
    """One argument of a launch file; `default` is None where it must be given."""

    name: str
    default: str | None
    description: str
    choices: tuple[str, ...]


def parse(words: Iterable[str]) -> dict[str, str]:
    """Return `name:=value` words as a mapping; the last one wins. `LaunchError` for other words."""
    given = {}
    for word in words:
        name, mark, value = word.partition(":=")
        if not mark or not name:
            raise LaunchError(f"'{word}' is not a launch argument; expected name:=value")
        if not value:
            raise LaunchError(f"'{word}' has no value: omit it for the default")
        utf8(word, "not UTF-8: no parameter can have this value")
        given[name] = value
    return given


def declare(element: Element, context: Context) -> None:
    """Set the argument of an <arg> to the value given, else to its default."""
    where, name = element.where, element.literal("name")
    if name not in context.configurations:
        if "default" not in element.attributes:
            about = f" ({_description(element)})" if _description(element) else ""
            raise where.refuse(f"argument '{name}'{about} has no default: give {name}:=value")
        context.configurations[name] = context.text(element, "default")
    value, choices = context.configurations[name], _choices(element)
    if choices and value not in choices:
        expected = ", ".join(choices)
        raise where.refuse(f"argument '{name}' must be one of {expected}, not '{value}'")


def declared(root: Element, context: Context) -> tuple[DeclaredArgument, ...]:
    """Return every argument a launch file declares, those of its includes too, each once.

    Conditions are ignored. An include is skipped where its path depends on an argument without
    a value, as ROS launch does.
    """
    found: dict[str, DeclaredArgument] = {}
    _collect(root, Context(context.configurations, context.environment), found, ())
    return tuple(found.values())


def check(root: Element, given: Mapping[str, str], environment: Mapping[str, str]) -> None:
    """Refuse the first of `given` that the launch file does not declare."""
    known = [argument.name for argument in declared(root, Context(given, environment))]
    for name in given:
        if name not in known:
            raise LaunchError(f"{root.where.file}: {unknown('argument', name, known)}")


def arguments_text(arguments: Iterable[DeclaredArgument]) -> str:
    """Format the arguments of a launch file with meaning, choices and default."""
    lines = []
    for argument in arguments:
        lines.append(f"  {argument.name}")
        if argument.description:
            lines.append(f"      {argument.description}")
        if argument.choices:
            lines.append(f"      one of: {', '.join(argument.choices)}")
        if argument.default is None:
            lines.append("      must be given")
        else:
            lines.append(f"      default: {argument.default or '(empty)'}")
    return "\n".join(["Arguments (name:=value):", *(lines or ["  none"])])


def _description(element: Element) -> str:
    return " ".join(element.attributes.get("description", "").split())


def _choices(element: Element) -> tuple[str, ...]:
    return tuple(child.literal("value") for child in element.all("choice"))


def _collect(
    root: Element,
    context: Context,
    found: dict[str, DeclaredArgument],
    including: tuple[Path, ...],
) -> None:
    """Add the arguments of one file to `found`; `including` are the files that lead to it."""
    context.file = root.where.file
    including = (*including, root.where.file)
    for element in _flat(root):
        if element.tag == "arg":
            name, default = element.literal("name"), _attempt(context, element, "default")
            if default is not None:
                context.configurations.setdefault(name, default)
            argument = DeclaredArgument(name, default, _description(element), _choices(element))
            found.setdefault(name, argument)
        elif element.tag == "let":
            target, value = (_attempt(context, element, part) for part in ("name", "value"))
            if target is not None and value is not None:
                context.configurations[target] = value
        elif element.tag == "include":
            path = Path(os.path.abspath(_attempt(context, element, "file") or ""))
            if os.path.isfile(path) and path not in including:
                context.include(path, element.where)
                _collect(schema.read(path), context, found, including)


def _flat(parent: Element) -> Iterable[Element]:
    for element in parent.children:
        yield element
        if element.tag == "group":
            yield from _flat(element)


def _attempt(context: Context, element: Element, name: str) -> str | None:
    """Return an attribute with its substitutions made; None where they cannot be made yet."""
    try:
        return context.optional(element, name)
    except UserError:
        return None
