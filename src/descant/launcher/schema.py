# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""The tags, attributes and child tags that a launch file may have, in one table.

A file is checked as a whole before anything in it is carried out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from descant.launcher import elements, values
from descant.launcher.elements import Element
from descant.launcher.errors import unknown
from descant.launcher.substitutions import plain

Check = Callable[[Element, str], object]
"""Reads one attribute of an element; raises `LaunchError` where it has not the right form."""


@dataclass(frozen=True)
class Shape:
    """Attributes that an element must have or may have, and the tags of its children."""

    required: Mapping[str, Check] = field(default_factory=dict)
    optional: Mapping[str, Check] = field(default_factory=dict)
    children: tuple[str, ...] = ()


def read(path: Path) -> Element:
    """Return the checked root of a launch file; `LaunchError` with file and line of a mistake."""
    root = elements.read(path)
    if root.tag != "launch":
        raise root.where.refuse(f"expected <launch> as the outermost tag, not <{root.tag}>")
    _check(root, "")
    return root


def _choices(element: Element, name: str) -> None:
    """Check the default of an <arg> against its <choice> children."""
    default = plain(element.template(name))
    choices = [child.literal("value") for child in element.all("choice")]
    if choices and default is not None and default not in choices:
        argument, listed = element.literal("name"), ", ".join(choices)
        raise element.where.refuse(f"default '{default}' of '{argument}' is not one of {listed}")


def _command(element: Element, name: str) -> None:
    if not element.words(name):
        raise element.where.refuse(f"<{element.tag}> has an empty '{name}'")


def _shutdown(element: Element, name: str) -> None:
    if element.attributes[name] != "shutdown":
        text = element.attributes[name]
        raise element.where.refuse(f"'{name}' must be 'shutdown', not '{text}'")


def _value(element: Element, name: str) -> None:
    values.check(element.attributes[name], element.attributes.get("type", "yaml"), element.where)


def _integer(element: Element, name: str) -> None:
    element.integer(name, "")


def _anything(element: Element, name: str) -> None:
    """Check nothing: the text is only shown."""


_TEXT, _PLAIN, _WORDS = Element.template, Element.literal, Element.words
_PAIR: Mapping[str, Check] = {"name": _TEXT, "value": _TEXT}
_CONDITION: Mapping[str, Check] = {"if": _TEXT, "unless": _TEXT}
_PROCESS: Mapping[str, Check] = {
    "name": _TEXT,
    "output": _TEXT,
    "respawn": _TEXT,
    "respawn_delay": Element.seconds,
    "respawn_max_retries": _integer,
    "on_exit": _shutdown,
    **_CONDITION,
}
_NODE: Mapping[str, Check] = {
    "pkg": _TEXT,
    "namespace": _TEXT,
    "args": _WORDS,
    "ros_args": _WORDS,
    **_PROCESS,
}
_ACTIONS = (
    "arg", "let", "set_env", "unset_env", "push_ros_namespace", "push-ros-namespace", "set_remap",
    "set_parameter", "group", "include", "node", "executable",
)  # fmt: skip
_SHAPES = {
    "launch": Shape({}, {}, _ACTIONS),
    "arg": Shape(
        {"name": _PLAIN}, {"default": _choices, "description": _anything, **_CONDITION}, ("choice",)
    ),
    "let": Shape(_PAIR, _CONDITION),
    "set_env": Shape(_PAIR, _CONDITION),
    "unset_env": Shape({"name": _TEXT}, _CONDITION),
    "push_ros_namespace": Shape({"namespace": _TEXT}, _CONDITION),
    "push-ros-namespace": Shape({"namespace": _TEXT}, _CONDITION),
    "set_remap": Shape({"from": _TEXT, "to": _TEXT}, _CONDITION),
    "set_parameter": Shape(_PAIR, _CONDITION),
    "group": Shape({}, {"scoped": Element.flag, **_CONDITION}, _ACTIONS),
    "include": Shape({"file": _TEXT}, _CONDITION, ("arg",)),
    "node": Shape({"exec": _TEXT}, _NODE, ("param", "remap", "env")),
    "executable": Shape({"cmd": _command}, _PROCESS, ("env",)),
    "choice": Shape({"value": _PLAIN}),
    "param": Shape({}, {"name": _TEXT, "value": _value, "type": _PLAIN, "from": _TEXT}),
    "remap": Shape({"from": _TEXT, "to": _TEXT}),
    "env": Shape(_PAIR),
}


def _check(element: Element, parent: str) -> None:
    """Refuse the first attribute or child, at any depth, that is not supported or has no form."""
    # An <arg> in an <include> gives a value, everywhere else it declares one.
    shape = Shape(_PAIR) if (parent, element.tag) == ("include", "arg") else _SHAPES[element.tag]
    allowed = {**shape.required, **shape.optional}
    for name in element.attributes:
        if name not in allowed:
            raise element.where.refuse(unknown(f"attribute of <{element.tag}>", name, allowed))
    for name in shape.required:
        if name not in element.attributes:
            raise element.where.refuse(f"<{element.tag}> needs the attribute '{name}'")
    if {"if", "unless"} <= element.attributes.keys():
        raise element.where.refuse(f"<{element.tag}> has both 'if' and 'unless': only one may be")
    for child in element.children:
        if child.tag not in shape.children:
            where = f"tag in <{element.tag}>"
            raise child.where.refuse(unknown(where, child.tag, shape.children))
        _check(child, element.tag)
    if element.tag == "param":
        _check_parameter(element)
    for name in element.attributes:
        allowed[name](element, name)


def _check_parameter(element: Element) -> None:
    given = element.attributes.keys()
    if given != {"from"} and given - {"type"} != {"name", "value"}:
        raise element.where.refuse("<param> needs either 'from' or 'name' and 'value'")
