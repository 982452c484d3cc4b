# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Find messages that were received twice."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable


class DuplicateFilter:
    """Remembers the last messages of a topic, by anything that distinguishes them."""

    def __init__(self, depth: int) -> None:
        """`depth` is the number of messages that are remembered."""
        self._depth = depth
        self._known: OrderedDict[Hashable, None] = OrderedDict()

    def is_new(self, message: Hashable) -> bool:
        """Whether the message is none of the last `depth`; it is remembered."""
        if message in self._known:
            return False
        if len(self._known) == self._depth:
            self._known.popitem(last=False)
        self._known[message] = None
        return True
