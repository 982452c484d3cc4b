# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Turn the YAML nodes of a programme into its parts, and collect the mistakes with their lines."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import yaml

from descant.errors import did_you_mean
from descant.parameters import ParameterError, Value
from descant.programme.part_description import (
    KEYS,
    LONGEST_TITLE,
    SECTIONS,
    PartDescription,
    checked_override,
)
from descant.programme.programme import Programme
from descant.types import MOST_PARTS

TOP_KEYS = ("title", "parts")
PART_KEYS = ("name", "title", *KEYS, *SECTIONS)
LINES = "'KEY: VALUE' lines"
# What PyYAML raises on '!!bool x', '!!timestamp x', '!!int' or a sexagesimal number without end.
UNREADABLE = (yaml.YAMLError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
_NAME = re.compile(r"[a-z][a-z0-9_-]{0,39}")
_NAMED = re.compile(r"parameter '(\w+)'")


@dataclass(frozen=True)
class Mistake:
    """What is wrong in line `line` (from 1) of the file."""

    line: int
    text: str


@dataclass
class _Overrides:
    """Of one section of a part: parameter -> value, its YAML node, and the key that set it."""

    values: dict[str, Value] = field(default_factory=dict)
    nodes: dict[str, yaml.Node] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)


class ProgrammeReader:
    """Reads the nodes that `loader` composed; `mistakes` grows with each that is found."""

    def __init__(self, loader: yaml.SafeLoader) -> None:
        self.mistakes: list[Mistake] = []
        self._loader = loader

    def programme(self, node: yaml.Node | None, name: str) -> Programme:
        """The whole file."""
        entries = self._mapping(node, "a programme", TOP_KEYS, required=("parts",))
        title = self._text(entries.get("title"), "title") or name
        given = entries.get("parts")
        nodes = given.value if isinstance(given, yaml.SequenceNode) else []
        if given is not None and not 1 <= len(nodes) <= MOST_PARTS:
            self._add(given, f"'parts' must be a list of 1 to {MOST_PARTS} parts")
            nodes = nodes[:MOST_PARTS]
        parts = tuple(self._part(part) for part in nodes)
        self._check_names(parts, nodes)
        return Programme(name, title, parts)

    def _part(self, node: yaml.Node) -> PartDescription:
        entries = self._mapping(node, "a part", PART_KEYS, required=("name", "title"))
        name = self._text(entries.get("name"), "name")
        if name and not _NAME.fullmatch(name):
            self._add(
                entries["name"],
                f"name '{name}': expected a small letter, then small letters, digits, - or _",
            )
        title = self._text(entries.get("title"), "title")
        given = {section: _Overrides() for section in SECTIONS}
        for key, (section, parameter) in KEYS.items():
            if key in entries:
                self._override(given[section], section, parameter, entries[key], key)
        for section, overrides in given.items():
            nodes = self._mapping(entries[section], f"'{section}'") if section in entries else {}
            for parameter, value in nodes.items():
                self._override(overrides, section, parameter, value, parameter)
            self._check_together(node, section, overrides)
        return PartDescription(name, title, **{s: given[s].values for s in SECTIONS})

    def _override(
        self, into: _Overrides, section: str, parameter: str, node: yaml.Node, key: str
    ) -> None:
        if parameter in into.values:
            other = into.keys[parameter]
            self._add(node, f"parameter '{parameter}' of {section} is set twice, by '{other}' too")
            return
        try:
            value = _as_typed(self._value(node), SECTIONS[section].defaults().get(parameter))
            into.values[parameter] = checked_override(section, parameter, value)
        except ParameterError as error:
            self._add(node, _with_key(error, section, parameter, key))
            return
        into.nodes[parameter], into.keys[parameter] = node, key

    def _check_together(self, part: yaml.Node, section: str, overrides: _Overrides) -> None:
        """Report what the section's own rules refuse, each at the line of its parameter."""
        values = dict(overrides.values)
        while True:
            try:
                SECTIONS[section]().replace(**values)
                return
            except ParameterError as error:
                named = _NAMED.search(str(error))
                parameter = named.group(1) if named else ""
                if parameter not in values:
                    self._add(part, f"{section}: {error}")
                    return
                key = overrides.keys[parameter]
                self._add(overrides.nodes[parameter], _with_key(error, section, parameter, key))
                del values[parameter]

    def _check_names(self, parts: Iterable[PartDescription], nodes: list[yaml.Node]) -> None:
        seen: set[str] = set()
        for part, node in zip(parts, nodes, strict=True):
            if part.name and part.name in seen:
                self._add(node, f"two parts have the name '{part.name}'")
            seen.add(part.name)

    def _mapping(
        self,
        node: yaml.Node | None,
        what: str,
        known: Iterable[str] | None = None,
        required: Iterable[str] = (),
    ) -> dict[str, yaml.Node]:
        """Key -> node, of keys that are known."""
        if not isinstance(node, yaml.MappingNode):
            self._add(node, f"{what} must be {LINES}")
            return {}
        found: dict[str, yaml.Node] = {}
        for key_node, value in node.value:
            key = key_node.value if isinstance(key_node, yaml.ScalarNode) else ""
            if not key:
                self._add(key_node, f"{what} must be {LINES}")
            elif known is not None and key not in known:
                self._add(key_node, _unknown_key(key, what, known))
            elif key in found:
                self._add(key_node, f"key '{key}' is given twice")
            else:
                found[key] = value
        for key in required:
            if key not in found:
                self._add(node, f"{what} needs the key '{key}'")
        return found

    def _text(self, node: yaml.Node | None, key: str) -> str:
        if node is None:
            return ""
        text = str(node.value).strip() if isinstance(node, yaml.ScalarNode) else ""
        if not text.isprintable() or not 1 <= len(text) <= LONGEST_TITLE:
            self._add(node, f"'{key}' must be a text of 1 to {LONGEST_TITLE} characters")
        return text

    def _value(self, node: yaml.Node) -> Any:
        """One value or a list of values, each a text, a number, true or false."""
        if isinstance(node, yaml.SequenceNode):
            return [self._scalar(item) for item in node.value]
        return self._scalar(node)

    def _scalar(self, node: yaml.Node) -> Any:
        """A value that YAML cannot read by its tag is the text that stands there."""
        if not isinstance(node, yaml.ScalarNode):
            raise ParameterError("expected one value or a list of numbers")
        try:
            return self._loader.construct_object(node)
        except UNREADABLE:
            return node.value

    def _add(self, node: yaml.Node | None, text: str) -> None:
        line = "".join(character if character.isprintable() else "?" for character in text)
        self.mistakes.append(Mistake(node.start_mark.line + 1 if node is not None else 1, line))


def _unknown_key(key: str, what: str, known: Iterable[str]) -> str:
    hint = did_you_mean(key, known) or "keys: " + ", ".join(known)
    return f"{what} has no key '{key}'; {hint}"


def _with_key(error: ParameterError, section: str, parameter: str, key: str) -> str:
    """The error's text; a key that is not the parameter's own name stands in its place."""
    if key == parameter:
        return f"{section}: {error}"
    return str(error).replace(f"parameter '{parameter}'", f"'{key}'", 1)


def _as_typed(value: Any, default: Any) -> Any:
    """YAML 1.1 reads 1e-6 as a text; where a number is expected it is one."""
    if isinstance(default, float) and isinstance(value, str):
        try:
            return float(value)
        except ValueError:
            return value
    return value
