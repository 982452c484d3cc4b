"""Start, spin and stop a node."""

from __future__ import annotations

import contextlib
import gc
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Sequence
from typing import Protocol, cast

import rclpy
from rclpy.duration import Duration
from rclpy.exceptions import InvalidParameterTypeException, ParameterException
from rclpy.executors import (
    ExternalShutdownException,
    ShutdownException,
    SingleThreadedExecutor,
)
from rclpy.node import Node
from rclpy.signals import SignalHandlerOptions
from rclpy.utilities import try_shutdown

from descant.errors import UserError
from descant.peers import VARIABLE, remove_unresolved

LAST_MESSAGES_S = 0.5
"""Time for the last messages to arrive. A subscriber that died, but is still matched, never
acknowledges them."""

WAKE_PERIOD_S = 0.25
"""DDS may wait by the time of day (that in the wheels does, built for an old C library): when the
clock is set back by an hour, an executor that waits for its next timer would sleep for that hour.
It is woken this often by the monotonic clock."""


class _Stop(Exception):  # noqa: N818 -- a signal, no error
    """Raised in the main thread, between two callbacks, after SIGINT or SIGTERM."""


def _stop() -> None:
    raise _Stop


def _stop_on_signal(executor: SingleThreadedExecutor) -> None:
    """Make SIGINT and SIGTERM one last callback of the executor.

    Python's handler alone runs only when the executor next wakes, which a node without messages
    and timers never does, and then in the middle of whatever callback is running. The byte that
    Python writes for each signal wakes a thread at once.
    """
    reader, writer = socket.socketpair()
    writer.setblocking(False)

    def wait() -> None:
        reader.recv(1)
        executor.create_task(_stop)
        while reader.recv(1):
            pass  # a second ctrl-c has no effect: the node is stopping already

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda _number, _frame: None)
    signal.set_wakeup_fd(writer.detach(), warn_on_full_buffer=False)
    threading.Thread(target=wait, name="signals", daemon=True).start()


def run(make: Callable[[], Node]) -> int:
    """Make a node and spin it until SIGINT or SIGTERM; return the exit status.

    The node's `close()`, if it has one, runs before the node is destroyed, so that the last
    messages (held keys released, the bag closed) are sent. A `UserError` is one line on standard
    error and status 2.
    """
    _remove_unresolved_peers()
    rclpy.init(args=sys.argv, signal_handler_options=SignalHandlerOptions.NO)
    executor = SingleThreadedExecutor()
    _stop_on_signal(executor)
    stopped = threading.Event()
    _keep_awake(executor, stopped)
    node: Node | None = None
    try:
        node = make()
        executor.add_node(node)
        _freeze_garbage_collector()
        executor.spin()
    except (_Stop, ExternalShutdownException):
        pass
    except (UserError, ParameterException, InvalidParameterTypeException) as error:
        print(f"error: {error}", file=sys.stderr)  # noqa: T201 -- the one line for the user
        return 2
    finally:
        stopped.set()
        _shut_down(node)
    return 0


def _keep_awake(executor: SingleThreadedExecutor, stop: threading.Event) -> None:
    """Wake the executor every `WAKE_PERIOD_S` until `stop`, whatever happens to the time of day."""

    def wake() -> None:
        while not stop.is_set():
            time.sleep(WAKE_PERIOD_S)  # by the monotonic clock
            with contextlib.suppress(Exception):  # it may be shutting down
                executor.wake()

    threading.Thread(target=wake, name="wake", daemon=True).start()


def _freeze_garbage_collector() -> None:
    """Exclude what was made at the start from every later collection: shorter pauses."""
    gc.collect()
    gc.freeze()


class MainThreadNode(Protocol):
    """A node with its own work for the main thread."""

    def perform(self, stop: threading.Event) -> int:
        """Work until `stop` is set or the work is done; return the exit status."""


def run_beside(make: Callable[[], Node], arguments: Sequence[str] | None = None) -> int:
    """Like `run`, for a `MainThreadNode`: it works in the main thread, and ROS spins in another.

    `arguments` are the arguments of ROS, by default those of the process.
    """
    _remove_unresolved_peers()
    rclpy.init(
        args=sys.argv if arguments is None else list(arguments),
        signal_handler_options=SignalHandlerOptions.NO,
    )
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda _number, _frame: stop.set())
    executor = SingleThreadedExecutor()
    spinning = threading.Thread(target=_spin, args=(executor, stop), name="ros", daemon=True)
    node: Node | None = None
    try:
        node = make()
        executor.add_node(node)
        _freeze_garbage_collector()
        _keep_awake(executor, stop)
        spinning.start()
        return cast(MainThreadNode, node).perform(stop)
    except (UserError, ParameterException, InvalidParameterTypeException) as error:
        print(f"error: {error}", file=sys.stderr)  # noqa: T201 -- the one line for the user
        return 2
    finally:
        stop.set()
        executor.shutdown()
        if spinning.is_alive():
            spinning.join()
        _shut_down(node)


def _spin(executor: SingleThreadedExecutor, stop: threading.Event) -> None:
    """Spin until the executor is shut down; an error of a callback stops the main thread."""
    try:
        executor.spin()
    except (ExternalShutdownException, ShutdownException):
        pass
    except AttributeError:  # raised by rclpy when the executor is shut down during an iteration
        if not stop.is_set():
            raise
    finally:
        stop.set()


def _remove_unresolved_peers() -> None:
    for peer in remove_unresolved(os.environ):
        line = f"warning: unknown host '{peer}' in {VARIABLE}: peer ignored"
        print(line, file=sys.stderr)  # noqa: T201 -- there is no node yet to log it


def _shut_down(node: Node | None) -> None:
    if node is not None:
        close = getattr(node, "close", None)
        if close is not None:
            close()
        _await_last_messages(node)
        node.destroy_node()
    try_shutdown()


def _await_last_messages(node: Node) -> None:
    """Wait until the last message of every topic has arrived: destroying the node drops it."""
    end = time.monotonic() + LAST_MESSAGES_S
    for publisher in node.publishers:
        left_s = max(0.0, end - time.monotonic())
        publisher.wait_for_all_acked(Duration(seconds=left_s))
