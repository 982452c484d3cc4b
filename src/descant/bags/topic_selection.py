# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Choose the topics that a recorder records: by namespace, type and the user's patterns."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from fnmatch import fnmatchcase

from descant.errors import UserError
from descant.plain_text import plain

GLOBAL = frozenset({"/rosout", "/parameter_events", "/diagnostics", "/tf", "/tf_static"})
"""Topics that every namespace shares."""
RAW_TYPE = "sensor_msgs/msg/Image"
COMPRESSED_TYPE = "sensor_msgs/msg/CompressedImage"
LOSSLESS = "/zstd"
"""Ending of the topic on which image_transport sends pictures nearly as large as raw ones."""
_LONGEST = 255
_PART = re.compile(r"\*\*|(?!.*\*\*)([A-Za-z0-9_*?]|\[[!A-Za-z0-9_-]+\])+")


class TopicPattern:
    """A shell-like pattern of topic names: * and ? stand for what has no slash, ** for any names.

    Raises `UserError` for a text that matches no name of ROS.
    """

    def __init__(self, text: str, namespace: str) -> None:
        """A pattern without a first slash belongs into `namespace`."""
        self.text = text
        full = text if text.startswith("/") else f"{namespace.rstrip('/')}/{text}"
        parts = full[1:].split("/")
        pairs = zip(parts, ["", *parts], strict=False)
        self._parts = [part for part, before in pairs if (part, before) != ("**", "**")]
        if len(text) > _LONGEST or not all(_PART.fullmatch(part) for part in parts):
            raise UserError(
                f"'{plain(text[:_LONGEST])}' is no pattern of topics: expected names with *, ? and "
                "[..] between slashes, and ** for any number of names, as 'camera/*' or '/other/**'"
            )

    def matches(self, topic: str) -> bool:
        """Whether the pattern fits the full name of a topic."""
        return _fits(self._parts, topic[1:].split("/"))


def _fits(parts: list[str], names: list[str]) -> bool:
    if not parts:
        return not names
    if parts[0] == "**":
        return any(_fits(parts[1:], names[skipped:]) for skipped in range(len(names) + 1))
    return bool(names) and fnmatchcase(names[0], parts[0]) and _fits(parts[1:], names[1:])


def _patterns(texts: Iterable[str], namespace: str) -> list[TopicPattern]:
    return [TopicPattern(pattern, namespace) for text in texts for pattern in text.split()]


class TopicSelection:
    """Decides by name and type whether a topic is recorded.

    Those in `namespace`, the `expected` ones wherever they are, and the global ones are; raw
    pictures only where `topics` has a pattern for them. `exclude` goes before everything else.
    """

    def __init__(
        self,
        namespace: str,
        expected: Collection[str],
        topics: Iterable[str],
        exclude: Iterable[str],
    ) -> None:
        """A text may hold several patterns with spaces between. `UserError` for a wrong one."""
        self._prefix = f"{namespace.rstrip('/')}/"
        self._expected = frozenset(expected)
        self._wanted = _patterns(topics, namespace)
        self._unwanted = _patterns(exclude, namespace)

    def includes(self, topic: str, message_type: str) -> bool:
        """Whether the topic is recorded. Hidden ones (/_x) never are."""
        if "/_" in topic or self.excludes(topic):
            return False
        if any(pattern.matches(topic) for pattern in self._wanted):
            return True
        if message_type == RAW_TYPE or topic.endswith(LOSSLESS):
            return False
        return topic in self._expected or topic in GLOBAL or topic.startswith(self._prefix)

    def excludes(self, topic: str) -> bool:
        """Whether the user does not want the topic."""
        return any(pattern.matches(topic) for pattern in self._unwanted)

    def is_near(self, topic: str) -> bool:
        """Whether the topic would be recorded but for its type."""
        return topic in self._expected or topic.startswith(self._prefix)

    def unmatched(self, topics: Collection[str]) -> list[str]:
        """The patterns of wanted topics that fit none of `topics`."""
        return [p.text for p in self._wanted if not any(p.matches(topic) for topic in topics)]
