"""How every node of descant starts, spins and stops."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable
from types import FrameType

import rclpy
from rclpy.exceptions import InvalidParameterTypeException, ParameterException
from rclpy.executors import ExternalShutdownException, SingleThreadedExecutor
from rclpy.node import Node
from rclpy.signals import SignalHandlerOptions

from descant.errors import UserError


class _Stop(Exception):  # noqa: N818 -- a signal, no error
    """Raised in the main thread by SIGINT and SIGTERM."""


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise _Stop


def run(make: Callable[[], Node]) -> int:
    """Make a node and spin it until SIGINT or SIGTERM; returns the exit status.

    The node's `close()`, where it has one, runs before it is destroyed, with the graph still
    there: the last messages (held keys released, the bag closed) get out. A `UserError` is one
    line on standard error and status 2.
    """
    rclpy.init(args=sys.argv, signal_handler_options=SignalHandlerOptions.NO)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _stop)
    node: Node | None = None
    try:
        node = make()
        executor = SingleThreadedExecutor()
        executor.add_node(node)
        executor.spin()
    except (_Stop, ExternalShutdownException):
        pass
    except (UserError, ParameterException, InvalidParameterTypeException) as error:
        print(f"error: {error}", file=sys.stderr)  # noqa: T201 -- the one line for the user
        return 2
    finally:
        _shut_down(node)
    return 0


def _shut_down(node: Node | None) -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    if node is not None:
        close = getattr(node, "close", None)
        if close is not None:
            close()
        node.destroy_node()
    rclpy.try_shutdown()
