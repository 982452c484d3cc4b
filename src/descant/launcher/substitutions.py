# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

r"""Substitutions in attribute values: `$(name argument ...)`, read into values.

The grammar is that of ROS launch: arguments are separated by one space, may be quoted with ' or ",
and may hold substitutions; a backslash takes the next character as it is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from descant.launcher.errors import Position, unknown

# name -> smallest and largest number of arguments
ARITY = {
    "and": (2, 2),
    "dirname": (0, 0),
    "env": (1, 2),
    "equals": (2, 2),
    "find-pkg-share": (1, 1),
    "if": (2, 3),
    "not": (1, 1),
    "not-equals": (2, 2),
    "or": (2, 2),
    "var": (1, 2),
}
# Substitutions of ROS launch (or ROS 1) that this launcher refuses -> what to write instead.
INSTEAD = {
    "arg": "write $(var NAME)",
    "command": "a launch file cannot run programs while it is read",
    "eval": "a launch file cannot run Python; "
    "use $(equals a b), $(not-equals a b), $(not a), $(and a b), $(or a b) or $(if c a b)",
    "find": "write $(find-pkg-share PACKAGE)",
    "optenv": "write $(env NAME DEFAULT)",
}
LONGEST = 500  # characters of a text that an error message shows
DEEPEST = 50  # levels of substitutions within one another
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")


@dataclass(frozen=True, slots=True)
class Text:
    """Characters that stand for themselves, backslashes already removed."""

    text: str


@dataclass(frozen=True, slots=True)
class Substitution:
    """`$(name argument ...)`."""

    name: str
    arguments: tuple[Template, ...]


Template = tuple[Text | Substitution, ...]


def parse(text: str, where: Position) -> Template:
    """Split `text` into characters and substitutions; `LaunchError` where ROS launch refuses it."""
    return _Reader(text, where).template("")


def plain(template: Template) -> str | None:
    """Return the characters of a template that holds no substitution, else None."""
    if any(isinstance(fragment, Substitution) for fragment in template):
        return None
    return "".join(fragment.text for fragment in template if isinstance(fragment, Text))


class _Reader:
    """Reads one attribute value from left to right."""

    def __init__(self, text: str, where: Position) -> None:
        self._text = text
        self._where = where
        self._at = 0
        self._depth = 0

    def template(self, quote: str) -> Template:
        """Read fragments up to the closing `quote`, or to the end of the text where it is ''."""
        fragments: list[Text | Substitution] = []
        while self._at < len(self._text) and self._text[self._at] != quote:
            if self._starts("$("):
                fragments.append(self._substitution(quote))
            else:
                fragments.append(Text(self._characters(quote)))
        if quote and not self._starts(quote):
            raise self._refuse(f"a quote {quote} is not closed")
        return tuple(fragments) or (Text(""),)

    def _characters(self, stops: str) -> str:
        """Read characters up to a substitution, one of `stops`, or the end."""
        characters = []
        while self._at < len(self._text):
            if self._starts("$(") or self._text[self._at] in stops:
                break
            if self._text[self._at] == "\\" and self._at + 1 < len(self._text):
                self._at += 1
            characters.append(self._text[self._at])
            self._at += 1
        return "".join(characters)

    def _substitution(self, quote: str) -> Substitution:
        self._at += 2
        match = _NAME.match(self._text, self._at)
        if match is None:
            raise self._refuse("expected the name of a substitution right after '$('")
        self._at = match.end()
        name = match.group()
        self._depth += 1
        if self._depth > DEEPEST:
            raise self._refuse(f"more than {DEEPEST} substitutions within one another")
        arguments = []
        while self._starts(" "):
            self._at += 1
            arguments.append(self._argument(quote))
        if not self._starts(")"):
            raise self._refuse(f"$({name} is not closed")
        self._at += 1
        self._depth -= 1
        self._check(name, len(arguments))
        return Substitution(name, tuple(arguments))

    def _argument(self, quote: str) -> Template:
        """Read one argument; inside quotes (`quote` not '') it cannot be quoted again."""
        if not quote and self._at < len(self._text) and self._text[self._at] in "'\"":
            mark = self._text[self._at]
            self._at += 1
            argument = self.template(mark)
            self._at += 1
            return argument
        fragments: list[Text | Substitution] = []
        while self._at < len(self._text) and self._text[self._at] not in " )":
            if self._starts("$("):
                fragments.append(self._substitution(quote))
                continue
            characters = self._characters(" ()" + (quote or "'\""))
            if not characters:
                raise self._refuse(f"unexpected {self._text[self._at]!r} in an argument")
            fragments.append(Text(characters))
        if not fragments:
            raise self._refuse("expected an argument: arguments are separated by one space")
        return tuple(fragments)

    def _check(self, name: str, count: int) -> None:
        if name in INSTEAD:
            raise self._refuse(f"$({name} ...) is not supported: {INSTEAD[name]}")
        if name not in ARITY:
            raise self._refuse(unknown("substitution", name, ARITY))
        fewest, most = ARITY[name]
        if not fewest <= count <= most:
            expected = str(fewest) if fewest == most else f"{fewest} to {most}"
            raise self._refuse(f"$({name}) takes {expected} arguments, not {count}")

    def _starts(self, text: str) -> bool:
        return self._text.startswith(text, self._at)

    def _refuse(self, message: str) -> Exception:
        text = self._text if len(self._text) <= LONGEST else self._text[:LONGEST] + " .."
        return self._where.refuse(f"{message} (in {text!r})")
