# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The state of a launch while its file is walked: arguments, environment; makes substitutions."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from descant.launcher import packages, values
from descant.launcher.elements import Element
from descant.launcher.errors import Position, unknown
from descant.launcher.substitutions import Substitution, Template, Text

MOST_INCLUDES = 100
NAMESPACE = "ros_namespace"  # ROS's name for it; $(var ros_namespace) is the namespace pushed
LONGEST_TEXT = 65_536  # characters; a <let> of itself, twice, would double it each time


class Context:
    """Names with their values, the environment, and the launch file that was entered last.

    ROS does not go back to the including file when an include ends; nor does `file` here.
    """

    def __init__(self, configurations: Mapping[str, str], environment: Mapping[str, str]) -> None:
        self.configurations = dict(configurations)
        self.environment = dict(environment)
        self.file = Path()
        self.node_parameters: tuple[str, ...] = ()  # words for the command of every node
        self.node_remaps: tuple[str, ...] = ()
        self._includes = 0

    def include(self, file: Path, where: Position) -> None:
        """Enter `file`, included by what stands at `where`."""
        self._includes += 1
        if self._includes > MOST_INCLUDES:
            raise where.refuse(f"more than {MOST_INCLUDES} files are included")
        self.file = file

    @contextmanager
    def scope(self) -> Iterator[None]:
        """Restore names, environment and what every node gets when the block ends."""
        before = dict(self.configurations), dict(self.environment)
        words = self.node_parameters, self.node_remaps
        yield
        self.configurations, self.environment = before
        self.node_parameters, self.node_remaps = words

    def text(self, element: Element, name: str, default: str = "") -> str:
        """Return an attribute with its substitutions made; `LaunchError` if they cannot be."""
        return self.perform(element.template(name, default), element.where)

    def optional(self, element: Element, name: str) -> str | None:
        """Return an attribute as `text` does, or None where the element does not have it."""
        return self.text(element, name) if name in element.attributes else None

    def words(self, element: Element, name: str) -> list[str]:
        """Return a command line, each word with its substitutions made."""
        return [self.perform(word, element.where) for word in element.words(name)]

    def pairs(self, element: Element, tag: str, left: str, right: str) -> list[tuple[str, str]]:
        """Return two attributes of each child with this tag."""
        return [(self.text(child, left), self.text(child, right)) for child in element.all(tag)]

    def holds(self, element: Element) -> bool:
        """Return whether the condition of an element holds: true, false, 1 or 0, nothing else."""
        for name in ("if", "unless"):
            if name in element.attributes:
                text = self.text(element, name).strip().lower()
                if text not in ("true", "1", "false", "0"):
                    expected = f"'{name}' must be true, false, 1 or 0, not '{text}'"
                    raise element.where.refuse(expected)
                return (text in ("true", "1")) == (name == "if")
        return True

    def flag(self, template: Template, where: Position) -> bool:
        """Return a template as true or false, by the wider rules of YAML (yes, on ..)."""
        text = self.perform(template, where)
        try:
            return bool(values.coerce(text, "bool"))
        except ValueError:
            raise where.refuse(f"expected true or false, not '{text}'") from None

    def perform(self, template: Template, where: Position) -> str:
        """Return a template with its substitutions made."""
        text = "".join(
            fragment.text if isinstance(fragment, Text) else self._substitute(fragment, where)
            for fragment in template
        )
        if len(text) > LONGEST_TEXT:
            raise where.refuse(f"a text grows to more than {LONGEST_TEXT} characters")
        return text

    def _substitute(self, substitution: Substitution, where: Position) -> str:
        with where.located():
            return _PERFORM[substitution.name](self, substitution.arguments, where)


Arguments = tuple[Template, ...]


def _var(context: Context, arguments: Arguments, where: Position) -> str:
    name = context.perform(arguments[0], where)
    if name in context.configurations:
        return context.configurations[name]
    if len(arguments) > 1:
        return context.perform(arguments[1], where)
    raise where.refuse(unknown("argument", name, context.configurations))


def _env(context: Context, arguments: Arguments, where: Position) -> str:
    name = context.perform(arguments[0], where)
    if name in context.environment:
        return context.environment[name]
    if len(arguments) > 1:
        return context.perform(arguments[1], where)
    raise where.refuse(f"no environment variable '{name}'; $(env {name} DEFAULT) gives a default")


def _dirname(context: Context, _arguments: Arguments, where: Position) -> str:
    if context.file.parent != where.file.parent:
        raise where.refuse(
            f"after an <include>, ROS launch replaces $(dirname) by {context.file.parent}: "
            "store it in a <let> before the <include>"
        )
    return str(where.file.parent)


def _equals(context: Context, arguments: Arguments, where: Position) -> str:
    if (Text(""),) in arguments:
        raise where.refuse(
            "ROS launch compares with '[]' where '' is written: "
            "write $(equals x$(var NAME) x) to compare with an empty text"
        )
    left, right = (context.perform(argument, where) for argument in arguments)
    if all(text.lower() in ("true", "1", "false", "0") for text in (left, right)):
        return _text((left.lower() in ("true", "1")) == (right.lower() in ("true", "1")))
    try:
        return _text(math.isclose(float(left), float(right)))
    except ValueError:
        return _text(left == right)


def _not_equals(context: Context, arguments: Arguments, where: Position) -> str:
    return _text(_equals(context, arguments, where) == "false")


def _not(context: Context, arguments: Arguments, where: Position) -> str:
    return _text(not context.flag(arguments[0], where))


def _and(context: Context, arguments: Arguments, where: Position) -> str:
    left, right = (context.flag(argument, where) for argument in arguments)
    return _text(left and right)


def _or(context: Context, arguments: Arguments, where: Position) -> str:
    left, right = (context.flag(argument, where) for argument in arguments)
    return _text(left or right)


def _if(context: Context, arguments: Arguments, where: Position) -> str:
    chosen = arguments[1:2] if context.flag(arguments[0], where) else arguments[2:3]
    return context.perform(chosen[0], where) if chosen else ""


def _find_share(context: Context, arguments: Arguments, where: Position) -> str:
    return str(packages.share(context.perform(arguments[0], where), context.environment))


def _text(value: bool) -> str:
    return "true" if value else "false"


_PERFORM: dict[str, Callable[[Context, Arguments, Position], str]] = {
    "and": _and,
    "dirname": _dirname,
    "env": _env,
    "equals": _equals,
    "find-pkg-share": _find_share,
    "if": _if,
    "not": _not,
    "not-equals": _not_equals,
    "or": _or,
    "var": _var,
}
