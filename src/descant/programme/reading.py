"""Read a programme from its YAML file: every mistake with its line and what was expected there."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from descant.errors import UserError
from descant.parameters import ParameterError, Value
from descant.programme.part_description import KEYS, SECTIONS, PartDescription, checked_override
from descant.programme.programme import Programme
from descant.resources import path_of, resource, share
from descant.types import MOST_PARTS

FOLDER = "programmes"
SUFFIXES = (".yaml", ".yml")
LARGEST_BYTES = 262_144
LONGEST_TITLE = 100  # characters
TOP_KEYS = ("title", "parts")
PART_KEYS = ("name", "title", *KEYS, *SECTIONS)
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


def available() -> list[str]:
    """Names of the programmes that the package brings."""
    return sorted(path.stem for path in (share() / FOLDER).glob("*.yaml"))


def find(text: str) -> Path:
    """The file of a programme: a name of the package, or a path; `UserError` for neither."""
    path = path_of(text)
    if path.suffix in SUFFIXES or "/" in text:
        return path
    names = available()
    if text in names:
        return resource(FOLDER, f"{text}.yaml")
    near = difflib.get_close_matches(text, names, n=1)
    hint = f"did you mean '{near[0]}'?" if near else "programmes: " + ", ".join(names)
    raise UserError(f"no programme '{text}'; {hint} (or the path of a .yaml file)")


def load_programme(text: str) -> Programme:
    """The programme that `text` names; `UserError` says what is wrong with its file, and where."""
    path = find(text)
    programme, mistakes = read_programme(path)
    if programme is None:
        first, more = mistakes[0], len(mistakes) - 1
        rest = f" (and {more} more: descant programme check {path})" if more else ""
        raise UserError(f"{path}:{first.line}: {first.text}{rest}")
    return programme


def read_programme(path: Path) -> tuple[Programme | None, list[Mistake]]:
    """The programme in a file, None where there are mistakes; `UserError` for no readable file."""
    text = _read(path)
    loader = yaml.SafeLoader(text)
    try:
        node = loader.get_single_node()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        return None, [Mistake(mark.line + 1 if mark else 1, f"not YAML: {error.problem}")]
    except (yaml.YAMLError, RecursionError) as error:
        return None, [Mistake(1, f"not YAML: {' '.join(str(error).split())}")]
    finally:
        loader.dispose()
    reader = _Reader(loader)
    programme = reader.programme(node, path.stem)
    mistakes = sorted(reader.mistakes, key=lambda mistake: mistake.line)
    return (None if mistakes else programme), mistakes


def _read(path: Path) -> str:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UserError(f"{path}: {error.strerror or error}") from None
    if len(data) > LARGEST_BYTES:
        raise UserError(f"{path}: {len(data)} bytes; a programme has at most {LARGEST_BYTES}")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        raise UserError(f"{path}: not a text file in UTF-8") from None


class _Reader:
    """Turns YAML nodes into a programme and collects the mistakes."""

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
            self._add(node, f"{what} must be 'KEY: VALUE' lines")
            return {}
        found: dict[str, yaml.Node] = {}
        for key_node, value in node.value:
            key = str(key_node.value)
            if known is not None and key not in known:
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
        text = node.value if isinstance(node, yaml.ScalarNode) else ""
        if not 1 <= len(text.strip()) <= LONGEST_TITLE:
            self._add(node, f"'{key}' must be a text of 1 to {LONGEST_TITLE} characters")
        return str(text).strip()

    def _value(self, node: yaml.Node) -> Any:
        """A text, a number, true or false, or a list of these; anything else as it is written."""
        if isinstance(node, yaml.SequenceNode):
            return [self._value(item) for item in node.value]
        if not isinstance(node, yaml.ScalarNode):
            raise ParameterError("expected one value or a list of numbers, not 'KEY: VALUE' lines")
        try:
            return self._loader.construct_object(node)
        except (yaml.YAMLError, ValueError):
            return node.value

    def _add(self, node: yaml.Node | None, text: str) -> None:
        self.mistakes.append(Mistake(node.start_mark.line + 1 if node is not None else 1, text))


def _unknown_key(key: str, what: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(key, list(known), n=1)
    hint = f"did you mean '{near[0]}'?" if near else "keys: " + ", ".join(known)
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
