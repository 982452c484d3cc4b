# Copyright 2026 Descant maintainers
# SPDX-License-Identifier: Apache-2.0

"""Drop invalid messages and log a rate-limited warning per topic."""

from __future__ import annotations

import time
from types import TracebackType

from rclpy.node import Node

from descant.errors import UserError
from descant.plain_text import plain

QUIET_S = 10.0
LONGEST = 160  # characters of the reason: an invalid message may hold a megabyte
INVALID = (ValueError, TypeError, ArithmeticError, UserError)


class InvalidMessageGuard:
    """A context for handling one message: an `INVALID` error in it is logged, not raised.

    At most one warning in `QUIET_S`, with the full name of `topic` ('/notes'), `effect`,
    the reason and the count so far.
    """

    def __init__(self, node: Node, topic: str, effect: str = "invalid message dropped") -> None:
        name = node.resolve_topic_name(topic.removeprefix("/"))
        self._node, self._prefix = node, f"{name}: {effect}"
        self._count = 0
        self._warned_at: float | None = None

    def __enter__(self) -> None:
        pass

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> bool:
        if not isinstance(error, INVALID):
            return False
        self.drop(str(error))
        return True

    def drop(self, reason: str) -> None:
        """Count a dropped message and log `reason`, unless a warning was logged just before."""
        self._count += 1
        now = time.monotonic()
        if self._warned_at is not None and now - self._warned_at < QUIET_S:
            return
        self._warned_at = now
        line = plain(reason[:LONGEST]) + (".." if len(reason) > LONGEST else "")
        count = f" ({self._count} so far)" if self._count > 1 else ""
        self._node.get_logger().warning(f"{self._prefix}: {line}{count}")
