"""Make a script or a style smaller and leave its meaning and its lines: no comments, few blanks.

Strings, templates and regular expressions stay as they are, so the tokens of JavaScript are told
apart, as far as that needs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_BLANKS = re.compile(r"[ \t]+")
_LINES = re.compile(r"\s*\n\s*")
_COMMENT = re.compile(r"//[^\n]*|/\*.*?\*/", re.DOTALL)
_STRING = re.compile(r'"(?:\\.|[^"\\\n])*"|' r"'(?:\\.|[^'\\\n])*'", re.DOTALL)
_TEMPLATE = re.compile(r"(?:\\.|\$(?!\{)|[^`\\$])*(?:`|\$\{)", re.DOTALL)
_EXPRESSION = re.compile(r"/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n\[])+/[a-z]*")
_WORD = re.compile(r"[\w$]+")
_BEFORE_EXPRESSION = re.compile(r"(?:^|[(,=:\[!&|?{};+*%<>~^-]|\b(?:return|typeof|case|of|in))$")
_JOINED = re.compile(r"[\w$#@]")


def compact_script(text: str) -> str:
    """JavaScript without comments and without blanks that part no words."""
    found: list[str] = []
    blank = ""
    for token in _tokens(text):
        if token.isspace():
            blank = "\n" if "\n" in token else blank or " "
            continue
        if blank and found and (blank == "\n" or _parted(found[-1][-1], token[0])):
            found.append(blank)
        found.append(token)
        blank = ""
    return "".join([*found, "\n"])


def compact_style(text: str) -> str:
    """A style sheet without comments, indentation and empty lines."""
    return _LINES.sub("\n", re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)).lstrip()


def _parted(before: str, after: str) -> bool:
    """Whether a blank between these two characters must stay."""
    both = before + after
    return all(map(_JOINED.match, both)) or all(c in "+-" for c in both) or both in ("/*", "//")


def _tokens(text: str) -> Iterator[str]:
    """Pieces of a script: blanks (comments among them), strings, words, single characters."""
    place, before = 0, ""
    braces: list[bool] = []  # of each open brace: whether a template goes on behind it
    while place < len(text):
        token, blank = _next(text, place, before, braces)
        place += len(token)
        if blank:
            yield "\n" if "\n" in token else " "
        else:
            before = token
            yield token


def _next(text: str, place: int, before: str, braces: list[bool]) -> tuple[str, bool]:
    """The piece at a place, and whether it is blank."""
    character = text[place]
    if match := _BLANKS.match(text, place) or _LINES.match(text, place):
        return match[0], True
    if match := _COMMENT.match(text, place):
        return match[0], True
    if character == "`" or (character == "}" and braces and braces.pop()):
        return _template(text, place, braces), False
    if character == "{":
        braces.append(False)
    if character in "\"'" and (match := _STRING.match(text, place)):
        return match[0], False
    if character == "/" and _BEFORE_EXPRESSION.search(before):
        match = _EXPRESSION.match(text, place)
        return (match[0] if match else character), False
    match = _WORD.match(text, place)
    return (match[0] if match else character), False


def _template(text: str, place: int, braces: list[bool]) -> str:
    """A template from its backquote, or from the brace that ends a value in it, to the next."""
    match = _TEMPLATE.match(text, place + 1)
    piece = text[place] + (match[0] if match else text[place + 1 :])
    if piece.endswith("${"):
        braces.append(True)
    return piece
