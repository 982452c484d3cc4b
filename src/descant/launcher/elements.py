"""XML elements that remember their line, so that every refusal can name it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from xml.parsers import expat

from descant.launcher.errors import LaunchError, Position


@dataclass(frozen=True)
class Element:
    """One XML element: tag, attributes, child elements, and where its tag begins."""

    tag: str
    attributes: dict[str, str]
    children: tuple[Element, ...]
    where: Position

    def all(self, tag: str) -> list[Element]:
        """The children with this tag, in the order of the file."""
        return [child for child in self.children if child.tag == tag]


def read(path: Path) -> Element:
    """The root element of an XML file; `LaunchError` names the line of what is not XML."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise LaunchError(f"cannot read launch file {path}: {error.strerror}") from None
    builder = _Builder(path)
    try:
        builder.parser.Parse(data, True)
    except expat.ExpatError as error:
        reason = expat.errors.messages[error.code]
        raise Position(path, error.lineno).refuse(f"not well-formed XML: {reason}") from None
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

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        self._open.append((tag, attributes, [], self._here()))

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
