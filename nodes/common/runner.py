"""How every node of descant starts, spins and stops."""

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
from typing import Protocol

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

from descant.errors import UserError
from descant.peers import VARIABLE, forget_unknown

FAREWELL_S = 0.5
"""For the last messages to arrive; a reader that is dead and not yet missed answers never."""


PULSE_S = 0.25
"""DDS may wait by the time of day (the one in the wheels does, built for an old C library), so
an executor that waits for its next timer while the clock is set back by an hour would sleep for
that hour. It is woken this often by the monotonic clock."""


class _Stop(Exception):  # noqa: N818 -- a signal, no error
    """Raised in the main thread, between two callbacks, after SIGINT or SIGTERM."""


def _stop() -> None:
    raise _Stop


def _stop_on_signal(executor: SingleThreadedExecutor) -> None:
    """Turn SIGINT and SIGTERM into one last callback of the executor.

    Python's handler alone would not do: it runs only when the executor next wakes, which a node
    that hears nothing never does, and then in the midst of whatever callback is running. The
    byte that Python writes for each signal wakes a thread at once.
    """
    reader, writer = socket.socketpair()
    writer.setblocking(False)

    def wait() -> None:
        reader.recv(1)
        executor.create_task(_stop)
        while reader.recv(1):
            pass  # a second ctrl-c changes nothing: the node is stopping already

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda _number, _frame: None)
    signal.set_wakeup_fd(writer.detach(), warn_on_full_buffer=False)
    threading.Thread(target=wait, name="signals", daemon=True).start()


def run(make: Callable[[], Node]) -> int:
    """Make a node and spin it until SIGINT or SIGTERM; returns the exit status.

    The node's `close()`, where it has one, runs before it is destroyed, with the graph still
    there: the last messages (held keys released, the bag closed) get out. A `UserError` is one
    line on standard error and status 2.
    """
    _forget_unknown_peers()
    rclpy.init(args=sys.argv, signal_handler_options=SignalHandlerOptions.NO)
    executor = SingleThreadedExecutor()
    _stop_on_signal(executor)
    stopped = threading.Event()
    _keep_awake(executor, stopped)
    node: Node | None = None
    try:
        node = make()
        executor.add_node(node)
        _spare_the_collector()
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
    """Have it look at its timers every `PULSE_S` until `stop`, whatever the time of day does."""

    def wake() -> None:
        while not stop.is_set():
            time.sleep(PULSE_S)  # by the monotonic clock
            with contextlib.suppress(Exception):  # it may be ending just now
                executor.wake()

    threading.Thread(target=wake, name="pulse", daemon=True).start()


def _spare_the_collector() -> None:
    """Keep what was made at the start out of every later collection: shorter pauses."""
    gc.collect()
    gc.freeze()


class Performer(Protocol):
    """A node with work of its own for the main thread."""

    def perform(self, stop: threading.Event) -> int:
        """Work until `stop` is set, or the work is done; returns the exit status."""


def run_beside(make: Callable[[], Node], arguments: Sequence[str] | None = None) -> int:
    """Like `run`, for a `Performer`: the main thread is its own, and ROS is spun in another.

    `arguments` are ROS's, by default those of the process.
    """
    _forget_unknown_peers()
    rclpy.init(
        args=sys.argv if arguments is None else arguments,
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
        _spare_the_collector()
        _keep_awake(executor, stop)
        spinning.start()
        return int(node.perform(stop))
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
    """Spin until the executor is shut down; whatever a callback raises stops the main thread."""
    try:
        executor.spin()
    except (ExternalShutdownException, ShutdownException):
        pass
    except AttributeError:  # rclpy's own, where the executor is shut down in the midst of a turn
        if not stop.is_set():
            raise
    finally:
        stop.set()


def _forget_unknown_peers() -> None:
    for peer in forget_unknown(os.environ):
        line = f"warning: no machine '{peer}' is known ({VARIABLE}); it is not called"
        print(line, file=sys.stderr)  # noqa: T201 -- there is no node yet to log it


def _shut_down(node: Node | None) -> None:
    if node is not None:
        close = getattr(node, "close", None)
        if close is not None:
            close()
        _say_farewell(node)
        node.destroy_node()
    rclpy.try_shutdown()


def _say_farewell(node: Node) -> None:
    """Wait until the last word on every topic has arrived: with the node it would be gone."""
    end = time.monotonic() + FAREWELL_S
    for publisher in node.publishers:
        left_s = max(0.0, end - time.monotonic())
        publisher.wait_for_all_acked(Duration(seconds=left_s))
