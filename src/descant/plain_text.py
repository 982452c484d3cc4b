# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Show text from files, networks and other programs harmlessly in a terminal."""

from __future__ import annotations

import unicodedata

_HARMFUL = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}  # control, format, surrogate, unassigned


def plain(text: str) -> str:
    r"""Return `text` on one line, with each control or invisible character as its escape (\x1b)."""
    if text.isprintable():
        return text
    return "".join(_shown(character) for character in text)


def counted(number: int, noun: str) -> str:
    """Return '1 message', '2 messages'."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _shown(character: str) -> str:
    if unicodedata.category(character) not in _HARMFUL:
        return character
    return character.encode("unicode_escape").decode("ascii")
