# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""XML elements with their line numbers, so that every error can name its line."""

from __future__ import annotations

import math
import re
import shlex
from dataclasses import dataclass
from pathlib import Path
from xml.parsers import expat

from descant.launcher.errors import Position
from descant.launcher.substitutions import Template, Text, parse, plain
from descant.paths import read_small

LARGEST_BYTES = 1 << 20
DEEPEST = 50  # levels of elements within one another


@dataclass(frozen=True)
class Element:
    """One XML element: tag, attributes, child elements, and the position of its tag.

    The methods read an attribute as a type; each raises `LaunchError` where it is not of the type.
    """

    tag: str
    attributes: dict[str, str]
    children: tuple[Element, ...]
    where: Position

    def all(self, tag: str) -> list[Element]:
        """Return the children with this tag, in the order of the file."""
        return [child for child in self.children if child.tag == tag]

    def template(self, name: str, default: str = "") -> Template:
        """Return a text that may hold substitutions."""
        return parse(self.attributes.get(name, default), self.where)

    def literal(self, name: str) -> str:
        """Return a text without substitutions."""
        text = plain(self.template(name))
        if text is None:
            raise self.where.refuse(f"'{name}' of <{self.tag}> may hold no substitution")
        return text

    def flag(self, name: str, default: str = "false") -> bool:
        """Return true or false, which may also be written as 1 or 0."""
        text = self.attributes.get(name, default)
        if text.lower() in ("true", "1", "false", "0"):
            return text.lower() in ("true", "1")
        raise self.where.refuse(f"'{name}' must be written as true or false, not '{text}'")

    def seconds(self, name: str, default: str = "0") -> float:
        """Return a time in seconds, 0 or more."""
        text = self.attributes.get(name, default)
        try:
            seconds = float(text)
        except ValueError:
            seconds = math.nan
        if not 0.0 <= seconds < math.inf:
            raise self.where.refuse(
                f"'{name}' must be written as seconds, at least 0, not '{text}'"
            )
        return seconds

    def integer(self, name: str, default: str) -> int:
        """Return a whole number, at least -1."""
        text = self.attributes.get(name, default)
        if not re.fullmatch(r"-1|[0-9]{1,9}", text):
            expected = f"'{name}' must be written as a whole number, at least -1, not '{text}'"
            raise self.where.refuse(expected)
        return int(text)

    def words(self, name: str) -> tuple[Template, ...]:
        """Return a command line, split as a shell splits it; a substitution is never split."""
        words: list[Template] = []
        word: Template = ()
        for fragment in self.template(name):
            if not isinstance(fragment, Text):
                word = (*word, fragment)
                continue
            try:
                parts = shlex.split(fragment.text)
            except ValueError as error:
                raise self.where.refuse(f"'{name}': {str(error).lower()}") from None
            if word and (not parts or fragment.text[0].isspace()):
                words.append(word)
                word = ()
            for index, part in enumerate(parts):
                if index > 0:
                    words.append(word)
                    word = ()
                word = (*word, Text(part))
            if parts and fragment.text[-1].isspace():
                words.append(word)
                word = ()
        return (*words, word) if word else tuple(words)


def read(path: Path) -> Element:
    """Return the root element of an XML file; `LaunchError` names the line that is not XML."""
    data = read_small(path, LARGEST_BYTES)
    builder = _Builder(path)
    try:
        builder.parser.Parse(data, True)
    except expat.ExpatError as error:
        reason = expat.errors.messages[error.code]
        raise Position(path, error.lineno).refuse(f"not well-formed XML: {reason}") from None
    except (LookupError, ValueError) as error:  # of an encoding that Python does not have
        raise Position(path, 1).refuse(f"not well-formed XML: {error}") from None
    return builder.done[0]


class _Builder:
    """Collects expat's callbacks; `done` holds the root once the file has been read."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._open: list[tuple[str, dict[str, str], list[Element], Position]] = []
        self.done: list[Element] = []
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text
        self.parser.StartDoctypeDeclHandler = self._doctype

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        self._open.append((tag, attributes, [], self._here()))
        if len(self._open) > DEEPEST:
            raise self._here().refuse(f"more than {DEEPEST} elements within one another")

    def _doctype(self, *_: object) -> None:
        raise self._here().refuse("a launch file has no <!DOCTYPE>, and no entities of its own")

    def _end(self, _tag: str) -> None:
        tag, attributes, children, where = self._open.pop()
        siblings = self._open[-1][2] if self._open else self.done
        siblings.append(Element(tag, attributes, tuple(children), where))

    def _text(self, text: str) -> None:
        if text.strip():
            tag, _, _, where = self._open[-1]
            raise where.refuse(f"text in <{tag}>: {text.strip()!r}; a launch file has only tags")

    def _here(self) -> Position:
        return Position(self._path, self.parser.CurrentLineNumber)
