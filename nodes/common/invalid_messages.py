"""Messages that cannot be what they claim: passed over, and said so, but not a thousand times."""

from __future__ import annotations

import time
from types import TracebackType

from rclpy.node import Node

from descant.errors import UserError

QUIET_S = 10.0
LONGEST = 160  # characters of the reason: a strange message may hold a megabyte
STRANGE = (ValueError, TypeError, ArithmeticError, UserError)


class InvalidMessageGuard:
    """A block that takes one message of `topic`; one in which it raises STRANGE is passed over.

    One line says so (`outcome`), and how many there have been; for QUIET_S after it no other.
    """

    def __init__(
        self, node: Node, topic: str, outcome: str = "has a message that is passed over"
    ) -> None:
        self._node, self._what = node, f"{topic} {outcome}"
        self._count = 0
        self._said_at: float | None = None

    def __enter__(self) -> None:
        pass

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> bool:
        if not isinstance(error, STRANGE):
            return False
        self.say(str(error))
        return True

    def say(self, reason: str) -> None:
        """One message was passed over, for this reason."""
        self._count += 1
        now = time.monotonic()
        if self._said_at is not None and now - self._said_at < QUIET_S:
            return
        self._said_at = now
        why = " ".join(reason.split())
        why = why if len(why) <= LONGEST else why[:LONGEST] + ".."
        count = f" ({self._count} by now)" if self._count > 1 else ""
        self._node.get_logger().warning(f"{self._what}: {why}{count}")
